"""Outlines of the values that fit a schema: never less than all of them, so that two can be proved apart."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from app.structured.dialect import Node
from app.structured.json_text import JsonValue
from app.structured.matching import Matcher, TookTooLong
from app.structured.pattern import PatternError
from app.structured.pattern_writing import grammar_patterns
from app.structured.rewriting.plain import Plain

KINDS = frozenset(("null", "boolean", "integer", "fraction", "string", "array", "object"))
"""The types, with numbers split into those with and without a fraction."""

_DEEPEST = 6
_MOST_PROOFS = 200
_SECONDS = 1.0
"""For all patterns that are tried on names and values; what is not tried in time may match."""

_EVERYTHING = (-math.inf, math.inf)


Closing = tuple[frozenset[str], tuple[str, ...]]
"""Names and patterns of the members that an object can have."""


@dataclass(frozen=True, slots=True)
class View:
    """An outline of a schema. Every value that fits the schema has one of the `kinds`, is one of the `values`
    if those are given, lies in the ranges (numbers by value, texts and arrays by length) and, if it is an
    object, has the `required` members, each fitting all that is said of it in `members`, and only such as
    every one of the `closings` names or has a pattern for. Texts match all `patterns`; no value is one of the
    `excluded`."""

    kinds: frozenset[str] = KINDS
    values: tuple[JsonValue, ...] | None = None
    numbers: tuple[float, float] = _EVERYTHING
    lengths: tuple[float, float] = (0, math.inf)
    items: tuple[float, float] = (0, math.inf)
    required: frozenset[str] = frozenset()
    members: Mapping[str, tuple[Node, ...]] = field(default_factory=dict)
    closings: tuple[Closing, ...] = ()
    patterns: tuple[str, ...] = ()
    excluded: tuple[JsonValue, ...] = ()

    @property
    def known(self) -> frozenset[str] | None:
        """The only members there can be, where they can be listed."""
        listed = [names for names, patterns in self.closings if not patterns]
        return listed[0].intersection(*listed[1:]) if listed else None

    @property
    def is_empty(self) -> bool:
        return not self.kinds or self.values == ()

    def without(self, kind: str) -> View:
        return replace(self, kinds=self.kinds - {kind})


def kind_of(value: JsonValue) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "integer" if float(value).is_integer() else "fraction"
    return {str: "string", list: "array", dict: "object"}[type(value)]


def kinds_of(types: object) -> frozenset[str]:
    """The kinds that a value of `type` names."""
    names = {types} if isinstance(types, str) else set(types) if isinstance(types, list) else set()
    return frozenset(names & KINDS | ({"integer", "fraction"} if "number" in names else set()))


class Viewer:
    """Outlines the schemas of one plain form."""

    def __init__(self, plain: Plain) -> None:
        self._plain = plain
        self._matcher = Matcher(_SECONDS)
        self._contradictory: dict[tuple[str, ...], bool] = {}

    def view(self, *nodes: Node, depth: int = 0) -> View:
        """The outline of values that fit all of these schemas."""
        seen = View()
        for node in nodes:
            seen = self._both(seen, self._one(node, depth))
        return seen

    def are_disjoint(self, one: View, other: View, depth: int = 0) -> bool:
        """Whether no value can fit both, as far as the outlines tell."""
        both = self._both(one, other)
        if both.is_empty:
            return True
        if both.values is not None:
            return not any(self._allows(both, value) for value in both.values)
        return all(self._is_impossible(kind, both, depth) for kind in both.kinds)

    def _one(self, node: Node, depth: int) -> View:
        if isinstance(node, bool):
            return View() if node else View(kinds=frozenset())
        if depth > _DEEPEST:
            return View()
        seen = self._own(node)
        if "$ref" in node:
            seen = self._both(seen, self._one(self._plain.target(node["$ref"]), depth + 1))
        for inner in (*node.get("allOf", ()), *node.get("+", ())):
            seen = self._both(seen, self._one(inner, depth + 1))
        for key in ("anyOf", "oneOf"):
            if key in node:
                seen = self._both(seen, _either(self._one(inner, depth + 1) for inner in node[key]))
        return seen

    def _own(self, node: Mapping[str, Any]) -> View:
        values = None
        if "enum" in node:
            values = tuple(node["enum"])
        if "const" in node:
            values = (node["const"],)
        kinds = kinds_of(node["type"]) if "type" in node else KINDS
        if values is not None:
            values = tuple(value for value in values if kind_of(value) in kinds)
            kinds &= {kind_of(value) for value in values}
        members = {name: (inner,) for name, inner in node.get("properties", {}).items()}
        closing = (frozenset(members), tuple(node.get("patternProperties", ())))
        return View(
            kinds=kinds,
            values=values,
            numbers=_range(node),
            lengths=(node.get("minLength", 0), node.get("maxLength", math.inf)),
            items=(node.get("minItems", 0), _most_items(node)),
            required=frozenset(node.get("required", ())),
            members=members,
            closings=(closing,) if node.get("additionalProperties") is False else (),
            patterns=(node["pattern"],) if "pattern" in node else (),
            excluded=_excluded(node.get("not")),
        )

    def _both(self, one: View, other: View) -> View:
        values = one.values if other.values is None else other.values
        kinds = one.kinds & other.kinds
        if values is not None and one.values is not None and other.values is not None:
            values = tuple(value for value in one.values if any(_same(value, twin) for twin in other.values))
        if values is not None:
            values = tuple(value for value in values if kind_of(value) in kinds)
        excluded = (*one.excluded, *other.excluded)
        if values is not None:
            values = tuple(value for value in values if not any(_same(value, twin) for twin in excluded))
        names = {**one.members, **other.members}
        return View(
            kinds=kinds,
            values=values,
            numbers=_overlap(one.numbers, other.numbers),
            lengths=_overlap(one.lengths, other.lengths),
            items=_overlap(one.items, other.items),
            required=one.required | other.required,
            members={name: (*one.members.get(name, ()), *other.members.get(name, ())) for name in names},
            closings=(*one.closings, *other.closings),
            patterns=(*one.patterns, *other.patterns),
            excluded=excluded,
        )

    def _allows(self, seen: View, value: JsonValue) -> bool:
        kind = kind_of(value)
        if kind not in seen.kinds:
            return False
        if isinstance(value, str):
            is_long_enough = seen.lengths[0] <= len(value) <= seen.lengths[1]
            return is_long_enough and all(self._matches(pattern, value) for pattern in seen.patterns)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return seen.numbers[0] <= value <= seen.numbers[1]
        if isinstance(value, dict):
            return seen.required <= value.keys() and all(self._may_have(seen, name) for name in value)
        return True

    def _may_have(self, seen: View, name: str) -> bool:
        return all(
            name in names or any(self._matches(pattern, name) for pattern in patterns)
            for names, patterns in seen.closings
        )

    def _matches(self, pattern: str, text: str) -> bool:
        """Whether the text may match, as far as can be told quickly."""
        try:
            return self._matcher.matches(pattern, text)
        except (TookTooLong, PatternError):
            return True

    def are_contradictory(self, patterns: tuple[str, ...]) -> bool:
        """Whether no text can match all of these; False after too many such questions."""
        if patterns not in self._contradictory and len(self._contradictory) < _MOST_PROOFS:
            self._contradictory[patterns] = no_text_matches(patterns)
        return self._contradictory.get(patterns, False)

    def are_told_apart(self, views: Sequence[View]) -> bool:
        """Whether each has another value for one and the same member, as most choices of objects have."""
        names = frozenset[str]().union(*(seen.required for seen in views[:1]))
        return all(seen.kinds == {"object"} for seen in views) and any(
            self._is_telling(views, name) for name in names
        )

    def _is_telling(self, views: Sequence[View], name: str) -> bool:
        """Whether a member that all require has a few words or numbers for values, others in each."""
        met: set[JsonValue] = set()
        for seen in views:
            if name not in seen.required:
                return False
            values = self.view(*seen.members.get(name, ())).values
            if values is None or not all(type(value) in (int, str) for value in values):
                return False
            if not met.isdisjoint(values):
                return False
            met |= set(values)
        return True

    def _is_impossible(self, kind: str, seen: View, depth: int) -> bool:
        """Whether no value of this kind is within an outline."""
        ranges = {
            "integer": seen.numbers,
            "fraction": seen.numbers,
            "string": seen.lengths,
            "array": seen.items,
        }
        if kind in ranges and ranges[kind][0] > ranges[kind][1]:
            return True
        if kind == "string" and len(set(seen.patterns)) > 1:
            return self.are_contradictory(tuple(sorted(set(seen.patterns))))
        return kind == "object" and any(self._cannot_have(seen, name, depth) for name in seen.required)

    def _cannot_have(self, seen: View, name: str, depth: int) -> bool:
        if not self._may_have(seen, name):
            return True
        if depth >= _DEEPEST or name not in seen.members:
            return False
        member = self.view(*seen.members[name], depth=depth + 1)
        return self.are_disjoint(member, View(), depth + 1)


def no_text_matches(patterns: tuple[str, ...]) -> bool:
    """Whether the engine can prove that no text matches all of these patterns."""
    from llguidance import LLMatcher, LLTokenizer

    try:
        written = [{"pattern": text} for pattern in patterns for text in grammar_patterns(pattern)]
    except PatternError:
        return False
    grammar = LLMatcher.grammar_from_json_schema({"type": "string", "allOf": written})
    failed, messages = LLMatcher.validate_grammar_with_warnings(grammar, LLTokenizer("byte"))
    return failed and messages[0].startswith("Unsatisfiable")


def _excluded(node: Node | None) -> tuple[JsonValue, ...]:
    """The values that `not` shuts out, where it lists them."""
    if not isinstance(node, dict) or not node.keys() <= {"enum", "const", "type"}:
        return ()
    listed = node.get("enum", [node["const"]] if "const" in node else [])
    if "type" in node:
        listed = [value for value in listed if kind_of(value) in kinds_of(node["type"])]
    return tuple(listed)


def _range(node: Mapping[str, Any]) -> tuple[float, float]:
    above, below = node.get("exclusiveMinimum", -math.inf), node.get("exclusiveMaximum", math.inf)
    least = max(_float(node.get("minimum", -math.inf)), math.nextafter(_float(above), math.inf))
    return least, min(_float(node.get("maximum", math.inf)), math.nextafter(_float(below), -math.inf))


def _float(number: int | float) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def _most_items(node: Mapping[str, Any]) -> float:
    most = node.get("maxItems", math.inf)
    return min(most, len(node.get("prefixItems", ()))) if node.get("items") is False else float(most)


def _overlap(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    return max(one[0], other[0]), min(one[1], other[1])


def _either(views: Iterable[View]) -> View:
    """The outline of values that fit one of several."""
    options = [seen for seen in views if not seen.is_empty]
    if not options:
        return View(kinds=frozenset())
    values = [value for seen in options for value in seen.values or ()]
    is_finite = all(seen.values is not None for seen in options)
    return View(
        kinds=frozenset().union(*(seen.kinds for seen in options)),
        values=tuple(values) if is_finite else None,
        numbers=(min(seen.numbers[0] for seen in options), max(seen.numbers[1] for seen in options)),
        lengths=(min(seen.lengths[0] for seen in options), max(seen.lengths[1] for seen in options)),
        items=(min(seen.items[0] for seen in options), max(seen.items[1] for seen in options)),
        required=options[0].required.intersection(*(seen.required for seen in options)),
    )


def _same(one: JsonValue, other: JsonValue) -> bool:
    """Equal as JSON Schema sees it: 1 is 1.0, but not true."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return one == other
