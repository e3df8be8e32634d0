"""Patterns written for the two engines that match them: `regex` in the check, llguidance while sampling.

JavaScript, Python and Rust disagree on digits, spaces, `$`, braces and escapes, so each engine gets a
pattern spelled out in ranges of characters, with nothing left to its own idea of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from app.structured.automaton import plain
from app.structured.pattern import (
    LAST,
    Back,
    CaseBlind,
    Chars,
    Choice,
    Group,
    Look,
    Mark,
    Node,
    PatternError,
    Ranges,
    Repeat,
    Sequence,
    is_single,
    parse,
)

_SIGNS = frozenset(r"\.+*?()|[]{}^$#&-~/")


def for_check(node: Node) -> str:
    """The pattern for the `regex` package: all of ECMA-262, to be searched for."""
    return _CheckWriter().write(node)


def for_grammar(node: Node) -> str:
    """The pattern for llguidance, in Rust's syntax.

    Raises:
        PatternError: it looks around, refers back or asks for word boundaries, which no automaton can.
    """
    return _GrammarWriter().write(node)


NO_TEXT = r"[^\s\S]"
"""What nothing matches: a schema that asks for it is refused as unsatisfiable."""


def grammar_patterns(pattern: str) -> tuple[str, ...]:
    """The same from a pattern's text, rid of looking ahead; several, all to match, where that is shorter.

    Raises:
        PatternError: as before, or the pattern is not well-formed.
    """
    return tuple(map(_plainly, _conjunction(parse(pattern))))


def _plainly(node: Node) -> str:
    try:
        return for_grammar(node)
    except PatternError:
        without = plain(node)
        return NO_TEXT if without is None else for_grammar(without)


def _conjunction(node: Node) -> list[Node]:
    """Patterns that together match what one does: `^(?=.*[0-9])[a-z]` is `^.*[0-9]` and `^[a-z]`."""
    parts = node.parts if isinstance(node, Sequence) else ()
    if not parts or parts[0] != Mark("^"):
        return [node]
    made: list[Node] = []
    for index, part in enumerate(parts[1:], 1):
        if not isinstance(part, Look) or not part.is_ahead:
            return [*made, Sequence((parts[0], *parts[index:]))]
        made.append(Sequence((parts[0], part if part.is_negated else part.inner)))
    return made


class _Writer:
    """Writes a pattern out with nothing left to an engine's own idea of it."""

    start, end = "^", "$"

    def write(self, node: Node) -> str:
        if isinstance(node, Chars):
            return self._chars(node)
        if isinstance(node, Sequence):
            return "".join(self._inside(part) for part in node.parts)
        if isinstance(node, Choice):
            return "|".join(map(self.write, node.options))
        if isinstance(node, Repeat):
            return self._repeated(node)
        if isinstance(node, CaseBlind):
            return f"(?i:{self.write(node.inner)})"
        if isinstance(node, Mark) and node.sign in "^$":
            return self.start if node.sign == "^" else self.end
        return self._special(node)

    def _special(self, node: Node) -> str:
        raise NotImplementedError

    def _inside(self, node: Node) -> str:
        return f"(?:{self.write(node)})" if isinstance(node, Choice) else self.write(node)

    def _repeated(self, node: Repeat) -> str:
        least, most = node.least, "" if node.most is None else node.most
        counts = f"{{{least}}}" if least == most else f"{{{least},{most}}}"
        short = {"{0,}": "*", "{1,}": "+", "{0,1}": "?"}.get(counts, counts)
        inner = self.write(node.inner)
        return (inner if isinstance(node.inner, Chars | Group) else f"(?:{inner})") + short

    def _chars(self, chars: Chars) -> str:
        ranges, is_negated = chars.ranges, chars.is_negated
        if not chars.properties and (not ranges or ranges == ((0, LAST),)):
            return self._any() if bool(ranges) != is_negated else self._none()
        if is_single(chars) and not is_negated:
            return self._escaped(ranges[0][0])
        inside = "".join(self._spelled(first, last) for first, last in _without_surrogates(ranges))
        return f"[{'^' if is_negated else ''}{inside}{''.join(chars.properties)}]"

    def _spelled(self, first: int, last: int) -> str:
        return self._escaped(first) if first == last else f"{self._escaped(first)}-{self._escaped(last)}"

    def _escaped(self, code: int) -> str:
        char = chr(code)
        if code < 0x20 or code == 0x7F:
            return f"\\x{code:02x}"
        if code > 0x7F and not char.isalnum():
            return self._by_number(code)
        return f"\\{char}" if char in _SIGNS else char

    def _by_number(self, code: int) -> str:
        return f"\\u{{{code:x}}}"

    def _any(self) -> str:
        return r"[\s\S]"

    def _none(self) -> str:
        return r"[^\s\S]"


class _CheckWriter(_Writer):
    start, end = r"\A", r"\Z"

    def _special(self, node: Node) -> str:
        if isinstance(node, Group):
            return f"({self.write(node.inner)})"
        if isinstance(node, Look):
            sign = ("?" if node.is_ahead else "?<") + ("!" if node.is_negated else "=")
            return f"({sign}{self.write(node.inner)})"
        if isinstance(node, Mark):
            return rf"(?a:\{node.sign})"
        if isinstance(node, Back):
            return rf"\g<{node.number}>"
        raise PatternError(f"a {type(node).__name__}")

    def _by_number(self, code: int) -> str:
        return f"\\U{code:08x}"


class _GrammarWriter(_Writer):
    def _special(self, node: Node) -> str:
        if isinstance(node, Group):
            return f"(?:{self.write(node.inner)})"
        raise PatternError("look-around, word boundaries and references are not for a grammar")

    def _none(self) -> str:
        raise PatternError("matches no character")


def _without_surrogates(ranges: Ranges) -> Iterator[tuple[int, int]]:
    """Halves of surrogate pairs are no characters of any text that gets here."""
    for first, last in ranges:
        if first < 0xD800 <= last:
            yield first, 0xD7FF
        if first <= 0xDFFF < last:
            yield 0xE000, last
        if last < 0xD800 or first > 0xDFFF:
            yield first, last
