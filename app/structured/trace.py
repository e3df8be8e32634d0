"""Find the words of a document that the values of an answer came from: exact matches alone, no guessing."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from app.structured.json_path import Place

Span = tuple[int, int]
"""Where something begins in a text, and where it ends."""

SHORTEST = 2
_TRIES = 100
"""So many places are looked at, if all but the last lie within longer words."""
_LONGEST_NUMBER = 40

_LETTERS = "0-9A-Za-z_\u00c0-\u024f\u0370-\u052f"
"""Of scripts that put spaces between words: there a match is one of whole words."""
_LETTER = re.compile(f"[{_LETTERS}]")
_WORD = re.compile(r"\S+")
_SIGN, _END = "(?P<sign>[-+\u2212])?", "(?![0-9]|[.,'\u2019][0-9])"
_START = f"(?<![{_LETTERS}.,'\u2019])"
_FRACTION, _POWER = "(?:[.,](?P<fraction>[0-9]+))?", "(?P<power>[eE][-+]?[0-9]{1,3})?"
_GROUPED = re.compile(
    f"{_START}{_SIGN}(?P<whole>[0-9]{{1,3}}(?P<mark>[,.' \u2019\u00a0\u2009\u202f])[0-9]{{3}}"
    f"(?:(?P=mark)[0-9]{{3}})*)(?!(?P=mark)[0-9]){_FRACTION}{_END}(?P<power>)"
)
_PLAIN = re.compile(f"{_START}{_SIGN}(?P<whole>0|[1-9][0-9]*){_FRACTION}{_POWER}{_END}")
_NOT_DIGIT = re.compile("[^0-9]")


@dataclass(frozen=True, slots=True)
class Trace:
    """`spans` says for the place of a value where its words stand in the source; the rest was not found."""

    spans: Mapping[Place, Span] = field(default_factory=lambda: MappingProxyType({}))


def trace(value: object, source: str) -> Trace:
    """Look for every string and number within `value` (what JSON can hold) in `source`.

    A string of two characters or more is found where its words stand in this order, with any space
    between them; a number in any of its usual spellings (1234.5: "1,234.50", "1 234,5", "1'234.5").
    Of several places the first counts.
    """
    words, numbers = _Words(source), _numbers(source)
    known: dict[str, Span | None] = {}
    spans: dict[Place, Span] = {}
    for place, leaf in _leaves(value):
        if isinstance(leaf, str):
            if leaf not in known:
                known[leaf] = words.find(leaf)
            found = known[leaf]
        else:
            found = numbers.get(leaf)
        if found:
            spans[place] = found
    return Trace(MappingProxyType(spans))


class _Words:
    """A text searched as if all its spaces were single ones."""

    def __init__(self, source: str) -> None:
        found = list(_WORD.finditer(source))
        self._text = " ".join(match[0] for match in found)
        self._starts = [match.start() for match in found]
        self._shifted: list[int] = []
        """Where each word begins in `_text`."""
        at = 0
        for match in found:
            self._shifted.append(at)
            at += match.end() - match.start() + 1

    def find(self, text: str) -> Span | None:
        wanted = " ".join(text.split())
        if len(wanted) < SHORTEST:
            return None
        at = self._text.find(wanted)
        for _ in range(_TRIES):
            if at < 0:
                return None
            if self._stands_alone(at, at + len(wanted)):
                return self._original(at), self._original(at + len(wanted) - 1) + 1
            at = self._text.find(wanted, at + 1)
        return None

    def _stands_alone(self, start: int, end: int) -> bool:
        return not (_joins(self._text[start - 1 : start + 1]) or _joins(self._text[end - 1 : end + 1]))

    def _original(self, at: int) -> int:
        word = bisect_right(self._shifted, at) - 1
        return self._starts[word] + at - self._shifted[word]


def _joins(pair: str) -> bool:
    """Whether two neighbouring characters belong to one word."""
    return len(pair) == 2 and all(map(_LETTER.match, pair))


def _numbers(source: str) -> dict[Decimal, Span]:
    """Every number that is written in `source`; "1,234" may be read as two of them."""
    found: dict[Decimal, Span] = {}
    for pattern in (_GROUPED, _PLAIN):
        for match in pattern.finditer(source):
            if len(match[0]) <= _LONGEST_NUMBER:
                found.setdefault(_read(match), match.span())
    return found


def _read(match: re.Match[str]) -> Decimal:
    sign = "-" if match["sign"] in ("-", "\u2212") else ""
    whole = _NOT_DIGIT.sub("", match["whole"])
    return Decimal(f"{sign}{whole}.{match['fraction'] or '0'}{match['power'] or ''}")


def _leaves(value: object) -> Iterator[tuple[Place, str | Decimal]]:
    """The strings and finite numbers, each with its place."""
    waiting: list[tuple[Place, object]] = [((), value)]
    while waiting:
        place, part = waiting.pop()
        match part:
            case dict():
                waiting += [((*place, str(key)), inner) for key, inner in part.items()]
            case list():
                waiting += [((*place, index), inner) for index, inner in enumerate(part)]
            case str():
                yield place, part
            case bool() | None:
                pass
            case int() | float() | Decimal():
                number = part if isinstance(part, Decimal) else Decimal(str(part))
                if number.is_finite():
                    yield place, number
