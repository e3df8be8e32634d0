"""The schemas that apply to one value: the one at its place, what that refers to, and its `allOf`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import unquote

from app.core.errors import SchemaRefused
from app.structured.json_path import Place, json_path

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
    """A schema whose parts are found by place."""

    def __init__(self, document: Any) -> None:
        self._document = document

    def _at(self, place: Place) -> Any:
        node = self._document
        for step in place:
            node = node[step]
        return node

    def followed(self, place: Place) -> Place:
        """Where a schema that is only a reference leads to."""
        for _ in range(_LONGEST_CHAIN):
            node = self._at(place)
            if not isinstance(node, dict) or "$ref" not in node or node.keys() - {"$ref"} - _ANNOTATIONS:
                return place
            place = self._target(node["$ref"], place)
        raise refused(place, "$ref", "it leads round in a circle")

    def _target(self, reference: str, place: Place) -> Place:
        if reference != "#" and not reference.startswith("#/"):
            raise refused(place, "$ref", reference)
        node, target = self._document, []
        for word in reference.split("/")[1:]:
            step: str | int = _unescaped(word)
            if isinstance(node, list) and word.isdecimal():
                step = int(word)
            try:
                node = node[step]
            except (KeyError, IndexError, TypeError):
                raise refused(place, "$ref", reference) from None
            target.append(step)
        return tuple(target)

    def parts(self, place: Place, chain: tuple[Place, ...] = ()) -> Parts:
        """All schemas that apply where the schema at `place` does: itself, what it refers to, its `allOf`."""
        node = self._at(place)
        if place in chain:
            raise refused(place, "$ref", "it leads round in a circle")
        if node is True:
            return ()
        if node is False:
            raise refused(place, "false", "it allows no value")
        inner = [self._target(node["$ref"], place)] if "$ref" in node else []
        inner += [(*place, "allOf", number) for number in range(len(node.get("allOf", ())))]
        more = (part for one in inner for part in self.parts(one, (*chain, place)))
        return (Part(place, node), *more)


def refused(place: Place, rule: str, detail: str) -> SchemaRefused:
    """The error for a schema that cannot be written in a notation."""
    return SchemaRefused(path=json_path(place), rule=rule, detail=detail)


def _unescaped(word: str) -> str:
    """A step of a JSON pointer in a URI."""
    return unquote(word).replace("~1", "/").replace("~0", "~")


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
