"""Where in an answer arrays stand whose items have to differ: the schema as a little automaton.

A place in an answer is known by the schemas that hold for its value: those that surely do, and those that
may, as the options of an `anyOf` do. An array is watched where no doubt is left that its items have to
differ, and where nothing but plain rules is said of it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.structured.automaton import is_endless
from app.structured.dialect import Node
from app.structured.formats import FORMATS
from app.structured.json_path import Place
from app.structured.json_text import JsonValue
from app.structured.rewriting.plain import Plain
from app.structured.rewriting.views import KINDS, Viewer, kind_of, kinds_of
from app.structured.uniqueness.items import Items
from app.structured.validation import identity

_MOST_SPOTS = 500
_FIXED: dict[str, Any] = {"const": None}
"""Holds, as far as can be told, for all that is within a value that has to be one of a list."""

_NOTHING: dict[str, Any] = {"type": []}
"""`false`."""

_TEXT = r"^[^\ud800-\udfff]*$"
"""What a string that can be written is made of."""

_OPTIONS = ("anyOf", "oneOf")
_PERHAPS = ("if", "then", "else", "not")
_VALUES = frozenset(("const", "enum"))
_OF_ARRAYS = frozenset((
    "items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains", "minContains", "maxContains",
    "unevaluatedItems",
)) | _VALUES  # fmt: skip
_PLAIN_OF_ARRAYS = frozenset(("items", "minItems", "maxItems", "uniqueItems"))
_OF_INTEGERS = _VALUES | {"multipleOf"}
_OF_NUMBERS = _OF_INTEGERS | {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
_OF_OBJECTS = frozenset((
    "minProperties", "maxProperties", "propertyNames", "patternProperties", "additionalProperties",
    "unevaluatedProperties", "dependentRequired", "dependentSchemas",
)) | _VALUES  # fmt: skip
_LIMITING: Mapping[str, frozenset[str]] = {
    "string": _VALUES,
    "integer": _OF_INTEGERS,
    "fraction": _OF_NUMBERS,
    "array": _OF_ARRAYS,
    "object": _OF_OBJECTS,
    "boolean": _VALUES,
    "null": _VALUES,
}
"""What must not be said of items of a kind, for that they are free to become new."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One state: to which ones the members and items of a value lead, by their number, and what the items
    are if they have to differ."""

    members: Mapping[str, int]
    others: int
    first: tuple[int, ...]
    rest: int
    items: Items | None

    def item(self, index: int) -> int:
        return self.first[index] if index < len(self.first) else self.rest


@dataclass(frozen=True, slots=True)
class Places:
    """`spots` are the states, the whole answer first; `enforced` where `uniqueItems` stands in the schema
    that no answer can break."""

    spots: tuple[Spot, ...]
    enforced: frozenset[Place]


def find_places(plain: Plain, viewer: Viewer) -> Places | None:
    """None where no array can be watched."""
    explorer = _Explorer(plain, viewer)
    spots = tuple(explorer.spots())
    if len(spots) == _MOST_SPOTS or not any(spot.items for spot in spots):
        return None
    return Places(spots, frozenset(explorer.enforced - explorer.doubtful))


_Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Scope:
    """The schemas that surely hold for a value, and those that may."""

    sure: tuple[_Schema, ...]
    perhaps: tuple[_Schema, ...] = ()

    @classmethod
    def of(cls, found: Iterable[tuple[Node, bool]]) -> _Scope:
        """From schemas and whether they surely hold."""
        sure: dict[int, _Schema] = {}
        perhaps: dict[int, _Schema] = {}
        for node, is_sure in found:
            if node is not True:
                schema = node if isinstance(node, dict) else _NOTHING
                (sure if is_sure else perhaps)[id(schema)] = schema
        return cls(tuple(sure.values()), tuple(perhaps[one] for one in perhaps if one not in sure))

    def __iter__(self) -> Iterator[tuple[_Schema, bool]]:
        yield from ((node, True) for node in self.sure)
        yield from ((node, False) for node in self.perhaps)


_Step = Callable[[_Schema], Iterator[tuple[Node, bool]]]
"""Schemas of what is within a value, by a schema of the value; and whether they surely hold."""


class _Explorer:
    def __init__(self, plain: Plain, viewer: Viewer) -> None:
        self._plain = plain
        self._viewer = viewer
        self._scopes: list[_Scope] = []
        self._numbers: dict[tuple[frozenset[int], frozenset[int]], int] = {}
        self.enforced: set[Place] = set()
        self.doubtful: set[Place] = set()

    def spots(self) -> Iterator[Spot]:
        """Every state, in the order of their numbers; no more than a few hundred."""
        self._number(_Scope.of([(self._plain.root, True)]))
        for number, scope in enumerate(self._scopes):
            if number == _MOST_SPOTS:
                return
            yield self._spot(scope)

    def _spot(self, scope: _Scope) -> Spot:
        object_, array = self._spread(scope, "object"), self._spread(scope, "array")
        names = {name for node, _ in object_ for name in node.get("properties", ())}
        prefix = max((len(node.get("prefixItems", ())) for node, _ in array), default=0)
        return Spot(
            {name: self._number(self._inner(object_, _member(name))) for name in names},
            self._number(self._inner(object_, _member(None))),
            tuple(self._number(self._inner(array, _item(index))) for index in range(prefix)),
            self._number(self._inner(array, _item(None))),
            self._judged(array),
        )

    def _number(self, scope: _Scope) -> int:
        key = (frozenset(map(id, scope.sure)), frozenset(map(id, scope.perhaps)))
        if key not in self._numbers:
            self._numbers[key] = len(self._scopes)
            self._scopes.append(scope)
        return self._numbers[key]

    def _spread(self, scope: _Scope, kind: str) -> _Scope:
        """Every schema that says something of a value of this kind."""
        found: dict[tuple[int, bool], tuple[Node, bool]] = {}
        waiting: list[tuple[Node, bool]] = list(scope)
        while waiting:
            node, is_sure = waiting.pop()
            if (id(node), is_sure) not in found:
                found[id(node), is_sure] = node, is_sure
                waiting += [(inner, is_sure and surely) for inner, surely in self._beside(node, kind)]
        return _Scope.of(found.values())

    def _beside(self, node: Node, kind: str) -> Iterator[tuple[Node, bool]]:
        """The schemas that one asks for the same value; of a choice those that can be of its kind."""
        if isinstance(node, bool):
            return
        if "$ref" in node:
            yield self._plain.target(node["$ref"]), True
        yield from ((inner, True) for inner in node.get("allOf", ()))
        for key in _OPTIONS:
            if key in node:
                options = [inner for inner in node[key] if kind in self._viewer.view(inner).kinds] or [False]
                yield from ((inner, len(options) == 1) for inner in options)
        yield from ((node[key], False) for key in _PERHAPS if key in node)
        yield from ((inner, False) for inner in node.get("dependentSchemas", {}).values())

    def _inner(self, scope: _Scope, step: _Step) -> _Scope:
        return _Scope.of(
            (inner, is_sure and surely) for node, is_sure in scope for inner, surely in _within(node, step)
        )

    def _judged(self, array: _Scope) -> Items | None:
        """What the items are if the array is to be watched."""
        asking = [node for node, _ in array if node.get("uniqueItems") is True]
        if not asking:
            return None
        places = {self._plain.places[id(node)] for node in asking}
        items = self._items(array)
        if items is None:
            self.doubtful |= places
        else:
            self.enforced |= places
        return items

    def _items(self, array: _Scope) -> Items | None:
        if any(node.keys() & _OF_ARRAYS for node in array.perhaps):
            return None
        if any(node.keys() & (_OF_ARRAYS - _PLAIN_OF_ARRAYS) for node in array.sure):
            return None
        scope = self._inner(array, _item(None))
        least = max(node.get("minItems", 0) for node in array.sure)
        items = None if scope.perhaps else self._values(scope) or self._free(scope)
        return None if items is None or items.number < least else items

    def _values(self, scope: _Scope) -> Items | None:
        """Items that are one of a list, if that is all that is said."""
        nodes = self._spread(scope, "").sure
        lists = [values for node in nodes for values in _listed(node)]
        if not lists or any(not node.keys() <= {*_VALUES, "type", "$ref", "allOf"} for node in nodes):
            return None
        common = [value for value in lists[0] if all(_is_among(value, others) for others in lists)]
        spelled = [_spelled(value) for value in common if _is_of_types(kind_of(value), nodes)]
        known = tuple(text for text in spelled if text is not None)
        return Items(values=known) if len(known) == len(spelled) else None

    def _free(self, scope: _Scope) -> Items | None:
        """Items of which there is always another."""
        said = {kind: self._spread(scope, kind) for kind in KINDS}
        kinds = frozenset(kind for kind, inner in said.items() if _is_of_types(kind, inner.sure))
        if any(not _is_free(kind, said[kind]) for kind in kinds) or not kinds - {"boolean", "null"}:
            return None
        return Items(kinds, None, *_lengths(said["string"].sure), *_bounds(said["integer"].sure))


def _is_free(kind: str, scope: _Scope) -> bool:
    """Whether an item of this kind can, wherever it has come to, become another one."""
    if scope.perhaps or any(node.keys() & _LIMITING[kind] for node in scope.sure):
        return False
    return kind != "string" or _are_endless(scope.sure)


def _lengths(nodes: tuple[_Schema, ...]) -> tuple[int, int | None]:
    shortest = max((int(node["minLength"]) for node in nodes if "minLength" in node), default=0)
    return shortest, min((int(node["maxLength"]) for node in nodes if "maxLength" in node), default=None)


def _bounds(nodes: tuple[_Schema, ...]) -> tuple[int | None, int | None]:
    """The least and the largest integer there may be."""
    least = [math.ceil(node["minimum"]) for node in nodes if "minimum" in node]
    least += [math.floor(node["exclusiveMinimum"]) + 1 for node in nodes if "exclusiveMinimum" in node]
    most = [math.floor(node["maximum"]) for node in nodes if "maximum" in node]
    most += [math.ceil(node["exclusiveMaximum"]) - 1 for node in nodes if "exclusiveMaximum" in node]
    return max(least, default=None), min(most, default=None)


def _are_endless(nodes: tuple[_Schema, ...]) -> bool:
    """Whether strings can, wherever they have come to, end in endlessly many ways; or are any strings up to
    a length, of which can be told how many there are."""
    patterns = [node["pattern"] for node in nodes if "pattern" in node]
    is_bounded = any("maxLength" in node for node in nodes)
    has_format = any(node.get("format") in FORMATS for node in nodes)
    return not has_format and (not patterns or (not is_bounded and is_endless([_TEXT, *patterns])))


def _listed(node: _Schema) -> Iterator[list[JsonValue]]:
    if "enum" in node:
        yield node["enum"]
    if "const" in node:
        yield [node["const"]]


def _is_among(value: JsonValue, values: list[JsonValue]) -> bool:
    return identity(value) in map(identity, values)


def _is_of_types(kind: str, nodes: tuple[_Schema, ...]) -> bool:
    return all(kind in kinds_of(node["type"]) for node in nodes if "type" in node)


def _within(node: _Schema, step: _Step) -> Iterator[tuple[Node, bool]]:
    yield from step(node)
    if node.keys() & _VALUES:
        yield _FIXED, False


def _member(name: str | None) -> _Step:
    """The schemas of a member; of one that no schema names with None."""

    def step(node: _Schema) -> Iterator[tuple[Node, bool]]:
        named, patterns = node.get("properties", {}), node.get("patternProperties", {})
        if name in named:
            yield named[name], True
        elif "additionalProperties" in node:
            yield node["additionalProperties"], not patterns
        is_only = name not in named and len(patterns) == 1 and node.get("additionalProperties") is False
        yield from ((inner, is_only) for inner in patterns.values())
        if "unevaluatedProperties" in node:
            yield node["unevaluatedProperties"], False

    return step


def _item(index: int | None) -> _Step:
    """The schemas of an item; of one behind all that have a schema of their own with None."""

    def step(node: _Schema) -> Iterator[tuple[Node, bool]]:
        prefix = node.get("prefixItems", ())
        if index is not None and index < len(prefix):
            yield prefix[index], True
        elif "items" in node:
            yield node["items"], True
        yield from ((node[key], False) for key in ("contains", "unevaluatedItems") if key in node)

    return step


def _spelled(value: JsonValue) -> bytes | None:
    """A value as the grammar writes it, which is in one way only; None where that is not sure."""
    if isinstance(value, float | list | dict):
        return None
    text = json.dumps(value, ensure_ascii=False)
    return None if "\\" in text else text.encode()
