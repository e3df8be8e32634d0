"""What an editor shows of a schema: its faults by line, the notations it cannot take, what is enforced."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.core.answer_format import Notation
from app.structured.coverage import Keyword
from app.structured.examine import examine
from app.userdata import resource

BUILT_IN = sorted(resource("schemas").glob("*.json"))


@pytest.mark.parametrize("path", BUILT_IN, ids=lambda path: path.stem)
def test_what_ships_can_be_used(path: Path) -> None:
    found = examine(path.read_text("utf-8"))
    assert found.can_be_used and found.faults == ()
    assert found.refusal(Notation.CHOICE) is not None


def test_faults_come_once_each_and_with_lines() -> None:
    found = examine('{\n  "type": "object",\n  "properties": {\n    "a": 3\n  }\n}')
    assert not found.can_be_used
    assert {(fault.path, line) for fault, line in zip(found.faults, found.lines, strict=True)} == {
        ("$.properties.a", 4)
    }
    assert len(set(found.faults)) == len(found.faults)


@pytest.mark.parametrize(
    ("schema", "notation", "is_good"),
    [
        ({"enum": ["yes", "no"]}, Notation.CHOICE, True),
        ({"type": "string"}, Notation.CHOICE, False),
        (
            {"type": "array", "items": {"type": "object", "properties": {"a": {"type": "string"}}}},
            Notation.TABLE,
            True,
        ),
        ({"type": "array", "items": {"type": "string"}}, Notation.TABLE, False),
    ],
)
def test_a_notation_is_refused_by_path(schema: object, notation: Notation, is_good: bool) -> None:
    found = examine(json.dumps(schema), notation)
    assert found.can_be_used is is_good
    assert (found.refusal(notation) is None) is is_good


def test_what_is_not_enforced_is_told() -> None:
    found = examine('{"type": "array", "items": {"format": "date"}, "uniqueItems": true}')
    assert found.can_be_used and not found.coverage.is_full
    assert found.coverage.checked == (Keyword("$", "uniqueItems"),)
    as_xml = examine(found.text, Notation.XML)
    assert as_xml.can_be_used and as_xml.coverage.checked == (Keyword("$", "uniqueItems"),)
