"""Patterns as automata: looking ahead, leaving out and joining, written back as a plain pattern.

Neither a grammar nor Rust's syntax can look ahead, or match all that another pattern does not. But the texts
that a pattern matches are those of an automaton, whose opposite and overlap are automata again, and each of
them can be written as a pattern without any of this. It may be long; one that is too long is given up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from app.structured.pattern import (
    LAST,
    CaseBlind,
    Chars,
    Choice,
    Group,
    Look,
    Mark,
    Node,
    PatternError,
    Repeat,
    Sequence,
    complement,
    joined,
    parse,
)

_MOST_STATES = 48
_MOST_STEPS = 3_000
_LARGEST = 200
"""In parts of a pattern, counted repetitions written out."""


@dataclass(frozen=True, slots=True)
class _Set:
    """Any one character of these classes."""

    classes: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Empty:
    """The text of no characters."""


@dataclass(frozen=True, slots=True)
class _Cat:
    first: _Language
    rest: _Language


@dataclass(frozen=True, slots=True)
class _Or:
    options: frozenset[_Language]


@dataclass(frozen=True, slots=True)
class _And:
    parts: frozenset[_Language]


@dataclass(frozen=True, slots=True)
class _Not:
    inner: _Language


@dataclass(frozen=True, slots=True)
class _Star:
    inner: _Language


_Language = _Set | _Empty | _Cat | _Or | _And | _Not | _Star

_NOTHING = _Or(frozenset())
_EVERYTHING = _Not(_NOTHING)
_EMPTY = _Empty()


def plain(node: Node) -> Node | None:
    """The same pattern, anchored at both ends, without looking ahead; None if no text matches it.

    Raises:
        PatternError: it cannot be had, or would be too long.
    """
    try:
        return _written([node], [])
    except _NoText:
        return None


def leaving_out(matched: Iterable[str], unmatched: Iterable[str]) -> Node | None:
    """The pattern of texts that match all of the first and none of the second; None if there are none.

    Raises:
        PatternError: it cannot be had, or would be too long.
    """
    try:
        return _written([parse(pattern) for pattern in matched], [parse(pattern) for pattern in unmatched])
    except _NoText:
        return None


def is_endless(matched: Iterable[str]) -> bool:
    """Whether each start of a text that matches all of these is one of endlessly many such texts; False where
    that cannot be told."""
    try:
        nodes = [parse(pattern) for pattern in matched]
        alphabet = _Alphabet(nodes)
        parts = [alphabet.found(node) for node in nodes]
        return _Automaton(_and(parts), len(alphabet.classes)).is_endless()
    except PatternError:
        return False


class _NoText(Exception):
    """There is no text at all in a language."""


def _written(matched: list[Node], unmatched: list[Node]) -> Node:
    alphabet = _Alphabet([*matched, *unmatched])
    parts = [alphabet.found(node) for node in matched]
    parts += [_not(alphabet.found(node)) for node in unmatched]
    inner = _Automaton(_and(parts), len(alphabet.classes)).pattern(alphabet)
    return Sequence((Mark("^"), inner, Mark("$")))


class _Alphabet:
    """All characters, sorted into classes that no part of the patterns tells apart."""

    def __init__(self, nodes: list[Node]) -> None:
        borders = {0, LAST + 1}
        for node in nodes:
            self._collect(node, borders)
        edges = sorted(borders)
        self.classes = [(first, after - 1) for first, after in pairwise(edges)]
        self._size = 0

    def _collect(self, node: Node, borders: set[int]) -> None:
        if isinstance(node, Chars):
            if node.properties:
                raise PatternError("a Unicode property is not written out")
            for first, last in node.ranges:
                borders |= {first, last + 1}
        elif isinstance(node, Sequence):
            for part in node.parts:
                self._collect(part, borders)
        elif isinstance(node, Choice):
            for option in node.options:
                self._collect(option, borders)
        elif isinstance(node, Repeat | Group | Look):
            self._collect(node.inner, borders)
        elif not isinstance(node, Mark) or node.sign not in "^$":
            raise PatternError(f"{type(node).__name__} is not for an automaton")

    def found(self, node: Node) -> _Language:
        """The texts in which the pattern is found, at their start or later."""
        any_char = _Set(frozenset(range(len(self.classes))))
        later = _cat(any_char, _cat(_EVERYTHING, self._followed(node, _EVERYTHING, False)))
        return _or([self._followed(node, _EVERYTHING, True), later])

    def _followed(self, node: Node, rest: _Language, at_start: bool) -> _Language:
        """What the pattern matches, followed by `rest` to the very end of the text."""
        if isinstance(node, Mark):
            if node.sign == "^":
                return rest if at_start else _NOTHING
            return _and([rest, _EMPTY])
        if isinstance(node, Look):
            if not node.is_ahead:
                raise PatternError("looking behind is not for an automaton")
            ahead = self._followed(node.inner, _EVERYTHING, at_start)
            return _and([rest, _not(ahead) if node.is_negated else ahead])
        if isinstance(node, Choice):
            return _or([self._followed(option, rest, at_start) for option in node.options])
        if isinstance(node, Group):
            return self._followed(node.inner, rest, at_start)
        if isinstance(node, Sequence):
            return self._sequence(node.parts, rest, at_start)
        return _cat(self._simple(node), rest)

    def _sequence(self, parts: tuple[Node, ...], rest: _Language, at_start: bool) -> _Language:
        for index in range(len(parts) - 1, -1, -1):
            before = [part for part in parts[:index] if not isinstance(part, Mark | Look)]
            if at_start and _has_start(parts[index]) and any(_may_be_empty(part) for part in before):
                raise PatternError("where the text starts is not clear to an automaton")
            rest = self._followed(parts[index], rest, at_start and not before)
        return rest

    def _simple(self, node: Node) -> _Language:
        """A part that looks nowhere."""
        self._size += 1
        if self._size > _LARGEST:
            raise PatternError("too long for an automaton")
        if isinstance(node, Chars):
            ranges = complement(node.ranges) if node.is_negated else node.ranges
            inside = (any(low <= first <= high for low, high in ranges) for first, _ in self.classes)
            return _Set(frozenset(index for index, is_inside in enumerate(inside) if is_inside))
        if isinstance(node, Sequence):
            return self._joined(node.parts)
        if isinstance(node, Choice):
            return _or([self._simple(option) for option in node.options])
        if isinstance(node, Group):
            return self._simple(node.inner)
        if isinstance(node, Repeat):
            return self._repeated(node)
        raise PatternError("looking ahead within a repetition is not for an automaton")

    def _joined(self, parts: tuple[Node, ...]) -> _Language:
        made: _Language = _EMPTY
        for part in reversed(parts):
            made = _cat(self._simple(part), made)
        return made

    def _repeated(self, node: Repeat) -> _Language:
        made: _Language = _star(self._simple(node.inner)) if node.most is None else _EMPTY
        for _ in range((node.most or node.least) - node.least):
            made = _or([_EMPTY, _cat(self._simple(node.inner), made)])
        for _ in range(node.least):
            made = _cat(self._simple(node.inner), made)
        return made


def _has_start(node: Node) -> bool:
    """Whether a `^` stands in it."""
    if isinstance(node, Sequence | Choice):
        return any(map(_has_start, node.parts if isinstance(node, Sequence) else node.options))
    if isinstance(node, Repeat | Group | Look | CaseBlind):
        return _has_start(node.inner)
    return node == Mark("^")


def _may_be_empty(node: Node) -> bool:
    """Whether it may match no character at all."""
    if isinstance(node, Sequence):
        return all(map(_may_be_empty, node.parts))
    if isinstance(node, Choice):
        return any(map(_may_be_empty, node.options))
    if isinstance(node, Repeat):
        return node.least == 0 or _may_be_empty(node.inner)
    return not isinstance(node, Chars) and (not isinstance(node, Group) or _may_be_empty(node.inner))


def _cat(first: _Language, rest: _Language) -> _Language:
    if first == _NOTHING or rest == _NOTHING:
        return _NOTHING
    if first == _EMPTY:
        return rest
    if isinstance(first, _Cat):
        return _cat(first.first, _cat(first.rest, rest))
    return first if rest == _EMPTY else _Cat(first, rest)


def _or(options: list[_Language]) -> _Language:
    flat: set[_Language] = set()
    for option in options:
        flat |= option.options if isinstance(option, _Or) else {option}
    if _EVERYTHING in flat:
        return _EVERYTHING
    sets = [option for option in flat if isinstance(option, _Set)]
    if len(sets) > 1:
        flat -= set(sets)
        flat.add(_Set(frozenset().union(*(option.classes for option in sets))))
    return flat.pop() if len(flat) == 1 else _Or(frozenset(flat))


def _and(parts: list[_Language]) -> _Language:
    flat: set[_Language] = set()
    for part in parts:
        flat |= part.parts if isinstance(part, _And) else {part}
    flat.discard(_EVERYTHING)
    if _NOTHING in flat:
        return _NOTHING
    if _EMPTY in flat:
        return _EMPTY if all(map(_holds_empty, flat)) else _NOTHING
    return flat.pop() if len(flat) == 1 else _And(frozenset(flat)) if flat else _EVERYTHING


def _not(inner: _Language) -> _Language:
    return inner.inner if isinstance(inner, _Not) else _Not(inner)


def _star(inner: _Language) -> _Language:
    return _EMPTY if inner in (_EMPTY, _NOTHING) else inner if isinstance(inner, _Star) else _Star(inner)


def _holds_empty(language: _Language) -> bool:
    """Whether the text of no characters is in it."""
    if isinstance(language, _Cat):
        return _holds_empty(language.first) and _holds_empty(language.rest)
    if isinstance(language, _Or):
        return any(map(_holds_empty, language.options))
    if isinstance(language, _And):
        return all(map(_holds_empty, language.parts))
    if isinstance(language, _Not):
        return not _holds_empty(language.inner)
    return not isinstance(language, _Set)


def _after(language: _Language, char: int) -> _Language:
    """What may follow a character of this class: the derivative of the language."""
    if isinstance(language, _Set):
        return _EMPTY if char in language.classes else _NOTHING
    if isinstance(language, _Cat):
        following = _cat(_after(language.first, char), language.rest)
        return _or([following, _after(language.rest, char)]) if _holds_empty(language.first) else following
    if isinstance(language, _Or):
        return _or([_after(option, char) for option in language.options])
    if isinstance(language, _And):
        return _and([_after(part, char) for part in language.parts])
    if isinstance(language, _Not):
        return _not(_after(language.inner, char))
    if isinstance(language, _Star):
        return _cat(_after(language.inner, char), language)
    return _NOTHING


@dataclass(slots=True)
class _Automaton:
    """The states that a language goes through, character by character."""

    language: _Language
    width: int
    edges: dict[tuple[int, int], set[int]] = field(default_factory=dict)
    ends: set[int] = field(default_factory=set)

    def pattern(self, alphabet: _Alphabet) -> Node:
        """The pattern of all texts that lead from the first state to an end."""
        states = self._explore()
        alive = self._alive(states)
        if 0 not in alive:
            raise _NoText
        labels: dict[tuple[int, int], Node] = {
            edge: Chars(joined([alphabet.classes[char] for char in chars]))
            for edge, chars in self.edges.items()
            if set(edge) <= alive
        }
        return _without_states(labels, alive, self.ends)

    def is_endless(self) -> bool:
        """Whether from every state on the way to an end, there are ways without end."""
        alive = self._alive(self._explore())
        edges = [(start, end) for start, end in self.edges if start in alive and end in alive]
        endless = alive
        for _ in alive:
            endless = {start for start, end in edges if end in endless}
        return bool(alive) and endless == alive

    def _explore(self) -> int:
        numbers = {self.language: 0}
        waiting = [self.language]
        while waiting:
            language = waiting.pop()
            if _holds_empty(language):
                self.ends.add(numbers[language])
            for char in range(self.width):
                after = _after(language, char)
                if after == _NOTHING:
                    continue
                if after not in numbers:
                    numbers[after] = len(numbers)
                    waiting.append(after)
                self.edges.setdefault((numbers[language], numbers[after]), set()).add(char)
            if len(numbers) > _MOST_STATES or len(numbers) * self.width > _MOST_STEPS:
                raise PatternError("too many states for an automaton")
        return len(numbers)

    def _alive(self, states: int) -> set[int]:
        """The states from which an end can be reached."""
        alive = set(self.ends)
        for _ in range(states):
            alive |= {start for start, end in self.edges if end in alive}
        return alive


_START, _END = -1, -2


def _without_states(labels: dict[tuple[int, int], Node], states: set[int], ends: set[int]) -> Node:
    """Take the states out one by one, writing what led through each on the edges that are left."""
    nothing = Sequence()
    edges: dict[tuple[int, int], Node] = {**labels, (_START, 0): nothing}
    edges |= {(end, _END): nothing for end in ends}
    left = set(states)
    while left:
        state = min(left, key=lambda one: sum(one in edge for edge in edges))
        left.remove(state)
        loop = edges.pop((state, state), None)
        round_ = () if loop is None else (Repeat(loop, 0, None),)
        before = {start: edges.pop((start, end)) for start, end in list(edges) if end == state}
        after = {end: edges.pop((start, end)) for start, end in list(edges) if start == state}
        for start, first in before.items():
            for end, last in after.items():
                through = _joined((first, *round_, last))
                old = edges.get((start, end))
                edges[start, end] = through if old is None else Choice((*_options(old), *_options(through)))
        if _length(edges.values()) > 20 * _LARGEST:
            raise PatternError("too long once written out")
    return edges[_START, _END]


def _joined(parts: tuple[Node, ...]) -> Node:
    flat = tuple(inner for part in parts for inner in (part.parts if isinstance(part, Sequence) else (part,)))
    return flat[0] if len(flat) == 1 else Sequence(flat)


def _options(node: Node) -> tuple[Node, ...]:
    return node.options if isinstance(node, Choice) else (node,)


def _length(nodes: Iterable[Node]) -> int:
    """How many parts these have together."""
    total, waiting = 0, list(nodes)
    while waiting:
        node = waiting.pop()
        total += 1
        waiting += (
            node.parts if isinstance(node, Sequence) else node.options if isinstance(node, Choice) else ()
        )
        if isinstance(node, Repeat | Group | CaseBlind):
            waiting.append(node.inner)
    return total
