"""A schema as a form: read from a JSON Schema, edited, and written back into it with nothing lost."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from app.core.answer_format import Fault
from app.structured.example import DIALECT
from app.structured.fields import EMPTY, ROOTS, Field, Form, Kind
from app.structured.json_path import Place, json_path
from app.structured.json_text import read_whole

Node = dict[str, Any]


_TYPES: Mapping[Kind, str] = {
    Kind.TEXT: "string",
    Kind.WHOLE: "integer",
    Kind.NUMBER: "number",
    Kind.YES_NO: "boolean",
    Kind.DATE: "string",
    Kind.CHOICE: "string",
    Kind.LIST: "array",
    Kind.GROUP: "object",
}
_KINDS: Mapping[str, Kind] = {
    "string": Kind.TEXT,
    "integer": Kind.WHOLE,
    "number": Kind.NUMBER,
    "boolean": Kind.YES_NO,
    "array": Kind.LIST,
    "object": Kind.GROUP,
}
_NEW: Mapping[Kind, Node] = {
    Kind.DATE: {"format": "date"},
    Kind.LIST: {"items": {}},
    Kind.GROUP: {"properties": {}, "required": [], "additionalProperties": False},
}
_INSIDE: Mapping[Kind, str] = {Kind.LIST: "items", Kind.GROUP: "properties"}
_WORDS = ("title", "description")
_HEAD = frozenset({"$schema", "$id", "$defs", "definitions", "title"})
"""Keywords of a whole schema rather than of a part."""
_ANYWHERE = _HEAD | {"$anchor", "$comment", "description", "deprecated", "readOnly", "writeOnly"}
"""Keywords that are meant whatever a part is."""
_SHOWN = _ANYWHERE | {"type", "enum", "items", "properties", "required", "additionalProperties"}
_NUMERIC = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"})
_OF_KIND: Mapping[Kind, frozenset[str]] = {
    Kind.TEXT: frozenset({"minLength", "maxLength", "pattern"}),
    Kind.WHOLE: _NUMERIC,
    Kind.NUMBER: _NUMERIC,
    Kind.YES_NO: frozenset(),
    Kind.DATE: frozenset(),
    Kind.CHOICE: frozenset(),
    Kind.LIST: frozenset({"minItems", "maxItems", "uniqueItems"}),
    Kind.GROUP: frozenset({"minProperties", "maxProperties"}),
}
"""What is still meant when a field becomes one of another kind."""
_BEYOND = frozenset(
    {
        *("$ref", "$dynamicRef", "$recursiveRef", "allOf", "anyOf", "oneOf", "not", "if", "then", "else"),
        *("const", "prefixItems", "additionalItems", "contains", "contentSchema", "patternProperties"),
        *("propertyNames", "dependencies", "dependentRequired", "dependentSchemas"),
    }
)
"""What no form shows."""
_CLOSING = ("additionalProperties", "unevaluatedProperties", "unevaluatedItems")
"""These may be true or false; a form cannot show a schema of further fields."""


def form_of(schema_text: str) -> Form | None:
    """The form of a schema; None where it has parts that only JSON can show, see `beyond_form`."""
    form, beyond = _read(schema_text)
    return None if beyond else form


def beyond_form(schema_text: str) -> tuple[Fault, ...]:
    """Which parts of a schema no form can show; `rule` is the keyword."""
    return _read(schema_text)[1]


def schema_of(form: Form) -> str:
    """The schema of a form, as indented JSON text; what was read into the form comes out as it was."""
    node = _node(form.root)
    _put_text(node, "title", form.title)
    if form.root.kept == "{}":
        node = {"$schema": DIALECT} | {key: node[key] for key in _WORDS if key in node} | node
    return json.dumps(node, ensure_ascii=False, indent=2)


def as_kind(field: Field, kind: Kind) -> Field:
    """The field as one of another kind: a list of what it was, what it listed, or something new.

    What only the former kind has, such as the fields of a group, is kept until the schema is written.
    """
    if kind is field.kind:
        return field
    items = field.items
    if kind is Kind.LIST:
        if items is None:
            held = replace(field, name="", description="", is_required=True, can_be_null=False)
            items = replace(held, kept=_without_head(field.kept))
        elif items.kind is field.kind:
            items = replace(items, choices=field.choices, fields=field.fields)
        return replace(field, kind=kind, items=items)
    if field.kind is Kind.LIST and items is not None and items.kind is kind:
        kept = json.dumps(_head(field.kept) | json.loads(items.kept))
        return replace(field, kind=kind, choices=items.choices, fields=items.fields, kept=kept)
    return replace(field, kind=kind)


def also(field: Field) -> tuple[str, ...]:
    """What is in force beside what the form shows of a field, such as `maxLength 80`."""
    shown = _SHOWN | ({"format"} if field.kind is Kind.DATE else set())
    return tuple(
        f"{key} {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
        for key, value in _node(field).items()
        if key not in shown
    )


def _head(kept: str) -> Node:
    return {key: value for key, value in json.loads(kept).items() if key in _HEAD}


def _without_head(kept: str) -> str:
    return json.dumps({key: value for key, value in json.loads(kept).items() if key not in _HEAD})


# Reading


def _read(schema_text: str) -> tuple[Form, tuple[Fault, ...]]:
    reading = read_whole(schema_text)
    beyond = reading.faults or tuple(_beyond(reading.value, ()))
    if beyond or not isinstance(reading.value, dict):
        return EMPTY, beyond
    root = _field("", reading.value, is_required=True)
    if root.kind not in ROOTS:
        return EMPTY, (Fault("$", "type", _TYPES[root.kind]),)
    return Form(str(reading.value.get("title", "")), root), ()


def _beyond(node: Any, place: Place) -> Iterator[Fault]:
    """What a form cannot show of this part and those in it."""
    if not isinstance(node, dict):
        yield Fault(json_path(place), "type")
        return
    path, kind = json_path(place), _kind(node)
    yield from (Fault(path, key) for key in node if key in _BEYOND)
    yield from (Fault(path, key) for key in _CLOSING if not isinstance(node.get(key, True), bool))
    yield from (Fault(path, key) for key in _WORDS if not isinstance(node.get(key, ""), str))
    if kind is None:
        yield Fault(path, "enum" if "enum" in node else "type")
    elif kind is Kind.LIST:
        yield from _beyond(node.get("items"), (*place, "items"))
    elif kind is Kind.GROUP:
        yield from _beyond_group(node, place)


def _beyond_group(node: Node, place: Place) -> Iterator[Fault]:
    fields, required = node.get("properties", {}), node.get("required", [])
    if not isinstance(fields, dict):
        yield Fault(json_path(place), "properties")
        return
    if not isinstance(required, list) or not all(
        isinstance(name, str) and name in fields for name in required
    ):
        yield Fault(json_path(place), "required")
    for name, inner in fields.items():
        yield from _beyond(inner, (*place, "properties", name))


def _kind(node: Node) -> Kind | None:
    """None where it is no kind that a form has."""
    types = _types(node)
    if "enum" in node:
        is_choice = types in ([], ["string"]) and _choices(node) is not None
        return Kind.CHOICE if is_choice else None
    if len(types) != 1:
        return None
    kind = _KINDS.get(types[0])
    return Kind.DATE if kind is Kind.TEXT and node.get("format") == "date" else kind


def _types(node: Node) -> list[str]:
    """The types named, but for null."""
    named = node.get("type", [])
    return [str(kind) for kind in (named if isinstance(named, list) else [named]) if kind != "null"]


def _can_be_null(node: Node) -> bool:
    named = node.get("type", [])
    if "enum" in node:
        return isinstance(node["enum"], list) and None in node["enum"]
    return isinstance(named, list) and "null" in named


def _choices(node: Node) -> tuple[str, ...] | None:
    """The texts to choose from; None where there are others than a line can show."""
    values = node["enum"]
    texts = tuple(value for value in values if value is not None) if isinstance(values, list) else (None,)
    if all(isinstance(text, str) and is_choice(text) for text in texts) and len(set(texts)) == len(texts):
        return texts
    return None


def _choices_in(node: Node) -> tuple[str, ...]:
    return (_choices(node) or ()) if "enum" in node else ()


def is_choice(text: str) -> bool:
    """Whether `text` can be shown as one line among others."""
    return text.splitlines() == [text.strip()]


def _field(name: str, node: Node, is_required: bool) -> Field:
    """A field of a part that `_beyond` found nothing in."""
    kind = _kind(node) or Kind.TEXT
    required = node.get("required", ())
    fields = node.get("properties", {}) if kind is Kind.GROUP else {}
    inside = _INSIDE.get(kind)
    return Field(
        name,
        kind,
        description=node.get("description", ""),
        is_required=is_required,
        can_be_null=_can_be_null(node),
        choices=_choices_in(node),
        items=_field("", node["items"], is_required=True) if kind is Kind.LIST else None,
        fields=tuple(_field(key, inner, key in required) for key, inner in fields.items()),
        kept=json.dumps(node | ({inside: {}} if inside in node else {})),
    )


# Writing: what a field says as the schema did stays as it stood there, in its order


def _node(field: Field) -> Node:
    node: Node = json.loads(field.kept)
    if not node or _kind(node) is not field.kind:
        node = _of_kind(node, field)
    elif (field.can_be_null, field.choices) != (_can_be_null(node), _choices_in(node)):
        node |= _typed(field, has_type="type" in node)
    _put_text(node, "description", field.description)
    if field.kind is Kind.LIST:
        node["items"] = _node(field.items or Field(""))
    elif field.kind is Kind.GROUP:
        _put_fields(node, field.fields)
    return node


def _of_kind(node: Node, field: Field) -> Node:
    """A part of another kind, or a new one; of the old only what is still meant."""
    made = _typed(field) | _NEW.get(field.kind, {})
    still = _ANYWHERE | _OF_KIND[field.kind] | {key for key in node if key.startswith("x-")}
    return {key: made.get(key, value) for key, value in node.items() if key in still | made.keys()} | made


def _typed(field: Field, *, has_type: bool = True) -> Node:
    node: Node = {}
    if has_type:
        name = _TYPES[field.kind]
        node["type"] = [name, "null"] if field.can_be_null else name
    if field.kind is Kind.CHOICE:
        node["enum"] = [*field.choices, *([None] if field.can_be_null else [])]
    return node


def _put_text(node: Node, key: str, text: str) -> None:
    if text != node.get(key, ""):
        node[key] = text
        if not text:
            del node[key]


def _put_fields(node: Node, fields: tuple[Field, ...]) -> None:
    if fields or "properties" in node:
        node["properties"] = {field.name: _node(field) for field in fields}
    required = [field.name for field in fields if field.is_required]
    if set(required) != set(node.get("required", [])):
        node["required"] = required
