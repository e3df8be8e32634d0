"""Check a finished answer against its format: read it strictly, then validate what was read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from app.core.answer_format import AnswerFormat, Fault, Notation
from app.structured.json_text import JsonValue, read_whole
from app.structured.schema import Schema, read_schema

MOST_FAULTS = 20
_LONGEST_DETAIL = 200


if TYPE_CHECKING:
    from jsonschema import ValidationError

__all__ = ["Checked", "JsonValue", "check"]


@dataclass(frozen=True, slots=True)
class Checked:
    """What an answer holds and where it does not fit; `value` is None where there is nothing to be read."""

    value: JsonValue
    faults: tuple[Fault, ...] = ()

    @property
    def fits(self) -> bool:
        return not self.faults


def check(answer_format: AnswerFormat, text: str) -> Checked:
    """Read and validate an answer.

    Raises:
        SchemaRefused: the format's schema is not sound.
    """
    schema = read_schema(answer_format.schema)
    value, faults = _read_back(schema, answer_format.notation, text)
    found = faults or tuple(islice(_faults(schema, value), MOST_FAULTS))
    return Checked(value, found[:MOST_FAULTS])


def _read_back(schema: Schema, notation: Notation, text: str) -> tuple[JsonValue, tuple[Fault, ...]]:
    if notation is Notation.JSON:
        reading = read_whole(text)
        return reading.value, reading.faults
    from app.structured import choice, table, xml

    readers = {
        Notation.XML: xml.read_back,
        Notation.TABLE: table.read_back,
        Notation.CHOICE: choice.read_back,
    }
    return readers[notation](schema, text)


def _faults(schema: Schema, value: JsonValue) -> Iterator[Fault]:
    from jsonschema import Draft202012Validator
    from jsonschema.validators import validator_for

    document: Any = schema.document
    kind = validator_for(document, default=Draft202012Validator)
    validator = kind(document, format_checker=kind.FORMAT_CHECKER)
    for error in validator.iter_errors(value):
        yield from _fault(error)


def _fault(error: ValidationError) -> Iterator[Fault]:
    """One fault, or one for each name that is missing."""
    wanted: Any = error.validator_value
    if error.validator == "required" and isinstance(error.instance, dict):
        missing = [name for name in wanted if name not in error.instance and f"'{name}'" in error.message]
        for name in missing[:1]:
            yield Fault(error.json_path, "required", name)
        return
    yield Fault(error.json_path, str(error.validator), _short(wanted))


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_DETAIL else text[: _LONGEST_DETAIL - 1] + "…"
