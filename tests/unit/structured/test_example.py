"""A schema from an example: the example fits it, and it says what the example shows."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from app.core.errors import SchemaRefused
from app.structured.example import MAX_DEPTH, schema_from_example

KEYS = st.text(st.characters(codec="utf-8"), max_size=6)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(codec="utf-8"), max_size=12),
    st.dates().map(str),
    st.datetimes(timezones=st.timezones()).map(lambda at: at.isoformat()),
    st.emails(),
    st.sampled_from(["2024-02-30", "https://example.org/a?b#c", "a@b", "0000-01-01", "2024-01-01T00:00:00Z"]),
)


def _within(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4)


EXAMPLES = _within(st.recursive(SCALARS, _within, max_leaves=12))


@given(EXAMPLES)
def test_an_example_fits_its_schema(value: Any) -> None:
    schema = json.loads(schema_from_example(json.dumps(value)))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(value)


@given(st.dictionaries(KEYS, SCALARS, min_size=1, max_size=5))
def test_it_is_closed_requires_what_is_there_and_keeps_the_order(value: dict[str, Any]) -> None:
    schema = json.loads(schema_from_example(json.dumps(value)))
    assert list(schema["properties"]) == schema["required"] == list(value)
    validator = Draft202012Validator(schema)
    assert not validator.is_valid({**value, "no such key": 1})
    assert not validator.is_valid({})


@pytest.mark.parametrize(
    ("value", "schema"),
    [
        ("x", {"type": "string"}),
        ("", {"type": "string"}),
        (1, {"type": "integer"}),
        (1.0, {"type": "number"}),
        (True, {"type": "boolean"}),
        (None, {"type": ["string", "null"]}),
        ("2024-05-06", {"type": "string", "format": "date"}),
        ("2024-02-30", {"type": "string"}),
        ("2024-05-06T07:08:09.5+02:00", {"type": "string", "format": "date-time"}),
        ("2024-05-06T07:08:09", {"type": "string"}),
        ("ann@example.org", {"type": "string", "format": "email"}),
        ("https://example.org/a?b=c#d", {"type": "string", "format": "uri"}),
        ("see https://example.org", {"type": "string"}),
        ([], {"type": "array", "items": {"type": "string"}}),
        ([1, 2.5], {"type": "array", "items": {"type": "number"}}),
        ([1, None], {"type": "array", "items": {"type": ["integer", "null"]}}),
        ([None, 1, "a"], {"type": "array", "items": {"type": ["integer", "string", "null"]}}),
        (["2024-05-06", ""], {"type": "array", "items": {"type": "string"}}),
        ([[], [1]], {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}}),
    ],
)
def test_what_a_value_tells(value: Any, schema: dict[str, Any]) -> None:
    made = json.loads(schema_from_example(json.dumps({"营收": value})))
    assert made["properties"] == {"营收": schema}


def test_the_entries_of_an_array_are_examples_of_one_thing() -> None:
    text = '[{"id": 1, "note": null, "at": {"lat": 1}}, {"id": 2, "note": "x", "at": {"lat": 1.5, "lon": 2}}]'
    assert json.loads(schema_from_example(text))["items"] == {
        "type": "object",
        "properties": {
            "id": {"type": "integer"},
            "note": {"type": ["string", "null"]},
            "at": {
                "type": "object",
                "properties": {"lat": {"type": "number"}, "lon": {"type": "integer"}},
                "required": ["lat"],
                "additionalProperties": False,
            },
        },
        "required": ["id", "note", "at"],
        "additionalProperties": False,
    }


def test_the_text_is_for_reading() -> None:
    made = schema_from_example('{"Größe": 1}')
    assert made.startswith(
        '{\n  "$schema": "https://json-schema.org/draft/2020-12/schema",\n  "type": "object"'
    )
    assert '"Größe"' in made


@pytest.mark.parametrize(
    ("text", "path", "rule"),
    [
        ("", "$", "syntax"),
        ("name: Ann", "$", "syntax"),
        ('{"a": 1', "$.a", "syntax"),
        ('{"a": {"b": 1, "b": 2}}', "$.a.b", "duplicate"),
        ('{"a": NaN}', "$.a", "number"),
        ('{"a": [0, 1e999]}', "$.a[1]", "number"),
        ("3", "$", "type"),
        ("null", "$", "type"),
        ("[" * 100_000, "$" + "[0]" * MAX_DEPTH, "depth"),
    ],
)
def test_what_is_no_example_is_refused_by_path(text: str, path: str, rule: str) -> None:
    with pytest.raises(SchemaRefused) as refused:
        schema_from_example(text)
    assert (refused.value.values["path"], refused.value.values["rule"]) == (path, rule)


def test_half_a_character_is_refused() -> None:
    with pytest.raises(SchemaRefused) as refused:
        schema_from_example('{"\\ud800": 1}')
    assert refused.value.values["rule"] == "surrogate"


def test_the_deepest_example_is_taken() -> None:
    assert schema_from_example("[" * MAX_DEPTH + "]" * MAX_DEPTH).count('"items"') == MAX_DEPTH
