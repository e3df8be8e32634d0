"""The items of an array in which none may stand twice: what they can be, and whether one begun can be new.

What makes an item equal to an earlier one is refused. So that this never leads into a dead end, an item may
only ever be begun or gone on with if there is still a way to end it that is new. Each kind of values has its
own proof; an array whose items are of any other kind is left to the check.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass

from app.structured.json_text import JsonValue
from app.structured.validation import identity

LETTERS = 90
"""At least so many characters are written as one byte that is a token of its own, whatever stands before."""

LEAST_CONTINUED = 16
"""In at least so many ways a character of several bytes goes on after any of them but its last."""

SHORT_ESCAPES = 7
"""Characters that are written as a backslash and one letter or sign."""

_LONGEST_NUMBER = 4_000
"""In digits; Python itself refuses to read integers of more than 4,300."""

_WHOLE_CHARS = re.compile(r'"((?:[^"\\]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*+)')
_ESCAPED = re.compile(r'["\\\x00-\x1f\x7f]')
_MORE_DIGITS = ("", *map(str, range(10)), *(f"{number:02}" for number in range(100)))
_LITERALS: dict[bytes, JsonValue] = {b"t": True, b"f": False, b"n": None}
_ENDLESS = frozenset(("fraction", "array", "object"))

Met = frozenset[object]
"""The items that are already there, as `item_of` tells them apart."""


@dataclass(frozen=True, slots=True)
class Items:
    """`values` are all that an item can be, as JSON writes them, where that is a list. Otherwise items are
    free values of the `kinds`: strings between `shortest` and `longest` characters or without end, integers
    from `least` to `most` or any numbers, and arrays and objects to which more can always be added."""

    kinds: frozenset[str] = frozenset()
    values: tuple[bytes, ...] | None = None
    shortest: int = 0
    longest: int | None = None
    least: int | None = None
    most: int | None = None

    @property
    def number(self) -> float:
        """How many different items there surely are."""
        if self.values is not None:
            return len({item_of(value) for value in self.values})
        if self.kinds & _ENDLESS:
            return math.inf
        integers = self._integers("") + self._integers("-") if "integer" in self.kinds else 0
        return integers + (self._strings(0) if "string" in self.kinds else 0)

    def can_be_new(self, begun: bytes, met: Met) -> bool:
        """Whether what is begun, JSON that may stop within a character, can be ended so that it is none of
        those that were met; with nothing begun, whether there can be one more item, or none at all. An item
        whose own end is written needs no asking.
        """
        if not begun:
            return not met or len(met) < self.number
        if self.values is not None:
            return any(value.startswith(begun) and item_of(value) not in met for value in self.values)
        if begun.startswith(b'"'):
            return self.longest is None or self._string_can_be_new(begun, met)
        if begun[:1] in _LITERALS:
            return identity(_LITERALS[begun[:1]]) not in met
        if begun[:1] in b"[{":
            return True
        can_be_new = _number_can_be_new if "fraction" in self.kinds else self._integer_can_be_new
        return can_be_new(begun.decode(), met)

    def _string_can_be_new(self, begun: bytes, met: Met) -> bool:
        """By counting: of the strings that start like this, fewer have been met than there surely are. Then
        that is so for one of the next characters, or bytes of one, as well, or the string may end here."""
        text = begun.decode("utf-8", "ignore")
        found = _WHOLE_CHARS.match(text)
        assert found is not None
        start = json.loads(f'"{found[1]}"')
        alike = [item for item in met if isinstance(item, str) and item.startswith(start)]
        if escape := text[found.end() :]:
            escaped = sum(bool(_ESCAPED.match(item, len(start))) for item in alike)
            return escaped < (SHORT_ESCAPES if escape == "\\" else 1) * self._strings(len(start) + 1)
        if part := begun[len(text.encode()) :]:
            same = sum(item[len(start) :].encode().startswith(part) for item in alike)
            return same < LEAST_CONTINUED * self._strings(len(start) + 1)
        return len(alike) < self._strings(len(start))

    def _integer_can_be_new(self, begun: str, met: Met) -> bool:
        """By counting, as above; an integer goes on with any digit that keeps it within its bounds."""
        if begun in ("0", "-0"):
            return 0 not in met
        possible = self._integers(begun)
        if possible == math.inf:
            return True
        return sum(type(item) is int and item != 0 and str(item).startswith(begun) for item in met) < possible

    def _integers(self, begun: str) -> float:
        """How many integers there are that start like this; those that are not negative if with nothing."""
        low, high = self.least, self.most
        if begun.startswith("-"):
            low, high = max(1, -high if high is not None else 1), -low if low is not None else None
        if high is None:
            return math.inf
        low = max(0, low or 0)
        first = int(begun.removeprefix("-") or 0)
        if not first:
            return max(0, high - low + 1)
        tens = [int(10**more) for more in range(len(str(high)))]
        return sum(max(0, min(high, (first + 1) * ten - 1) - max(low, first * ten) + 1) for ten in tens)

    def _strings(self, length: int) -> float:
        """How many strings one-byte characters make that go on from one of this length."""
        if self.longest is None or self.longest - length > 8:
            return math.inf
        lengths = range(max(self.shortest, length), self.longest + 1)
        return float(sum(LETTERS ** (whole - length) for whole in lengths))


def item_of(text: bytes) -> object:
    """An item from its JSON text; equal for those that JSON Schema calls equal."""
    try:
        return identity(json.loads(text, parse_int=_integer))
    except RecursionError:
        return text  # deeper than any check reads


def _integer(digits: str) -> int | tuple[str, str]:
    return int(digits) if len(digits) <= _LONGEST_NUMBER else ("digits", digits)


def _number_can_be_new(begun: str, met: Met) -> bool:
    """An integer goes on with any digit, but for a zero. Anything with a point or an exponent has to be new,
    or to become new with one more digit or two: a float does not change with the twentieth."""
    digits = begun.removeprefix("-")
    if digits == "0":
        return 0 not in met or _number_can_be_new(begun + ".", met)
    if not digits or digits.isdecimal():
        return True
    needs_more = not digits[-1].isdecimal()
    numbers = (float(begun + more) for more in _MORE_DIGITS[needs_more:])
    return any(math.isfinite(number) and number not in met for number in numbers)
