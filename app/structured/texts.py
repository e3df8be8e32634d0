"""Free text as a Lark terminal: of so many characters, of certain patterns, in a notation's own escapes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from app.structured.formats import FORMATS
from app.structured.json_path import Place
from app.structured.lark import is_empty
from app.structured.parts import refused
from app.structured.pattern import (
    LAST,
    CaseBlind,
    Chars,
    Choice,
    Group,
    Mark,
    Node,
    PatternError,
    Ranges,
    Repeat,
    Sequence,
    complement,
    one,
    parse,
)
from app.structured.pattern_writing import for_grammar

Escapes = Mapping[str, tuple[str, ...]]
"""The characters that a notation does not write as they are only: every way in which it may write each."""

_UNPRINTABLE = r"\x00-\x08\x0B\x0C\x0E-\x1F\x7F\uFFFE\uFFFF"
"""Not allowed in XML, and of no use in a table."""
_ANYTHING = Repeat(Chars(((0, LAST),)), 0, None)


@dataclass(frozen=True, slots=True)
class Text:
    """Text of so many characters, `most` None without a limit, that all of the patterns match as a whole."""

    least: int = 0
    most: int | None = None
    patterns: tuple[Node, ...] = ()


def pattern_of(keyword: str) -> Node:
    """The pattern of a whole text in which the regular expression of `pattern` is found.

    Raises:
        PatternError: no automaton can tell.
    """
    node = _whole(parse(keyword))
    for_grammar(_escaped(node, {}))
    return node


def format_of(name: str) -> tuple[Node | None, int | None]:
    """The pattern of a whole text of this `format`, and how long it may be; None where it has no limit.

    Raises:
        PatternError: no automaton can tell.
    """
    if name not in FORMATS:
        return None, None
    found = FORMATS[name]
    if found.pattern is None:
        raise PatternError(name)
    return parse(found.pattern), found.longest


def terminal(text: Text, before: str, after: str, escapes: Escapes, place: Place) -> str:
    """The Lark expression for a text between two signs that regular expressions take for themselves.

    Raises:
        SchemaRefused: there is no such text in this notation; its schema is at `place`.
    """
    specials = "".join(f"\\x{ord(char):02X}" for char in escapes)
    spellings = [for_grammar(_spelled(spelling)) for all_of in escapes.values() for spelling in all_of]
    character = "|".join((f"[^{specials}{_UNPRINTABLE}]", *spellings))
    repeated = f"(?:{character}){{{text.least},{'' if text.most is None else text.most}}}"
    patterns = (for_grammar(_escaped(pattern, escapes)) for pattern in text.patterns)
    expression = " & ".join(f"/{before}(?:{inner}){after}/" for inner in (repeated, *patterns))
    if text.patterns and is_empty(expression):
        raise refused(place, "pattern", "no text fits it in this notation")
    return expression


def _whole(node: Node) -> Node:
    """A pattern that is searched for as one of the whole text; `^` and `$` may stand at its ends alone."""
    if isinstance(node, Choice):
        return Choice(tuple(map(_whole, node.options)))
    if isinstance(node, Group | CaseBlind):
        return replace(node, inner=_whole(node.inner))
    parts = node.parts if isinstance(node, Sequence) else (node,)
    if len(parts) == 1 and isinstance(parts[0], Choice | Group | CaseBlind):
        return _whole(parts[0])
    is_begun, is_ended = parts[:1] == (Mark("^"),), parts[-1:] == (Mark("$"),)
    middle = parts[is_begun : len(parts) - is_ended]
    return Sequence((*([] if is_begun else [_ANYTHING]), *middle, *([] if is_ended else [_ANYTHING])))


def _escaped(node: Node, escapes: Escapes) -> Node:
    """The pattern with every character in the spellings that it has in the notation."""
    if isinstance(node, Chars):
        return _escaped_chars(node, escapes)
    if isinstance(node, Sequence):
        return Sequence(tuple(_escaped(part, escapes) for part in node.parts))
    if isinstance(node, Choice):
        return Choice(tuple(_escaped(option, escapes) for option in node.options))
    if isinstance(node, Repeat | Group | CaseBlind):
        return replace(node, inner=_escaped(node.inner, escapes))
    raise PatternError(f"a {type(node).__name__} within a pattern")


def _escaped_chars(chars: Chars, escapes: Escapes) -> Node:
    if chars.properties:
        raise PatternError("a Unicode property may hold what has to be escaped")
    ranges = complement(chars.ranges) if chars.is_negated else chars.ranges
    met = [char for char in escapes if any(first <= ord(char) <= last for first, last in ranges)]
    plain = Chars(tuple(_without(ranges, sorted(map(ord, met)))))
    spelled = [_spelled(spelling) for char in met for spelling in escapes[char]]
    options: tuple[Node, ...] = (*([plain] if plain.ranges or not spelled else []), *spelled)
    return options[0] if len(options) == 1 else Choice(options)


def _without(ranges: Ranges, codes: list[int]) -> Iterator[tuple[int, int]]:
    """The ranges with these code points left out, which are sorted."""
    for first, last in ranges:
        for code in codes:
            if first <= code <= last:
                if first < code:
                    yield first, code - 1
                first = code + 1
        if first <= last:
            yield first, last


def _spelled(text: str) -> Sequence:
    return Sequence(tuple(one(ord(char)) for char in text))
