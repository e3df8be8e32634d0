"""The same question asked of many documents or rows: what is asked, and how far it has come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.core.answer_format import AnswerFormat, Fault
from app.core.errors import AlcoveError, Value, from_kind
from app.core.sampling import Sampling


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to ask about, a document or a row: `key` names it, `text` is the question."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """What is asked of every item; `instructions` and the format are the prefix that all share."""

    instructions: str
    format: AnswerFormat
    sampling: Sampling = Sampling()


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one item ended: with a `text` that fits, or with the reason why there is none.

    That is either `faults`, or an error of `core/errors` by its kind and values.
    """

    key: str
    text: str = ""
    faults: tuple[Fault, ...] = ()
    error: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)
    attempts: int = 1

    @property
    def is_good(self) -> bool:
        return not self.faults and not self.error

    @property
    def problem(self) -> AlcoveError | None:
        """The error it ended with, None where it ended with an answer."""
        return from_kind(self.error, self.values) if self.error else None

    @classmethod
    def of(cls, key: str, error: AlcoveError, text: str = "", attempts: int = 1) -> Outcome:
        return cls(key, text, (), error.kind, dict(error.values), attempts)


@dataclass(frozen=True, slots=True)
class BatchProgress:
    """`outcome` is the newest; `done` of `total` items have one, `failed` of them a bad one.

    `per_minute` is the pace of this run, `left_s` the likely time to the end; both None before the first.
    """

    outcome: Outcome | None
    done: int
    failed: int
    total: int
    per_minute: float | None = None
    left_s: float | None = None
