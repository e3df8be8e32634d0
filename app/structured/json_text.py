"""Read JSON text strictly, whole or cut anywhere: what is in it, where it stands, and every fault by path.

The reader keeps a stack of its own instead of calling itself, so that no depth of nesting can overturn it.
Stricter than Python's `json`: a name given twice, NaN, a number beyond any float and half a surrogate pair
are faults. Integers stay exact.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import TypeAlias

from app.core.answer_format import Fault
from app.structured.json_path import Place, json_path

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"

DEEPEST = 100
"""How many arrays and objects may stand inside each other."""

_LONGEST_NUMBER = 4_000
"""In digits; Python itself refuses to read integers of more than 4,300."""

_SPACE = r"[ \t\n\r]*+"
_STRING = r'"(?:[^"\\\x00-\x1f]++|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*+'
_VALUE = re.compile(
    rf"{_SPACE}(?:(?P<string>{_STRING})(?P<closed>\")?+"
    r"|(?P<number>-?(?:0|[1-9][0-9]*+)(?P<float>(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?))"
    r"|(?P<open>[{\[])"
    r"|(?P<word>-?[A-Za-z]++))"
)
_KEY = re.compile(rf"{_SPACE}({_STRING}\"){_SPACE}:")
_AFTER = re.compile(rf"{_SPACE}([,\]}}])?+")
_CUT_KEY = re.compile(rf"{_SPACE}(?:{_STRING}(?:\\u?[0-9a-fA-F]{{0,3}}|\"{_SPACE})?+)?\Z")
_CUT_WORD = re.compile(r"-?\Z")
_CUT_NUMBER = re.compile(r"(?:\.|[eE][+-]?)?\Z")
_CUT_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{0,3})?\Z")
_HIGH_SURROGATE = re.compile("[\ud800-\udbff]\\Z")
_SURROGATE = re.compile("[\ud800-\udfff]")
_WORDS: dict[str, JsonValue] = {"true": True, "false": False, "null": None}
_NO_NUMBERS = ("NaN", "Infinity", "-Infinity")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text holds as far as it goes.

    `value` has everything that is still open closed where the text ends, None where there is nothing yet;
    `place` is what was being written there. Of a text with a syntax fault it is what stands before it.
    """

    value: JsonValue
    is_complete: bool
    place: Place
    faults: tuple[Fault, ...]


def read(text: str, deepest: int = DEEPEST) -> Reading:
    """Read a text that may end anywhere; never raises, takes time in proportion to the text."""
    return _Reader(text, deepest).run()


def read_whole(text: str, deepest: int = DEEPEST) -> Reading:
    """Read a text that has to be whole: one that ends too early has a fault that says so."""
    reading = read(text, deepest)
    if reading.is_complete or any(fault.rule in ("syntax", "depth") for fault in reading.faults):
        return reading
    early = Fault(
        json_path(reading.place), "syntax", f"the text ends too early, {_position(text, len(text))}"
    )
    return Reading(reading.value, False, reading.place, (*reading.faults, early))


def _position(text: str, at: int) -> str:
    line = text.count("\n", 0, at) + 1
    return f"line {line}, column {at - text.rfind(chr(10), 0, at)}"


_Step = Callable[[], "_Step | None"]


class _Reader:
    """One pass over a text; each step reads one token or two and names the step that follows."""

    def __init__(self, text: str, deepest: int) -> None:
        self._text = text
        self._deepest = deepest
        self._at = 0
        self._faults: list[Fault] = []
        self._root: list[JsonValue] = []
        self._open: list[list[JsonValue] | dict[str, JsonValue]] = [self._root]
        self._keys: list[str | int] = []
        self._is_complete = False

    def run(self) -> Reading:
        step: _Step | None = self._value
        while step is not None:
            step = step()
        value = self._root[0] if self._root else None
        return Reading(value, self._is_complete, tuple(self._keys), tuple(self._faults))

    def _value(self) -> _Step | None:
        found = _VALUE.match(self._text, self._at)
        if found is None:
            return self._stop_unless_cut(_CUT_WORD)
        self._at = found.end()
        kind = found.lastgroup
        if kind == "closed":
            self._put(self._decode(found["string"] + '"'))
            return self._after
        if kind == "string":
            return self._cut_string(found["string"])
        if kind == "open":
            return self._enter(found["open"])
        if kind == "word":
            return self._literal(found["word"])
        return self._number(found["number"], found["float"])

    def _after(self) -> _Step | None:
        found = _AFTER.match(self._text, self._at)
        sign = found[1] if found else None
        if found is None or sign is None or len(self._open) == 1:
            return self._end()
        container = self._open[-1]
        if sign == ",":
            self._at = found.end()
            if isinstance(container, list):
                self._keys[-1] = len(container)
                return self._value
            return self._member
        if (sign == "]") is not isinstance(container, list):
            return self._end()
        self._at = found.end()
        return self._leave()

    def _member(self) -> _Step | None:
        found = _KEY.match(self._text, self._at)
        if found is None:
            if isinstance(self._keys[-1], str):
                self._keys[-1] = 0
            self._keys.pop()
            return self._stop_unless_cut(_CUT_KEY)
        key = self._decode(found[1])
        self._at = found.end()
        self._keys[-1] = key
        if key in self._open[-1]:
            self._blame("duplicate", key)
        return self._value

    def _enter(self, sign: str) -> _Step | None:
        if len(self._open) > self._deepest:
            self._blame("depth", f"more than {self._deepest} levels, {_position(self._text, self._at - 1)}")
            return None
        inner: list[JsonValue] | dict[str, JsonValue] = [] if sign == "[" else {}
        self._put(inner)
        self._open.append(inner)
        self._keys.append(0)
        closing = "]" if sign == "[" else "}"
        found = _AFTER.match(self._text, self._at)
        if found and found[1] == closing:
            self._at = found.end()
            return self._leave()
        return self._value if sign == "[" else self._member

    def _leave(self) -> _Step | None:
        self._open.pop()
        self._keys.pop()
        return self._after

    def _put(self, value: JsonValue) -> None:
        container = self._open[-1]
        if isinstance(container, list):
            container.append(value)
        else:
            container[self._keys[-1]] = value  # type: ignore[index]

    def _decode(self, token: str) -> str:
        text: str = scanstring(token, 1)[0]
        if "\\" in token or not text.isascii():
            self._check_surrogates(text)
        return text

    def _check_surrogates(self, text: str) -> None:
        if found := _SURROGATE.search(text):
            self._blame("surrogate", f"half of a surrogate pair, \\u{ord(found[0]):04x}")

    def _number(self, digits: str, fraction: str) -> _Step | None:
        if _CUT_NUMBER.match(self._text, self._at) and (len(self._open) > 1 or self._at < len(self._text)):
            return None  # more digits may follow
        value: JsonValue = None
        if fraction and math.isinf(float(digits)):
            self._blame("number", "beyond any number a program can hold")
        elif len(digits) > _LONGEST_NUMBER:
            self._blame("number", f"more than {_LONGEST_NUMBER} digits")
        else:
            value = float(digits) if fraction else int(digits)
        self._put(value)
        return self._after

    def _literal(self, word: str) -> _Step | None:
        if word in _WORDS:
            self._put(_WORDS[word])
            return self._after
        if word in _NO_NUMBERS:
            self._blame("number", word)
            self._put(None)
            return self._after
        if self._at == len(self._text) and any(known.startswith(word) for known in _WORDS):
            return None
        self._at -= len(word)
        return self._refuse()

    def _cut_string(self, token: str) -> _Step | None:
        """A string that is not closed: shown as far as it goes, if only the text ends there."""
        rest = self._text[self._at :]
        if rest and not _CUT_ESCAPE.match(rest):
            return self._refuse()
        self._put(_HIGH_SURROGATE.sub("", scanstring(token + '"', 1)[0]))
        return None

    def _end(self) -> _Step | None:
        """Nothing fits here; right if the text ends."""
        self._at = _AFTER_SPACE.match(self._text, self._at).end()  # type: ignore[union-attr]
        if self._at < len(self._text):
            return self._refuse()
        self._is_complete = len(self._open) == 1
        return None

    def _stop_unless_cut(self, cut: re.Pattern[str]) -> _Step | None:
        self._at = _AFTER_SPACE.match(self._text, self._at).end()  # type: ignore[union-attr]
        return None if cut.match(self._text, self._at) else self._refuse()

    def _refuse(self) -> _Step | None:
        self._blame("syntax", _position(self._text, self._at))
        return None

    def _blame(self, rule: str, detail: str) -> None:
        self._faults.append(Fault(json_path(self._keys), rule, detail))


_AFTER_SPACE = re.compile(_SPACE)
