"""Regular expressions of `pattern`, read as ECMA-262 means them.

Read generously, as browsers read old patterns: a brace that is no quantifier is a brace, an escape that
means nothing is the character itself. One thing differs: `.` is any character but CR and LF, while ECMA-262
leaves out U+2028 and U+2029 too; that would make masks for free text twenty times dearer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

Ranges = tuple[tuple[int, int], ...]
"""First and last code points, sorted and apart."""

LAST = 0x10FFFF
_DEEPEST = 50
_LARGEST_COUNT = 100_000

DIGITS: Ranges = ((0x30, 0x39),)
WORDS: Ranges = ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
SPACES: Ranges = (
    (0x09, 0x0D), (0x20, 0x20), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029),
    (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF),
)  # fmt: skip
LINE_ENDS: Ranges = ((0x0A, 0x0A), (0x0D, 0x0D))
_CONTROLS = {"t": 0x09, "n": 0x0A, "v": 0x0B, "f": 0x0C, "r": 0x0D, "0": 0x00}


class PatternError(ValueError):
    """The text is no regular expression, or none for the engine it is to be written for."""


@dataclass(frozen=True, slots=True)
class Chars:
    """One character: of the ranges, or of the Unicode properties such as `\\p{Lu}`; or of neither."""

    ranges: Ranges = ()
    properties: tuple[str, ...] = ()
    is_negated: bool = False


@dataclass(frozen=True, slots=True)
class Sequence:
    parts: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    options: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    inner: Node
    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class Group:
    """A capturing group, counted from 1."""

    inner: Node
    number: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """A look-around: `(?=`, `(?!`, `(?<=` or `(?<!`."""

    inner: Node
    is_ahead: bool
    is_negated: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """`^`, `$`, `b` or `B`: a place between two characters."""

    sign: str


@dataclass(frozen=True, slots=True)
class Back:
    """What a group matched, again."""

    number: int


@dataclass(frozen=True, slots=True)
class CaseBlind:
    inner: Node


Node = Chars | Sequence | Choice | Repeat | Group | Look | Mark | Back | CaseBlind


def parse(pattern: str) -> Node:
    """Read a pattern.

    Raises:
        PatternError: it is not well-formed, or nested too deeply.
    """
    return _Parser(pattern).whole()


def complement(ranges: Ranges) -> Ranges:
    """All other characters."""
    gaps, start = [], 0
    for first, last in ranges:
        if first > start:
            gaps.append((start, first - 1))
        start = last + 1
    return (*gaps, (start, LAST)) if start <= LAST else tuple(gaps)


def joined(ranges: list[tuple[int, int]]) -> Ranges:
    """Sorted, with what touches made one."""
    made: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if made and first <= made[-1][1] + 1:
            made[-1] = (made[-1][0], max(last, made[-1][1]))
        else:
            made.append((first, last))
    return tuple(made)


@dataclass(slots=True)
class _Parser:
    text: str
    at: int = 0
    depth: int = 0
    groups: int = 0
    names: dict[str, int] = field(default_factory=dict)

    def whole(self) -> Node:
        blind = self._takes("(?i)")
        node = self._choice()
        if self.at < len(self.text):
            raise PatternError(f"unmatched {self.text[self.at]} at {self.at + 1}")
        return CaseBlind(node) if blind else node

    def _takes(self, sign: str) -> bool:
        if not self.text.startswith(sign, self.at):
            return False
        self.at += len(sign)
        return True

    def _next(self) -> str:
        if self.at >= len(self.text):
            raise PatternError("ends too early")
        self.at += 1
        return self.text[self.at - 1]

    def _choice(self) -> Node:
        options = [self._sequence()]
        while self._takes("|"):
            options.append(self._sequence())
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def _sequence(self) -> Node:
        parts: list[Node] = []
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            parts.append(self._term())
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _term(self) -> Node:
        atom = self._atom()
        counts = self._counts()
        if counts is None:
            return atom
        if isinstance(atom, Mark):
            raise PatternError(f"nothing to repeat at {self.at}")
        self._takes("?")  # lazy: the same texts match
        if self._counts() is not None:
            raise PatternError(f"nothing to repeat at {self.at}")
        return Repeat(atom, *counts)

    def _counts(self) -> tuple[int, int | None] | None:
        for sign, counts in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self._takes(sign):
                return counts
        end = self.text.find("}", self.at)
        if end < 0 or not self.text.startswith("{", self.at):
            return None
        least, comma, most = self.text[self.at + 1 : end].partition(",")
        if not _is_number(least) or not (most == "" or _is_number(most)):
            return None
        self.at = end + 1
        bounds = int(least), (int(most) if most else None if comma else int(least))
        if bounds[0] > _LARGEST_COUNT or (bounds[1] or 0) > _LARGEST_COUNT:
            raise PatternError(f"repeated more than {_LARGEST_COUNT} times")
        if bounds[1] is not None and bounds[1] < bounds[0]:
            raise PatternError(f"{{{least},{most}}} counts downwards")
        return bounds

    def _atom(self) -> Node:
        sign = self._next()
        if sign == "(":
            return self._group()
        if sign == "[":
            return self._class()
        if sign == "\\":
            return self._escape()
        if sign == ".":
            return Chars(LINE_ENDS, is_negated=True)
        if sign in "^$":
            return Mark(sign)
        if sign in "*+?":
            raise PatternError(f"nothing to repeat at {self.at}")
        return one(ord(sign))

    def _group(self) -> Node:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise PatternError(f"groups nested more than {_DEEPEST} deep")
        wrap = self._opening()
        inner = self._choice()
        if not self._takes(")"):
            raise PatternError("a group is not closed")
        self.depth -= 1
        return wrap(inner)

    def _opening(self) -> Callable[[Node], Node]:
        """What stands between `(` and the group's content, as what the content becomes."""
        for sign, is_ahead, is_negated in _LOOKS:
            if self._takes(sign):
                return lambda inner: Look(inner, is_ahead, is_negated)
        if self._takes("?:"):
            return lambda inner: inner
        if self._takes("?i:"):
            return CaseBlind
        name = ""
        if self._takes("?<") or self._takes("?P<"):
            end = self.text.find(">", self.at)
            name, self.at = self.text[self.at : end], end + 1
            if end < 0 or not name.isidentifier() or name in self.names:
                raise PatternError("a group has no proper name")
        elif self._takes("?"):
            raise PatternError(f"unknown kind of group at {self.at}")
        self.groups += 1
        number = self.groups
        self.names[name] = number
        return lambda inner: Group(inner, number, name)

    def _escape(self) -> Node:
        sign = self._next()
        if sign in "bB":
            return Mark(sign)
        if sign in "123456789":
            while self.at < len(self.text) and self.text[self.at].isdigit():
                sign += self._next()
            return Back(int(sign[:4]))
        if sign == "k" and self._takes("<"):
            end = self.text.find(">", self.at)
            name, self.at = self.text[self.at : end], end + 1
            if name not in self.names:
                raise PatternError(f"there is no group {name[:50]} before it")
            return Back(self.names[name])
        return self._character(sign)

    def _character(self, sign: str) -> Chars:
        """The characters that a backslash and `sign` stand for, in and out of brackets."""
        if sign.lower() in _CLASSES:
            ranges = _CLASSES[sign.lower()]
            return Chars(complement(ranges) if sign.isupper() else ranges)
        if sign in "pP" and self._takes("{"):
            end = self.text.find("}", self.at)
            name, self.at = self.text[self.at : end], end + 1
            if end < 0 or not name.replace("_", "").replace("=", "").isalnum():
                raise PatternError("a \\p has no proper name")
            return Chars(properties=(f"\\{sign}{{{name}}}",))
        if sign in _CONTROLS:
            return one(_CONTROLS[sign])
        if sign == "c" and self.at < len(self.text) and self.text[self.at].isalpha():
            return one(ord(self._next()) % 32)
        if sign in "xu":
            return one(self._code_point(sign))
        return one(ord(sign))

    def _code_point(self, sign: str) -> int:
        if sign == "u" and self._takes("{"):
            end = self.text.find("}", self.at)
            digits, self.at = self.text[self.at : end], end + 1
            return _hexadecimal(digits)
        width = 2 if sign == "x" else 4
        digits = self.text[self.at : self.at + width]
        self.at += width
        code = _hexadecimal(digits, width)
        if 0xD800 <= code < 0xDC00 and self._takes("\\u"):
            low = _hexadecimal(self.text[self.at : self.at + 4], 4)
            self.at += 4
            return 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)
        return code

    def _class(self) -> Chars:
        is_negated = self._takes("^")
        ranges: list[tuple[int, int]] = []
        properties: list[str] = []
        while not self._takes("]"):
            first = self._class_part()
            properties += first.properties
            is_range = self.text.startswith("-", self.at) and not self.text.startswith("-]", self.at)
            if is_range and is_single(first):
                self.at += 1
                ranges.append(_range(first, self._class_part()))
            else:
                ranges += first.ranges
        return Chars(joined(ranges), tuple(properties), is_negated)

    def _class_part(self) -> Chars:
        sign = self._next()
        if sign != "\\":
            return one(ord(sign))
        sign = self._next()
        return one(0x08) if sign == "b" else self._character(sign)


_LOOKS = (("?=", True, False), ("?!", True, True), ("?<=", False, False), ("?<!", False, True))
_CLASSES = {"d": DIGITS, "w": WORDS, "s": SPACES}


def one(code: int) -> Chars:
    return Chars(((code, code),))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def _hexadecimal(digits: str, width: int = 0) -> int:
    is_proper = 0 < len(digits) <= 6 and all(digit in "0123456789abcdefABCDEF" for digit in digits)
    if not is_proper or len(digits) < width or int(digits, 16) > LAST:
        raise PatternError("an escape lacks its hexadecimal digits")
    return int(digits, 16)


def is_single(chars: Chars) -> bool:
    return not chars.properties and len(chars.ranges) == 1 and chars.ranges[0][0] == chars.ranges[0][1]


def _range(first: Chars, last: Chars) -> tuple[int, int]:
    if not is_single(last) or last.ranges[0][0] < first.ranges[0][0]:
        raise PatternError("a range of characters runs downwards")
    return first.ranges[0][0], last.ranges[0][0]
