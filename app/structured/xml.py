"""Answers as XML: the grammar that lets only XML of a schema be written, and the way back.

The root element is named after the schema's title. A property is a child element, in the schema's order; an
array is its `item` elements; null is an empty element with `nil="true"`. Text is escaped, there is no white
space between elements, and white space in text counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

from app.core.answer_format import Fault
from app.structured.json_path import Place
from app.structured.json_text import JsonValue
from app.structured.lark import checked, either, literal
from app.structured.parts import refused
from app.structured.scalars import Scalars, written
from app.structured.schema import Schema
from app.structured.shapes import Member, Record, Shape, Shapes, read_shapes
from app.structured.texts import terminal
from app.structured.xml_names import element_name, plain_name
from app.structured.xml_reading import ITEM, read_xml

ROOT = "answer"
"""The root's name where the schema has no title."""

_NIL = ' nil="true">'
_ESCAPES = {
    "<": ("&lt;",), ">": ("&gt;",), "&": ("&amp;",), "\r": ("&#13;",),
    '"': ('"', "&quot;"), "'": ("'", "&apos;"),
}  # fmt: skip
_FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML document can hold, escaped or not."""


def body_of(schema: Schema) -> str:
    """The grammar of the whole document.

    Raises:
        SchemaRefused: the schema asks for something that has no place in this notation.
    """
    return _Grammar(read_shapes(schema)).text(_root_name(schema))


def unenforced(schema: Schema) -> tuple[tuple[str, str], ...]:
    """Path and keyword of each rule that the grammar does not hold."""
    return read_shapes(schema).unenforced


def read_back(schema: Schema, text: str) -> tuple[JsonValue, tuple[Fault, ...]]:
    """The value that a document says, and what keeps it from saying one."""
    return read_xml(read_shapes(schema), _root_name(schema), text)


def write(schema: Schema, value: JsonValue) -> str:
    """A value that fits the schema as the document that `read_back` reads."""
    shapes = read_shapes(schema)
    return write_element(_root_name(schema), _ordered(shapes, shapes.root, value))


def write_element(name: str, value: JsonValue) -> str:
    """Any value as one element; a character that XML cannot hold becomes U+FFFD."""
    if value is None:
        return f"<{name}{_NIL}</{name}>"
    if isinstance(value, dict):
        content = "".join(write_element(element_name(key) or "_", inner) for key, inner in value.items())
    elif isinstance(value, list):
        content = "".join(write_element(ITEM, inner) for inner in value)
    else:
        content = _escaped(_FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", written(value)))
    return f"<{name}>{content}</{name}>"


def _escaped(text: str) -> str:
    """A carriage return as it stands would be read as a line feed."""
    return escape(text, {"\r": "&#13;"})


def _root_name(schema: Schema) -> str:
    return plain_name(schema.title) or ROOT


def _ordered(shapes: Shapes, place: Place, value: JsonValue) -> JsonValue:
    """The value with the properties of each object in the schema's order, unknown ones last."""
    shape: Any = shapes.by_place[place]
    if isinstance(value, dict) and isinstance(shape, Record):
        places = {member.name: member.place for member in shape.members if member.name in value}
        known: dict[str, JsonValue] = {name: _ordered(shapes, at, value[name]) for name, at in places.items()}
        return known | {name: inner for name, inner in value.items() if name not in known}
    if isinstance(value, list) and not isinstance(shape, Scalars | Record):
        return [_ordered(shapes, shape.place, inner) for inner in value]
    return value


class _Grammar:
    """The rules, one for each shape, numbered.

    A rule begins within the start tag, as null is written there, and ends before the end tag.
    """

    def __init__(self, shapes: Shapes) -> None:
        self._shapes = shapes
        self._numbers = {place: number for number, place in enumerate(shapes.by_place)}
        self._lines: list[str] = []

    def text(self, root: str) -> str:
        self._lines = [f"start: {self._element(root, self._shapes.root)}"]
        for place, shape in self._shapes.by_place.items():
            contents = [*self._contents(shape, place), *([literal(_NIL)] if shape.is_nullable else [])]
            self._lines.append(f"xml_{self._numbers[place]}: {either(contents)}")
        return checked(self._lines)

    def _element(self, name: str, place: Place) -> str:
        return f"{literal('<' + name)} xml_{self._numbers[place]} {literal(f'</{name}>')}"

    def _contents(self, shape: Shape, place: Place) -> Iterator[str]:
        opened = literal(">")
        if isinstance(shape, Scalars):
            yield from _scalar_contents(shape, place)
            yield from self._texts(shape, place)
        elif isinstance(shape, Record):
            yield " ".join((opened, *map(self._member, shape.members)))
        elif shape.most != 0:
            most = "" if shape.most is None else shape.most
            yield f"{opened} ({self._element(ITEM, shape.place)}){{{shape.least},{most}}}"
        else:
            yield opened

    def _texts(self, scalars: Scalars, place: Place) -> Iterator[str]:
        for at, text in enumerate(scalars.texts):
            name = f"XML_{self._numbers[place]}_{at}"
            self._lines.append(f"{name}: {terminal(text, '>', '', _ESCAPES, place)}")
            yield name

    def _member(self, member: Member) -> str:
        if not member.name:
            raise refused(member.place, "properties", "a name that is empty cannot be that of an element")
        element = self._element(element_name(member.name), member.place)
        return element if member.is_required else f"({element})?"


def _scalar_contents(scalars: Scalars, place: Place) -> Iterator[str]:
    if (odd := scalars.unlike_strings()) is not None:
        raise refused(place, "type", f"“{odd}” cannot be told from what is no text")
    for value in scalars.literals:
        if _FORBIDDEN.search(written(value)):
            raise refused(place, "enum", "a character that XML cannot hold")
        yield literal(">" + _escaped(written(value)))
    for numbers in scalars.numbers:
        yield f"{literal('>')} {numbers.rule}"
