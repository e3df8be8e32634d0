"""Check a finished answer against its format: read it strictly, then validate what was read."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import islice

from app.core.answer_format import AnswerFormat, Fault, Notation
from app.structured.json_text import JsonValue, read_whole
from app.structured.matching import TookTooLong
from app.structured.schema import Schema, read_schema
from app.structured.validation import validation_faults

__all__ = ["Checked", "JsonValue", "check", "fits_schema"]

MOST_FAULTS = 20
_LONGEST_DETAIL = 200

_Reading = tuple[JsonValue, tuple[Fault, ...]]


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
    value, faults = _reader(answer_format.notation)(schema, text)
    return Checked(value, faults[:MOST_FAULTS] or _faults(schema, value))


def fits_schema(schema: Schema, value: JsonValue) -> bool:
    """Whether a value, however it was come by, fits a schema."""
    return not _faults(schema, value)


def _reader(notation: Notation) -> Callable[[Schema, str], _Reading]:
    from app.structured import choice, table, xml

    return {
        Notation.JSON: _read_json,
        Notation.XML: xml.read_back,
        Notation.TABLE: table.read_back,
        Notation.CHOICE: choice.read_back,
    }[notation]


def _read_json(_schema: Schema, text: str) -> _Reading:
    reading = read_whole(text)
    return reading.value, reading.faults


def _faults(schema: Schema, value: JsonValue) -> tuple[Fault, ...]:
    try:
        found = list(islice(validation_faults(schema.document, schema.draft, value), MOST_FAULTS))
    except TookTooLong as error:
        return (Fault("$", "time", f"the check was given up over {error.what}"),)
    except RecursionError:
        return (Fault("$", "depth", "nested too deeply to be checked"),)
    return tuple(replace(fault, detail=_short(wanted)) for fault, wanted in found)


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_DETAIL else text[: _LONGEST_DETAIL - 1] + "…"
