"""Answers that are one of a list."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import SchemaRefused
from app.structured.choice import body_of, read_back, unenforced, write
from app.structured.schema import Schema, read_schema
from tests.helpers.byte_walk import ByteWalk


def schema_of(document: object) -> Schema:
    return read_schema(json.dumps(document))


SCALARS = (
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1) | st.integers() | st.booleans() | st.none()
)


@given(st.lists(SCALARS, min_size=1, max_size=5, unique_by=lambda value: write(None, value)))
def test_every_choice_comes_back_and_nothing_else_is_admitted(values):
    schema = schema_of({"enum": values})
    walk = ByteWalk(body_of(schema))
    for value in values:
        said = write(schema, value)
        assert walk.admits(said) and read_back(schema, said) == (value, ())
    text = walk.text(random.Random(1))
    assert text in {write(schema, value) for value in values}


def test_choices_of_which_one_begins_another():
    schema = schema_of({"enum": ["good", "good enough", "go"]})
    walk = ByteWalk(body_of(schema))
    assert all(walk.admits(said) for said in ("good", "good enough", "go"))
    assert not any(walk.admits(said) for said in ("goo", "good ", "good enough!", ""))


@pytest.mark.parametrize(
    "document",
    [
        {"const": "only"},
        {"type": "string", "enum": ["only", 3]},
        {"oneOf": [{"const": "only", "title": "The only one"}]},
        {"$ref": "#/$defs/one", "$defs": {"one": {"enum": ["only"]}}},
    ],
)
def test_a_choice_can_be_written_in_several_ways(document):
    assert body_of(schema_of(document)) == 'start: "only"\n'


def test_a_boolean_is_a_choice():
    assert read_back(schema_of({"type": ["boolean", "null"]}), "null") == (None, ())
    assert read_back(schema_of({"type": ["boolean", "null"]}), "true") == (True, ())


@pytest.mark.parametrize(
    ("document", "rule"),
    [
        ({"enum": ["1", 1]}, "enum"),
        ({"enum": ["", "x"]}, "enum"),
        ({"enum": ["x", [1]]}, "enum"),
        ({"type": "string"}, "enum"),
        ({"type": "integer", "minimum": 1}, "enum"),
        ({"type": "object", "properties": {"a": {"const": 1}}}, "enum"),
        ({"type": "null", "enum": ["x"]}, "enum"),
    ],
)
def test_what_is_no_list_of_distinct_choices_is_refused(document, rule):
    with pytest.raises(SchemaRefused) as caught:
        body_of(schema_of(document))
    assert caught.value.values["path"] == "$" and caught.value.values["rule"] == rule


def test_white_space_around_a_choice_does_not_count_but_other_words_do():
    schema = schema_of({"enum": ["yes", "no", " maybe"]})
    assert read_back(schema, " yes\n") == ("yes", ())
    assert read_back(schema, " maybe") == (" maybe", ())
    value, faults = read_back(schema, "Yes, of course")
    assert value == "Yes, of course"
    assert [(fault.path, fault.rule, fault.detail) for fault in faults] == [
        ("$", "enum", '["yes", "no", " maybe"]')
    ]


def test_rules_beside_a_list_are_named():
    assert unenforced(schema_of({"enum": ["a", "bcd"], "maxLength": 2})) == (("$", "maxLength"),)
