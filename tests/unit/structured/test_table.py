"""Answers as a table: what the grammar admits and what is written is read back, what is odd is told."""

from __future__ import annotations

import csv
import io
import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from app.core.errors import SchemaRefused
from app.structured.schema import Schema, read_schema
from app.structured.table import body_of, read_back, unenforced, write
from tests.helpers.byte_walk import ByteWalk

ROW = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 6},
        'unit, "price"': {"type": ["integer", "null"], "minimum": -5, "maximum": 5},
        "kind": {"enum": ['say "x"', "a,b", 1, True, "null"]},
        "any": {"type": ["string", "number", "boolean", "null"], "maxLength": 3},
    },
    "required": ["name", 'unit, "price"'],
    "additionalProperties": False,
}
ROWS = {"type": "array", "minItems": 1, "maxItems": 3, "items": ROW}
ONE_COLUMN = {"type": "array", "items": {"properties": {"é": {"type": ["boolean", "null"]}}}, "maxItems": 2}
NO_ROWS = {"type": "array", "maxItems": 0, "items": {"$ref": "#/$defs/row"}, "$defs": {"row": ROW}}
SCHEMAS = {"rows": ROWS, "one column": ONE_COLUMN, "no rows": NO_ROWS}


def schema_of(document: object) -> Schema:
    return read_schema(json.dumps(document))


@pytest.mark.parametrize("document", SCHEMAS.values(), ids=SCHEMAS)
def test_every_text_of_the_grammar_is_csv_and_says_rows_that_fit(document):
    schema = schema_of(document)
    assert unenforced(schema) == ()
    walk, dice = ByteWalk(body_of(schema)), random.Random(7)
    texts = [text for text in (walk.text(dice) for _ in range(80)) if text is not None]
    assert len(texts) > 20
    for text in texts:
        assert (
            len({len(cells) for cells in csv.reader(io.StringIO(text, newline=""), strict=True) if cells})
            == 1
        )
        value, faults = read_back(schema, text)
        assert faults == ()
        Draft202012Validator(document).validate(value)
        assert read_back(schema, write(schema, value)) == (value, ())


WORDS = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from(",;\"'\t\n\r null"), max_size=12)
CELLS = st.fixed_dictionaries(
    {"name": WORDS, 'unit, "price"': st.integers(-5, 5) | st.none()},
    optional={
        "kind": st.sampled_from(['say "x"', "a,b", 1, True, "null"]),
        "any": WORDS
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.booleans()
        | st.none(),
    },
)


@given(st.lists(CELLS, max_size=4))
def test_every_value_comes_back_as_it_was(rows):
    schema = schema_of(ROWS)
    text = write(schema, rows)
    assert read_back(schema, text) == (rows, ())
    assert read_back(schema, text.rstrip("\n") if rows else text) == (rows, ())


def test_what_is_written_of_rows_that_fit_is_admitted():
    walk = ByteWalk(body_of(schema_of(ROWS)))
    rows = [
        {"name": 'a"b,\n', 'unit, "price"': -5, "kind": True, "any": "12"},
        {"name": "", 'unit, "price"': None, "kind": "null", "any": 12.5},
        {"name": "日本", 'unit, "price"': 5, "any": None},
    ]
    text = write(schema_of(ROWS), rows)
    assert text == (
        'name,"unit, ""price""",kind,any\n'
        '"a""b,\n",-5,true,"12"\n'
        '"",null,"null",12.5\n'
        '"日本",5,,null\n'
    )  # fmt: skip
    assert walk.admits(text)
    assert not walk.admits(text + '"d",1,,\n'), "more rows than maxItems"
    assert not walk.admits(text.partition("\n")[0] + "\n"), "fewer than minItems"


@pytest.mark.parametrize(
    ("document", "path"),
    [
        (ROW, "$"),
        ({"type": ["array", "null"], "items": ROW}, "$"),
        ({"type": "array", "items": {"type": "string"}}, "$.items"),
        (
            {"type": "array", "items": {"type": ["object", "null"], "properties": {"a": {"type": "null"}}}},
            "$.items",
        ),
        ({"type": "array", "items": {"properties": {"a": ROW}}}, "$.items.properties.a"),
        ({"type": "array", "items": {"properties": {"a": ROWS}}}, "$.items.properties.a"),
        ({"anyOf": [ROWS, {"const": "none"}]}, "$"),
    ],
)
def test_what_is_no_array_of_flat_objects_is_refused_with_its_place(document, path):
    with pytest.raises(SchemaRefused) as caught:
        body_of(schema_of(document))
    assert caught.value.values["path"] == path


HEAD = 'name,"unit, ""price""",kind,any\n'


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name,kind,any\n",
        "There are no rows.",
        HEAD + '"a"b,1,,\n',
        HEAD + '"a,1,,\n',
        HEAD + 'a"b",1,,\n',
        "\ud800",
    ],
)  # fmt: skip
def test_what_is_no_table_of_ours_has_a_fault(text):
    value, faults = read_back(schema_of(ROWS), text)
    assert value is None and [(fault.path, fault.rule) for fault in faults] == [("$", "syntax")]


def test_a_ragged_row_is_told_and_the_others_are_read():
    value, faults = read_back(schema_of(ROWS), HEAD + '"a",1,,\n"b",2\n"c",3,,,\n"d",4,,\n')
    assert [row["name"] for row in value] == ["a", "d"]
    assert [(fault.path, fault.rule) for fault in faults] == [("$[1]", "syntax"), ("$[2]", "syntax")]


def test_lines_may_end_as_rfc_4180_has_it_and_bare_text_is_left_for_the_check():
    value, faults = read_back(schema_of(ROWS), (HEAD + "a b,x,1,nul\n").replace("\n", "\r\n"))
    assert (value, faults) == ([{"name": "a b", 'unit, "price"': "x", "kind": 1, "any": "nul"}], ())
