"""The drafts of JSON Schema: which keywords each knows, and how its spellings read in the newest one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, TypeAlias

from app.structured.json_path import Place

Node: TypeAlias = "dict[str, Any] | bool"
"""A schema or a part of one that is a schema itself."""


class Draft(StrEnum):
    """Each named as `$schema` names it, but for the scheme and the `#` at its end."""

    D4 = "json-schema.org/draft-04/schema"
    D6 = "json-schema.org/draft-06/schema"
    D7 = "json-schema.org/draft-07/schema"
    D2019 = "json-schema.org/draft/2019-09/schema"
    D2020 = "json-schema.org/draft/2020-12/schema"


NEWEST = Draft.D2020
TRIED: tuple[Draft, ...] = (Draft.D2020, Draft.D7, Draft.D4)
"""What a schema without `$schema` may be meant as: the first whose rules it keeps."""

_D4 = frozenset((
    "$ref", "additionalItems", "additionalProperties", "allOf", "anyOf", "dependencies", "enum", "format",
    "items", "maxItems", "maxLength", "maxProperties", "maximum", "minItems", "minLength", "minProperties",
    "minimum", "multipleOf", "not", "oneOf", "pattern", "patternProperties", "properties", "required", "type",
    "uniqueItems", "exclusiveMaximum", "exclusiveMinimum",
))  # fmt: skip
_D6 = _D4 | {"const", "contains", "propertyNames"}
_D7 = _D6 | {"if", "then", "else"}
_D2019 = (_D7 - {"dependencies"}) | {
    "$recursiveRef", "dependentRequired", "dependentSchemas", "unevaluatedItems", "unevaluatedProperties",
    "minContains", "maxContains",
}  # fmt: skip
_D2020 = (_D2019 - {"$recursiveRef", "additionalItems"}) | {"$dynamicRef", "prefixItems"}

ASSERTIONS: Mapping[Draft, frozenset[str]] = {
    Draft.D4: _D4,
    Draft.D6: _D6,
    Draft.D7: _D7,
    Draft.D2019: frozenset(_D2019),
    Draft.D2020: frozenset(_D2020),
}
"""The keywords that say something about values, by draft; all others are annotations or unknown."""

_BY_NAME = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies")
_BY_INDEX = ("allOf", "anyOf", "oneOf", "prefixItems", "items")
_DIRECT = (
    "items", "additionalItems", "contains", "additionalProperties", "propertyNames", "if", "then", "else",
    "not", "unevaluatedItems", "unevaluatedProperties",
)  # fmt: skip


def draft_named(document: object) -> Draft | None:
    """The draft that `$schema` names; None where it is missing or names none that is read here."""
    name = document.get("$schema") if isinstance(document, dict) else None
    if not isinstance(name, str):
        return None
    plain = name.removeprefix("https://").removeprefix("http://").removesuffix("#")
    return next((draft for draft in Draft if draft == plain), None)


def children(node: Node) -> Iterator[tuple[Place, Node]]:
    """Every schema directly within a schema, in the author's order, and its place there."""
    if isinstance(node, bool):
        return
    for key, value in node.items():
        if key in _BY_NAME and isinstance(value, dict):
            yield from (((key, name), inner) for name, inner in value.items() if is_schema(inner))
        elif key in _BY_INDEX and isinstance(value, list):
            yield from (((key, index), inner) for index, inner in enumerate(value) if is_schema(inner))
        elif key in _DIRECT and is_schema(value):
            yield (key,), value


def is_schema(value: object) -> bool:
    return isinstance(value, dict | bool)


def modern(node: Node, draft: Draft) -> Node:
    """One schema's assertions as draft 2020-12 spells them; the schemas within stay as they are.

    Keywords that the draft does not know are left out, as its validators do.
    """
    if isinstance(node, bool):
        return node
    if draft in (Draft.D4, Draft.D6, Draft.D7) and "$ref" in node:
        return {"$ref": node["$ref"]}  # what stands beside it does not count
    made: dict[str, Any] = {}
    for key, value in node.items():
        if key in ASSERTIONS[draft]:
            made.update(_spelled(key, value, node, draft))
    return made


def _spelled(key: str, value: Any, node: Mapping[str, Any], draft: Draft) -> Mapping[str, Any]:
    if key in ("$recursiveRef", "$dynamicRef"):
        return {"$ref": value}
    if draft is Draft.D4 and key in ("exclusiveMinimum", "exclusiveMaximum"):
        return {}
    if draft is Draft.D4 and key in ("minimum", "maximum"):
        exclusive = f"exclusive{key.capitalize()}"
        return {exclusive if node.get(exclusive) is True else key: value}
    if key == "items" and draft is not Draft.D2020:
        return _items(value, node)
    if key == "additionalItems":
        return {}
    if key == "dependencies":
        return _dependencies(value)
    return {key: value}


def _items(value: Any, node: Mapping[str, Any]) -> Mapping[str, Any]:
    if not isinstance(value, list):
        return {"items": value}
    rest = {"items": node["additionalItems"]} if "additionalItems" in node else {}
    return {"prefixItems": value, **rest}


def _dependencies(value: Mapping[str, Any]) -> Mapping[str, Any]:
    names = {key: inner for key, inner in value.items() if isinstance(inner, list)}
    schemas = {key: inner for key, inner in value.items() if is_schema(inner)}
    wanted = {"dependentRequired": names, "dependentSchemas": schemas}
    return {key: inner for key, inner in wanted.items() if inner}


def original(key: str, draft: Draft) -> str:
    """How `draft` spells a keyword of the newest one, for telling of it in the author's words."""
    if key in ("dependentRequired", "dependentSchemas") and "dependencies" in ASSERTIONS[draft]:
        return "dependencies"
    if key == "prefixItems" and draft is not Draft.D2020:
        return "items"
    return key
