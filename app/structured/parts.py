"""The schemas that apply to one value: the one at its place, what that refers to, and its `allOf`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from app.core.errors import SchemaRefused
from app.structured.dialect import Node, modern, original
from app.structured.json_path import Place, json_path
from app.structured.schema import Schema

TYPES_BY_KEYWORD = {
    "object": ("properties", "required", "additionalProperties", "patternProperties", "minProperties"),
    "array": ("items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains"),
    "string": ("minLength", "maxLength", "pattern", "format"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
}
"""What a schema without `type` speaks of."""

_ANNOTATIONS = {
    "title",
    "description",
    "default",
    "examples",
    "deprecated",
    "readOnly",
    "writeOnly",
    "$comment",
}
_LONGEST_CHAIN = 100


@dataclass(frozen=True, slots=True)
class Part:
    """One schema of several that apply to the same value."""

    place: Place
    keywords: dict[str, Any]

    def without(self, word: str) -> Part:
        return Part(self.place, {name: value for name, value in self.keywords.items() if name != word})


Parts: TypeAlias = tuple[Part, ...]


class Document:
    """A schema whose parts are found by place; keywords are spelled as in the newest draft."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema

    def followed(self, place: Place) -> Place:
        """Where a schema that is only a reference leads to."""
        node = self._at(place)
        while _is_reference(modern(node, self._schema.draft)):
            target = self._schema.references.target(node)
            place, node = target.place, target.node
        return place

    def parts(self, place: Place) -> Parts:
        """All schemas that apply where the schema at `place` does: itself, what it refers to, its `allOf`."""
        node = modern(self._at(place), self._schema.draft)
        if node is True:
            return ()
        if node is False:
            raise refused(place, "false", "it allows no value")
        inner = [self._schema.references.target(self._at(place)).place] if "$ref" in node else []
        inner += [(*place, "allOf", number) for number in range(len(node.get("allOf", ())))]
        return (Part(place, node), *(part for one in inner for part in self.parts(one)))

    def name_of(self, word: str) -> str:
        """A keyword as the author spelled it."""
        return original(word, self._schema.draft)

    def _at(self, place: Place) -> Any:
        node = self._schema.document
        for step in place:
            node = node[step]
        return node


def _is_reference(node: Node) -> bool:
    return isinstance(node, dict) and node.keys() == {"$ref"}


def refused(place: Place, rule: str, detail: str) -> SchemaRefused:
    """The error for a schema that cannot be written in a notation."""
    return SchemaRefused(path=json_path(place), rule=rule, detail=detail)


def kinds_of(parts: Parts, place: Place) -> set[str]:
    """The types that all parts allow; where none says so, those that its other keywords speak of."""
    given = [part.keywords["type"] for part in parts if "type" in part.keywords]
    if not given:
        return _guessed_kinds(parts, place)
    kinds = set.intersection(*(set(_widened(one)) for one in given))
    if not kinds:
        raise refused(place, "type", "no type is left")
    return kinds


def _widened(given: str | list[str]) -> list[str]:
    """A number may be an integer."""
    kinds = [given] if isinstance(given, str) else given
    return [*kinds, "integer"] if "number" in kinds else kinds


def _guessed_kinds(parts: Parts, place: Place) -> set[str]:
    if (values := values_of(parts)) is not None:
        return {type_of(value) for value in values}
    words = {word for part in parts for word in part.keywords}
    kinds = {kind for kind, known in TYPES_BY_KEYWORD.items() if words.intersection(known)}
    if not kinds:
        raise refused(place, "type", "it must say what type the value is of")
    return kinds


def values_of(parts: Parts) -> list[Any] | None:
    """The values that `enum` and `const` leave; None where neither is there."""
    lists = [part.keywords["enum"] for part in parts if "enum" in part.keywords]
    lists += [[part.keywords["const"]] for part in parts if "const" in part.keywords]
    if not lists:
        return None
    first, *others = lists
    return [value for value in first if all(any(_same(value, one) for one in other) for other in others)]


def _same(one: Any, other: Any) -> bool:
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def distinct(values: Iterable[Any]) -> Iterator[Any]:
    """Each value once; to Python, True and 1 are the same, to JSON they are not."""
    seen: list[Any] = []
    for value in values:
        if not any(_same(value, one) for one in seen):
            seen.append(value)
    yield from seen


def type_of(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "integer" if value.is_integer() else "number"
        case str():
            return "string"
        case list():
            return "array"
    return "object"


def largest(parts: Parts, word: str) -> Any:
    return max((part.keywords[word] for part in parts if word in part.keywords), default=None)


def smallest(parts: Parts, word: str) -> Any:
    return min((part.keywords[word] for part in parts if word in part.keywords), default=None)
