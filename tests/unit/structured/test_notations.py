"""XML and tables of schemas made at random: all that a grammar admits fits, but for rules that are named."""

from __future__ import annotations

import json
import random

import pytest

from app.core.errors import SchemaRefused
from app.structured import table, xml
from app.structured.schema import read_schema
from app.structured.validation import validation_faults
from tests.helpers.byte_walk import ByteWalk
from tests.helpers.random_schemas import DEFINED, random_object

SCHEMAS = 40


def xml_schema(dice: random.Random) -> dict[str, object]:
    return {**random_object(dice, 3), "title": dice.choice(["", "T x", "<>"]), "$defs": DEFINED}


def table_schema(dice: random.Random) -> dict[str, object]:
    return {"type": "array", "items": random_object(dice, 1), "maxItems": 3, "$defs": DEFINED}


@pytest.mark.parametrize(("notation", "make"), [(xml, xml_schema), (table, table_schema)])
def test_what_a_grammar_admits_fits_the_schema(notation, make):
    dice = random.Random(20)
    seen = 0
    for _ in range(SCHEMAS):
        schema = read_schema(json.dumps(make(dice)))
        text = ByteWalk(notation.body_of(schema)).text(dice)
        if text is None:
            continue
        value, faults = notation.read_back(schema, text)
        assert faults == ()
        assert notation.read_back(schema, notation.write(schema, value)) == (value, ())
        broken = {fault.rule for fault, _ in validation_faults(schema.document, schema.draft, value)}
        assert broken <= {keyword for _, keyword in notation.unenforced(schema)}
        seen += 1
    assert seen > SCHEMAS / 2


def test_draft_4_is_read_as_it_was_meant():
    document = {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "type": "object",
        "properties": {"a": {"type": "integer", "minimum": 3, "exclusiveMinimum": True, "maximum": 5}},
        "required": ["a"],
        "dependencies": {"a": ["b"]},
    }
    schema = read_schema(json.dumps(document))
    walk = ByteWalk(xml.body_of(schema))
    assert [n for n in range(10) if walk.admits(f"<answer><a>{n}</a></answer>")] == [4, 5]
    assert xml.unenforced(schema) == (("$", "dependencies"),)


@pytest.mark.parametrize(
    "part",
    [
        {"type": "integer", "minimum": 5, "maximum": 4},
        {"type": "integer", "minimum": 1, "maximum": 6, "multipleOf": 7},
        {"type": "string", "minLength": 5, "maxLength": 4},
        {"type": "array", "items": {"type": "null"}, "minItems": 3, "maxItems": 2},
    ],
)
def test_what_no_value_fits_is_refused(part):
    document = {"type": "object", "properties": {"a": part}, "required": ["a"]}
    with pytest.raises(SchemaRefused):
        xml.body_of(read_schema(json.dumps(document)))
