"""What a structured answer says, as far as it can be read: its value, its fields, and places within it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.core.answer_format import AnswerFormat, Notation
from app.core.errors import SchemaRefused
from app.structured.json_path import Place
from app.structured.json_text import JsonValue, read
from app.structured.schema import read_schema

_STEP = re.compile(r"\.(?P<name>[A-Za-z_]\w*)|\[(?P<index>\d+)\]|\['(?P<quoted>(?:[^'\\]|\\.)*)'\]")
_ESCAPED = re.compile(r"\\(.)")
_MOST_REFERENCES = 8


@dataclass(frozen=True, slots=True)
class Content:
    """`place` is what was being written where the text ends; `is_whole`: it was read to a right end."""

    value: JsonValue = None
    place: Place | None = None
    is_whole: bool = False

    @property
    def rows(self) -> Sequence[Mapping[str, JsonValue]]:
        """The rows of a table, where the value is an array of objects."""
        parts = self.value if isinstance(self.value, list) else []
        rows = [part for part in parts if isinstance(part, dict)]
        return rows if any(rows) and len(rows) == len(parts) else []


def content_so_far(answer_format: AnswerFormat, text: str) -> Content:
    """Of a text that is still being written; only JSON can be read before its end."""
    if answer_format.notation is not Notation.JSON:
        return Content()
    reading = read(text)
    return Content(reading.value, reading.place, is_whole=reading.is_complete)


def content_of(answer_format: AnswerFormat, text: str) -> Content:
    """Of a text that has ended, wherever that was."""
    if answer_format.notation is Notation.JSON:
        reading = read(text)
        is_whole = reading.is_complete and not reading.faults
        return Content(reading.value, None if reading.is_complete else reading.place, is_whole)
    from app.structured import choice, table, xml

    readers = {
        Notation.XML: xml.read_back,
        Notation.TABLE: table.read_back,
        Notation.CHOICE: choice.read_back,
    }
    try:
        value, faults = readers[answer_format.notation](read_schema(answer_format.schema), text)
    except SchemaRefused:
        return Content()
    return Content(value, None, is_whole=not faults)


def field_names(answer_format: AnswerFormat) -> tuple[str, ...]:
    """The fields that the schema names for the answer as a whole."""
    root = read(answer_format.schema).value
    node = root
    for _ in range(_MOST_REFERENCES):
        target = node.get("$ref") if isinstance(node, dict) else None
        if not isinstance(target, str) or not target.startswith("#/"):
            break
        node = root
        for step in target[2:].split("/"):
            node = node.get(step) if isinstance(node, dict) else None
    properties = node.get("properties") if isinstance(node, dict) else None
    return tuple(properties) if isinstance(properties, dict) else ()


def place_of(path: str) -> Place:
    """The place that a JSONPath such as `$.items[2]['unit price']` names."""
    place: list[str | int] = []
    for step in _STEP.finditer(path):
        if step["index"] is not None:
            place.append(int(step["index"]))
        else:
            place.append(step["name"] or _ESCAPED.sub(r"\1", step["quoted"] or ""))
    return tuple(place)
