"""The line a fault lies in, found by its path."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from app.core.answer_format import Fault
from app.structured.json_path import Place, json_path
from app.structured.lines import lines_of
from app.structured.schema import schema_faults
from tests.unit.structured.test_example import EXAMPLES

TEXT = """{
  "type": "object",
  "properties": {
    "unit price": {
      "type": "numbr"
    },
    "tags": {
      "type": "array", "items": [
        "a",
        {"b": 1}
      ]
    }
  }
}"""


@pytest.mark.parametrize(
    ("path", "rule", "line"),
    [
        ("$", "required", 1),
        ("$", "type", 2),
        ("$.type", "enum", 2),
        ("$.properties['unit price']", "anyOf", 4),
        ("$.properties['unit price']", "type", 5),
        ("$.properties.tags.items[0]", "type", 9),
        ("$.properties.tags.items[1].b", "type", 10),
        ("$.properties.tags.minItems", "minimum", 7),
        ("$.properties.nowhere[3].at", "x", 3),
        ("", "x", 1),
    ],
)
def test_a_path_leads_to_a_line(path: str, rule: str, line: int) -> None:
    assert lines_of(TEXT, [Fault(path, rule)]) == (line,)


def test_the_faults_of_a_schema_have_lines() -> None:
    assert set(lines_of(TEXT, schema_faults(TEXT))) == {5, 8}


@pytest.mark.parametrize("text", ['{\n\n "a": 1,,\n}', '{\n "a": 1,\n "b" 2\n}', '{\n\n "a": [1,\n\n'])
def test_a_text_that_is_no_json_has_a_line_too(text: str) -> None:
    faults = schema_faults(text)
    (line,) = lines_of(text, faults)
    assert f"line {line}, " in faults[0].detail


@given(EXAMPLES)
def test_every_part_is_found(value: Any) -> None:
    text = json.dumps(value, indent=1)
    lines = text.splitlines()
    for place, part in _parts(value, ()):
        (line,) = lines_of(text, [Fault(json_path(place), "no such keyword")])
        begins = json.dumps(place[-1]) + ":" if isinstance(place[-1], str) else json.dumps(part)[:1]
        assert lines[line - 1].strip().startswith(begins)


def _parts(value: Any, place: Place) -> list[tuple[Place, Any]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [part for key, inner in inside for part in (((*place, key), inner), *_parts(inner, (*place, key)))]
