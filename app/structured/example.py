"""A JSON Schema made from an example: what one JSON text looks like, the next ones have to look like."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from app.core.errors import SchemaRefused
from app.structured.json_text import JsonValue, read_whole

DIALECT = "https://json-schema.org/draft/2020-12/schema"
MAX_DEPTH = 30
"""Objects and arrays within each other; schemas may be 32 deep."""

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DATE_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})", re.ASCII)
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_EMAIL = re.compile(rf"[\w+-]{{1,64}}(\.[\w+-]{{1,64}})*@({_LABEL}\.)+[a-z]{{2,63}}", re.ASCII | re.I)
_URI = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?([/?#][\w.~:/?#@!$&'()*+,;=-]*)?", re.ASCII | re.I)


def schema_from_example(text: str) -> str:
    """The schema, as indented JSON text, that `text` and what is like it fits.

    `text` is an object or an array. The entries of an array are taken as examples of one thing: a key
    that some lack is not required, and a value that is null in some may be null. What an empty array
    holds cannot be known; it is taken for a list of text.

    Raises:
        SchemaRefused: this is no JSON to make a schema from.
    """
    reading = read_whole(text, MAX_DEPTH)
    for fault in reading.faults:
        raise SchemaRefused(path=fault.path, rule=fault.rule, detail=fault.detail)
    if not isinstance(reading.value, dict | list):
        raise SchemaRefused(path="$", rule="type", detail="an object or an array is needed")
    seen = _Seen()
    seen.add(reading.value)
    return json.dumps({"$schema": DIALECT, **seen.schema()}, ensure_ascii=False, indent=2)


@dataclass(slots=True)
class _Seen:
    """What was seen at one place: of which types, and what was in it."""

    types: dict[str, None] = field(default_factory=dict)
    """In order of appearance."""
    texts: set[str] = field(default_factory=set)
    objects: int = 0
    keys: dict[str, _Seen] = field(default_factory=dict)
    times: dict[str, int] = field(default_factory=dict)
    """In how many of the objects each key was."""
    entries: _Seen | None = None

    def add(self, value: JsonValue) -> None:
        """Take in one more value."""
        self.types[_type(value)] = None
        if isinstance(value, str):
            self.texts.add(value)
        elif isinstance(value, dict):
            self.objects += 1
            for key, inner in value.items():
                self.keys.setdefault(key, _Seen()).add(inner)
                self.times[key] = self.times.get(key, 0) + 1
        elif isinstance(value, list):
            self.entries = self.entries or _Seen()
            for entry in value:
                self.entries.add(entry)

    def schema(self) -> dict[str, Any]:
        """Every keyword but `type` speaks of one type only, so that they may stand beside each other."""
        types = [kind for kind in self.types if kind != "integer" or "number" not in self.types]
        types.sort(key=lambda kind: kind == "null")
        if types in ([], ["null"]):
            types = ["string", *types]  # nobody knows; text can say anything
        schema: dict[str, Any] = {"type": types[0] if len(types) == 1 else types}
        if found := _format(self.texts):
            schema["format"] = found
        if self.entries is not None:
            schema["items"] = self.entries.schema()
        if "object" in self.types:
            schema["properties"] = {key: inner.schema() for key, inner in self.keys.items()}
            schema["required"] = [key for key, times in self.times.items() if times == self.objects]
            schema["additionalProperties"] = False
        return schema


def _type(value: JsonValue) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
    return "object"


def _format(texts: Iterable[str]) -> str | None:
    """The format that all of the texts have."""
    checks: tuple[tuple[str, Callable[[str], bool]], ...] = (
        ("date", _is_date),
        ("date-time", _is_date_time),
        ("email", lambda text: _EMAIL.fullmatch(text) is not None),
        ("uri", lambda text: _URI.fullmatch(text) is not None),
    )
    known = list(texts)
    return next((name for name, is_one in checks if known and all(map(is_one, known))), None)


def _is_date(text: str) -> bool:
    return _DATE.fullmatch(text) is not None and _is_in_calendar(text)


def _is_date_time(text: str) -> bool:
    return _DATE_TIME.fullmatch(text) is not None and _is_in_calendar(text)


def _is_in_calendar(text: str) -> bool:
    try:
        datetime.datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
