"""Answers that are one of a list, bare: for a schema of an `enum` or `const`."""

from __future__ import annotations

import json

from app.core.answer_format import Fault
from app.structured.json_text import JsonValue
from app.structured.lark import checked, either, literal
from app.structured.parts import refused
from app.structured.scalars import Scalars, written
from app.structured.schema import Schema
from app.structured.shapes import read_shapes

NULL = "null"


def body_of(schema: Schema) -> str:
    """The grammar of any one of the choices.

    Raises:
        SchemaRefused: the schema is not that of a list of plain values, or two of them are written alike.
    """
    return checked([f"start: {either(map(literal, _choices(schema)))}"])


def unenforced(schema: Schema) -> tuple[tuple[str, str], ...]:
    """Path and keyword of each rule that the grammar does not hold."""
    return read_shapes(schema).unenforced


def write(schema: Schema, value: JsonValue) -> str:
    """A choice as `read_back` reads it."""
    del schema
    return written(value) if isinstance(value, bool | int | float | str) else NULL


def read_back(schema: Schema, text: str) -> tuple[JsonValue, tuple[Fault, ...]]:
    """The choice that `text` is, white space around it aside."""
    choices = _choices(schema)
    for said in (text, text.strip()):
        if said in choices:
            return choices[said], ()
    told = json.dumps(list(choices.values()), ensure_ascii=False)
    return text, (Fault("$", "enum", told),)


def _choices(schema: Schema) -> dict[str, JsonValue]:
    """Each choice by its text."""
    shapes = read_shapes(schema)
    shape = shapes.by_place[shapes.root]
    if not isinstance(shape, Scalars) or shape.numbers or shape.texts:
        raise refused(shapes.root, "enum", "a choice is made from a list of plain values")
    values: list[JsonValue] = [*shape.literals, *([None] if shape.is_nullable else [])]
    choices: dict[str, JsonValue] = {}
    for value in values:
        text = write(schema, value)
        if not text or text in choices:
            raise refused(shapes.root, "enum", "it is empty" if not text else f"“{text}” is there twice")
        choices[text] = value
    return choices
