"""Plain values as the notations without JSON's quotes write them: their grammar, text and value."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import TypeAlias

from app.structured.texts import Text

Scalar: TypeAlias = bool | int | float | str
"""Null is told apart by each notation in its own way."""

WIDEST = 10**18
"""Where a schema sets no bound this is one, or a model may go on with digits for ever."""

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_DIGITS = 4_000
"""Python itself refuses to read an integer of more than 4,300."""
_INTEGER_RULE = "/-?(0|[1-9][0-9]{0,17})/"
_NUMBER_RULE = r"/-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,17})?([eE][+\-]?[0-9]{1,2})?/"


@dataclass(frozen=True, slots=True)
class Numbers:
    """Numbers within bounds; `minimum` and `maximum` themselves are in, unless they are excluded."""

    is_integer: bool
    minimum: float | None = None
    exclusive_minimum: float | None = None
    maximum: float | None = None
    exclusive_maximum: float | None = None
    multiple_of: float | None = None

    @property
    def rule(self) -> str:
        """The Lark expression for them."""
        bounds = {
            "minimum": self.minimum,
            "exclusiveMinimum": self.exclusive_minimum,
            "maximum": self.maximum,
            "exclusiveMaximum": self.exclusive_maximum,
            "multipleOf": self.multiple_of,
        }
        given = {keyword: bound for keyword, bound in bounds.items() if bound is not None}
        if not given:
            return _INTEGER_RULE if self.is_integer else _NUMBER_RULE
        if self.minimum is None and self.exclusive_minimum is None:
            given["minimum"] = min(-WIDEST, *_tenfold(self.maximum, self.exclusive_maximum))
        if self.maximum is None and self.exclusive_maximum is None:
            given["maximum"] = max(WIDEST, *_tenfold(self.minimum, self.exclusive_minimum))
        return "%json " + json.dumps({"type": "integer" if self.is_integer else "number", **given})


def _tenfold(*bounds: float | None) -> list[float]:
    return [0, *(10 * bound for bound in bounds if bound is not None)]


@dataclass(frozen=True, slots=True)
class Scalars:
    """What may stand in one place: null, certain values, numbers, free text."""

    is_nullable: bool = False
    literals: tuple[Scalar, ...] = ()
    numbers: tuple[Numbers, ...] = ()
    texts: tuple[Text, ...] = ()

    @property
    def strings(self) -> tuple[str, ...]:
        return tuple(value for value in self.literals if isinstance(value, str))

    @property
    def bare_literals(self) -> tuple[Scalar, ...]:
        """Those that are no strings."""
        return tuple(value for value in self.literals if not isinstance(value, str))

    def read_bare(self, text: str) -> Scalar | None:
        """The literal or number, not a string, that is written as `text`; None if it is none of them."""
        for value in self.bare_literals:
            if written(value) == text:
                return value
        return read_number(text) if self.numbers else None

    def unlike_strings(self) -> str | None:
        """A string that, without quotes, cannot be told from what is no string; None if all can."""
        bare = bool(self.numbers or self.bare_literals)
        if self.texts and bare:
            return "text"
        return next((text for text in self.strings if self.read_bare(text) is not None), None)


def written(value: Scalar) -> str:
    """A scalar as text without quotes."""
    return value if isinstance(value, str) else json.dumps(value)


def read_number(text: str) -> int | float | None:
    """The number that `text` is as JSON writes it; None for anything else, and for what no float can hold."""
    found = _NUMBER.fullmatch(text)
    if found is None or len(text) > _DIGITS:
        return None
    if found[1] is None and found[2] is None:
        return int(text)
    number = float(text)
    return number if math.isfinite(number) else None
