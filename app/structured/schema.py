"""JSON Schemas read from text: refused by path where they are not sound, before anything else sees them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.core.answer_format import Fault
from app.core.errors import SchemaRefused
from app.structured.json_path import Place, json_path
from app.structured.json_text import JsonValue, read_whole

LONGEST_TEXT = 256 * 1024
"""In bytes of UTF-8."""
DEEPEST = 32
LONGEST_PATTERN = 1_000

_MOST_FAULTS = 50


@dataclass(frozen=True, slots=True)
class Schema:
    """A sound schema; `text` is compact JSON with the members in their author's order."""

    text: str
    document: JsonValue = field(repr=False, compare=False)

    @property
    def title(self) -> str:
        return self._annotation("title")

    @property
    def description(self) -> str:
        return self._annotation("description")

    def _annotation(self, name: str) -> str:
        found = self.document.get(name) if isinstance(self.document, dict) else None
        return found if isinstance(found, str) else ""


def read_schema(text: str) -> Schema:
    """Read a schema.

    Raises:
        SchemaRefused: the first of its faults.
    """
    faults, document = _examine(text)
    if faults:
        first = faults[0]
        raise SchemaRefused(path=first.path, rule=first.rule, detail=first.detail)
    return Schema(json.dumps(document, ensure_ascii=False, separators=(",", ":")), document)


def schema_faults(text: str) -> tuple[Fault, ...]:
    """Everything wrong with a schema, for an editor; nothing if it can be used."""
    return _examine(text)[0]


def _examine(text: str) -> tuple[tuple[Fault, ...], JsonValue]:
    """Each test presumes that those before it found nothing."""
    if (size := len(text.encode("utf-8", "surrogatepass"))) > LONGEST_TEXT:
        return (Fault("$", "size", f"{size} bytes, more than {LONGEST_TEXT}"),), None
    reading = read_whole(text, DEEPEST)
    if reading.faults:
        return reading.faults, None
    document = reading.value
    faults = tuple(_meta_faults(document)) or tuple(_limit_faults(document))
    return faults[:_MOST_FAULTS], document


def _meta_faults(document: JsonValue) -> Iterator[Fault]:
    from jsonschema import Draft202012Validator
    from jsonschema.validators import validator_for

    if not isinstance(document, bool | dict):
        yield Fault("$", "type", "a schema is an object or a boolean")
        return
    kind = validator_for(document, default=Draft202012Validator)
    for error in kind(kind.META_SCHEMA).iter_errors(document):
        yield Fault(error.json_path, str(error.validator), str(error.validator_value)[:200])


def _limit_faults(document: JsonValue, place: Place = ()) -> Iterator[Fault]:
    if isinstance(document, list):
        for index, inner in enumerate(document):
            yield from _limit_faults(inner, (*place, index))
    if isinstance(document, dict):
        yield from _member_faults(document, place)
        for key, inner in document.items():
            yield from _limit_faults(inner, (*place, key))


def _member_faults(members: Mapping[str, Any], place: Place) -> Iterator[Fault]:
    pattern, ref = members.get("pattern"), members.get("$ref")
    if isinstance(pattern, str) and len(pattern) > LONGEST_PATTERN:
        yield Fault(json_path((*place, "pattern")), "pattern", f"more than {LONGEST_PATTERN} characters")
    if isinstance(ref, str) and not ref.startswith("#"):
        yield Fault(json_path((*place, "$ref")), "$ref", f"{ref[:100]} lies outside the schema")
