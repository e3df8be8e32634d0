"""The opposite of a schema, as another schema: for `not`, `if` and `oneOf`, which no grammar knows.

An opposite is only made where it is exact among the values that can occur at all; those are told by the
schemas that apply at the same place. Where it cannot be had, as of most formats, there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import pairwise
from typing import Any

from app.structured.automaton import leaving_out
from app.structured.dialect import Node
from app.structured.json_text import JsonValue
from app.structured.pattern import PatternError
from app.structured.pattern_writing import for_grammar
from app.structured.rewriting.plain import Plain
from app.structured.rewriting.views import KINDS, View, Viewer, kind_of, kinds_of
from app.structured.word_trie import other_than

_DEEPEST = 8
_MOST_AUTOMATA = 20
_NUMBERS = ("integer", "fraction")


_COUNTED = {
    "minLength": "string", "maxLength": "string", "minItems": "array", "maxItems": "array",
    "minProperties": "object", "maxProperties": "object",
}  # fmt: skip


class NoOpposite(Exception):
    """There is no schema for all other values that a grammar could enforce."""


Within = tuple[Node, ...]
"""The schemas that hold in any case where an opposite is wanted."""


class Negation:
    def __init__(self, plain: Plain) -> None:
        self._plain = plain
        self._viewer = Viewer(plain)
        self._automata = 0
        self._of: Mapping[str, Callable[[Any, Mapping[str, Any], View, Within, int], Iterator[Node]]] = {
            "type": self._type,
            "const": self._values,
            "enum": self._values,
            "required": self._required,
            "properties": self._properties,
            "additionalProperties": self._additional_properties,
            "minimum": partial(self._bound, "exclusiveMaximum"),
            "maximum": partial(self._bound, "exclusiveMinimum"),
            "exclusiveMinimum": partial(self._bound, "maximum"),
            "exclusiveMaximum": partial(self._bound, "minimum"),
            "pattern": self._pattern,
            "minLength": partial(self._least, "maxLength"),
            "maxLength": partial(self._most, "minLength"),
            "minItems": partial(self._least, "maxItems"),
            "maxItems": partial(self._most, "minItems"),
            "minProperties": partial(self._least, "maxProperties"),
            "maxProperties": partial(self._most, "minProperties"),
            "not": self._not,
            "allOf": self._all,
            "+": self._all,
            "anyOf": self._any,
            "oneOf": self._one,
            "if": self._if,
            "$ref": self._reference,
            "dependentRequired": self._dependent,
        }

    def opposite(self, node: Node, within: Within = (), depth: int = 0) -> Node:
        """A schema of the values that fit all of `within`, but not `node`.

        Raises:
            NoOpposite: there is none that a grammar could enforce.
        """
        if isinstance(node, bool):
            return not node
        if any(node is other or node == other for other in within):
            return False
        if depth > _DEEPEST:
            raise NoOpposite
        seen = self._viewer.view(*within)
        options = list(self._options(node, seen, within, depth))
        return options[0] if len(options) == 1 else {"anyOf": options} if options else False

    def _options(self, node: dict[str, Any], seen: View, within: Within, depth: int) -> Iterator[Node]:
        """One schema for each keyword that a value may break."""
        for key, wanted in node.items():
            if key in ("then", "else") or (key == "const" and "enum" in node):
                continue
            if key in self._of:
                made = self._of[key](wanted, node, seen, within, depth)
                yield from (option for option in made if option is not False)
            elif _ABOUT.get(key, KINDS) & seen.kinds and not _says_nothing(key, wanted):
                raise NoOpposite

    def _type(self, wanted: Any, _node: Any, seen: View, _within: Within, _depth: int) -> Iterator[Node]:
        others = seen.kinds - kinds_of(wanted)
        if "fraction" in others and "integer" not in others:
            raise NoOpposite
        if others:
            yield {"type": sorted(others - {"fraction"})}

    def _values(self, _wanted: Any, node: Mapping[str, Any], seen: View, _within: Any, _depth: int) -> Any:
        values: list[JsonValue] = [node["const"]] if "const" in node else node["enum"]
        if "const" in node and "enum" in node:
            values = [value for value in node["enum"] if value == node["const"]]
        if seen.values is not None:
            if left := [value for value in seen.values if not _is_among(value, values)]:
                yield {"enum": left}
            return
        for kind in sorted(seen.kinds - {"fraction"}):
            yield from _other_values(kind, [value for value in values if _is_like(kind, value)])

    def _required(self, wanted: Any, _node: Any, seen: View, _within: Any, _depth: int) -> Iterator[Node]:
        for name in wanted:
            if "object" in seen.kinds and name not in seen.required:
                yield {"type": "object", "properties": {name: False}}

    def _properties(self, wanted: Any, _node: Any, seen: View, _within: Any, depth: int) -> Iterator[Node]:
        if "object" not in seen.kinds:
            return
        for name, inner in wanted.items():
            if seen.known is not None and name not in seen.known:
                continue
            other = self.opposite(inner, seen.members.get(name, ()), depth + 1)
            if other is not False:
                yield {"type": "object", "properties": {name: other}, "required": [name]}

    def _additional_properties(
        self, wanted: Any, node: Mapping[str, Any], seen: View, _within: Any, _depth: int
    ) -> Iterator[Node]:
        if wanted is True or "object" not in seen.kinds:
            return
        if wanted is not False or seen.known is None or node.get("patternProperties"):
            raise NoOpposite
        for name in sorted(seen.known - set(node.get("properties", {}))):
            yield {"type": "object", "required": [name]}

    def _bound(self, beyond: str, wanted: Any, _node: Any, seen: View, _within: Within, _depth: int) -> Any:
        if seen.kinds & set(_NUMBERS):
            yield {"type": "number" if "fraction" in seen.kinds else "integer", beyond: wanted}

    def _least(self, beyond: str, wanted: int, _node: Any, seen: View, _within: Within, _depth: int) -> Any:
        if _COUNTED[beyond] in seen.kinds and wanted > 0:
            yield {"type": _COUNTED[beyond], beyond: wanted - 1}

    def _most(self, beyond: str, wanted: int, _node: Any, seen: View, _within: Within, _depth: int) -> Any:
        if _COUNTED[beyond] in seen.kinds:
            yield {"type": _COUNTED[beyond], beyond: wanted + 1}

    def _pattern(self, wanted: str, _node: Any, seen: View, _within: Within, _depth: int) -> Iterator[Node]:
        if "string" not in seen.kinds:
            return
        self._automata += 1
        try:
            if self._automata > _MOST_AUTOMATA:
                raise NoOpposite
            found = leaving_out((), (wanted,))
        except PatternError:
            raise NoOpposite from None
        if found is not None:
            yield {"type": "string", "pattern": for_grammar(found)}

    def _not(self, wanted: Node, _node: Any, _seen: View, _within: Any, _depth: int) -> Iterator[Node]:
        yield wanted

    def _all(self, wanted: Any, _node: Any, _seen: View, within: Within, depth: int) -> Iterator[Node]:
        yield from (self.opposite(inner, within, depth + 1) for inner in wanted)

    def _any(self, wanted: Any, _node: Any, _seen: View, within: Within, depth: int) -> Iterator[Node]:
        others = [self.opposite(inner, within, depth + 1) for inner in wanted]
        yield False if False in others else {"allOf": others}

    def _one(self, wanted: Any, _node: Any, _seen: View, within: Within, depth: int) -> Iterator[Node]:
        views = [self._viewer.view(*within, inner) for inner in wanted]
        pairs = ((one, other) for index, one in enumerate(views) for other in views[:index])
        if not all(self._viewer.are_disjoint(one, other) for one, other in pairs):
            raise NoOpposite
        yield from self._any(wanted, None, View(), within, depth)

    def _if(
        self, wanted: Any, node: Mapping[str, Any], _seen: Any, within: Within, depth: int
    ) -> Iterator[Node]:
        met, unmet = node.get("then", True), node.get("else", True)
        if met is not True:
            yield {"allOf": [wanted, self.opposite(met, (*within, wanted), depth + 1)]}
        if unmet is not True:
            contrary = self.opposite(wanted, within, depth + 1)
            yield {"allOf": [contrary, self.opposite(unmet, within, depth + 1)]}

    def _reference(self, wanted: str, _node: Any, _seen: Any, within: Within, depth: int) -> Iterator[Node]:
        if any(isinstance(other, dict) and other.get("$ref") == wanted for other in within):
            return
        yield self.opposite(self._plain.target(wanted), within, depth + 1)

    def _dependent(self, wanted: Any, _node: Any, seen: View, _within: Any, _depth: int) -> Iterator[Node]:
        if "object" not in seen.kinds:
            return
        for name, others in wanted.items():
            for other in others:
                yield {"type": "object", "required": [name], "properties": {other: False}}


_ABOUT = {
    "format": frozenset(("string",)),
    **dict.fromkeys(("multipleOf",), frozenset(_NUMBERS)),
    **dict.fromkeys(
        ("items", "prefixItems", "contains", "minContains", "maxContains", "uniqueItems", "unevaluatedItems"),
        frozenset(("array",)),
    ),
    **dict.fromkeys(
        ("patternProperties", "propertyNames", "dependentSchemas", "unevaluatedProperties"),
        frozenset(("object",)),
    ),
}
"""The kinds of values that the keywords without an opposite speak of."""


def _says_nothing(key: str, wanted: Any) -> bool:
    if key in ("contains", "uniqueItems"):
        return wanted is False and key == "uniqueItems"
    return wanted is True or wanted in ({}, [])


def _is_like(kind: str, value: JsonValue) -> bool:
    return kind_of(value) == kind or (kind == "integer" and kind_of(value) == "fraction")


def _is_among(value: JsonValue, values: list[JsonValue]) -> bool:
    return any(value == other and isinstance(value, bool) is isinstance(other, bool) for other in values)


def _other_values(kind: str, values: list[Any]) -> Iterator[Node]:
    """All values of a kind (integers here stand for numbers) but these."""
    if not values and kind != "integer":
        yield {"type": kind}
    elif kind == "string":
        pattern = other_than(values)
        if pattern is None:
            raise NoOpposite
        yield {"type": "string", "pattern": pattern}
    elif kind == "boolean":
        yield from ({"const": value} for value in (True, False) if value not in values)
    elif kind == "integer":
        yield from _other_numbers(sorted(set(values)))
    elif kind in ("array", "object"):
        raise NoOpposite


def _other_numbers(values: list[int | float]) -> Iterator[Node]:
    if not values:
        yield {"type": "number"}
        return
    yield {"type": "number", "exclusiveMaximum": values[0]}
    yield from (
        {"type": "number", "exclusiveMinimum": low, "exclusiveMaximum": high}
        for low, high in pairwise(values)
    )
    yield {"type": "number", "exclusiveMinimum": values[-1]}
