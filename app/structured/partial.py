"""JSON that is still being written: the value as far as it has come, for the live view."""

from __future__ import annotations

from dataclasses import dataclass

from app.structured.json_path import json_path
from app.structured.json_text import JsonValue, read


@dataclass(frozen=True, slots=True)
class Partial:
    """What a cut text holds.

    `value` is None before the first value; open strings, arrays and objects end where the text ends, and a
    number or word that may go on is left out. `path` is the JSONPath of the place being written.
    """

    value: JsonValue
    is_complete: bool
    path: str


def read_partial(text: str) -> Partial:
    """Read a JSON text that may be cut anywhere; of one that is no JSON, what stands before the fault."""
    reading = read(text)
    return Partial(reading.value, reading.is_complete and not reading.faults, json_path(reading.place))
