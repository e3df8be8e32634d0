"""The sampling parameters: each declared once, with its range, step, default and meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from app.core.errors import OutOfRange
from app.core.words import mark


class Effort(StrEnum):
    """How long the model thinks before it answers (the system message's `Reasoning:` line)."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


EFFORT_MEANING = mark("How much the model reasons before it answers.")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One sampling parameter; `name` is the field of `Sampling` it declares."""

    name: str
    label: str
    meaning: str
    default: float | int
    minimum: float | int
    maximum: float | int
    step: float | int

    @property
    def is_whole(self) -> bool:
        return isinstance(self.default, int)

    @property
    def flag(self) -> str:
        return "--" + self.name.replace("_", "-")

    def check(self, value: float | int) -> None:
        """Raise `OutOfRange` unless `value` lies within the declared range (NaN never does)."""
        whole_enough = not self.is_whole or float(value).is_integer()
        if not (self.minimum <= value <= self.maximum and whole_enough):
            raise OutOfRange(name=self.name, value=value, minimum=self.minimum, maximum=self.maximum)


ANY_SEED = -1

_LENGTH_MAXIMUM = 131_072

PARAMETERS: tuple[Parameter, ...] = (
    Parameter(
        "temperature",
        mark("Temperature"),
        mark("Higher is more varied, lower is more predictable; 0 always takes the likeliest token."),
        1.0,
        0.0,
        2.0,
        0.05,
    ),
    Parameter(
        "top_p",
        mark("Top-p"),
        mark("Keep the likeliest tokens that together reach this probability; 1 keeps all."),
        1.0,
        0.0,
        1.0,
        0.01,
    ),
    Parameter(
        "top_k",
        mark("Top-k"),
        mark("Keep only this many of the likeliest tokens; 0 keeps all."),
        0,
        0,
        1000,
        1,
    ),
    Parameter(
        "min_p",
        mark("Min-p"),
        mark("Drop tokens less likely than this share of the likeliest one; 0 drops none."),
        0.0,
        0.0,
        1.0,
        0.01,
    ),
    Parameter(
        "repeat_penalty",
        mark("Repeat penalty"),
        mark("Above 1 makes tokens that were just used less likely; 1 is off."),
        1.0,
        0.5,
        2.0,
        0.05,
    ),
    Parameter(
        "presence_penalty",
        mark("Presence penalty"),
        mark("Above 0 favours tokens that have not appeared yet; 0 is off."),
        0.0,
        -2.0,
        2.0,
        0.1,
    ),
    Parameter(
        "frequency_penalty",
        mark("Frequency penalty"),
        mark("Above 0 makes a token less likely each time it appears; 0 is off."),
        0.0,
        -2.0,
        2.0,
        0.1,
    ),
    Parameter(
        "seed",
        mark("Seed"),
        mark("The same seed and settings give the same answer; -1 takes a new one each time."),
        ANY_SEED,
        ANY_SEED,
        2**31 - 1,
        1,
    ),
    Parameter(
        "max_tokens",
        mark("Max tokens"),
        mark("The longest answer, reasoning included, in tokens."),
        4096,
        1,
        _LENGTH_MAXIMUM,
        64,
    ),
    Parameter(
        "thinking_budget",
        mark("Thinking budget"),
        mark("The most tokens the model may spend on reasoning; 0 answers at once."),
        2048,
        0,
        _LENGTH_MAXIMUM,
        64,
    ),
)


@dataclass(frozen=True, slots=True)
class Sampling:
    """Values of every parameter and the effort; checked when made.

    Raises:
        OutOfRange: a value lies outside its parameter's range.
    """

    temperature: float = 1.0
    top_p: float = 1.0
    top_k: int = 0
    min_p: float = 0.0
    repeat_penalty: float = 1.0
    presence_penalty: float = 0.0
    frequency_penalty: float = 0.0
    seed: int = ANY_SEED
    max_tokens: int = 4096
    thinking_budget: int = 2048
    effort: Effort = field(default=Effort.MEDIUM)

    def __post_init__(self) -> None:
        for parameter in PARAMETERS:
            parameter.check(getattr(self, parameter.name))

    def to_values(self) -> dict[str, float | int | str]:
        """The values that differ from the defaults, for keeping."""
        default = Sampling()
        pairs = {f.name: getattr(self, f.name) for f in fields(self)}
        return {name: value for name, value in pairs.items() if value != getattr(default, name)}

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> Sampling:
        """Read kept values back; names this version does not know are left out."""
        known = {f.name for f in fields(cls)}
        chosen = {name: value for name, value in values.items() if name in known}
        if "effort" in chosen:
            chosen["effort"] = Effort(chosen["effort"])
        return cls(**chosen)
