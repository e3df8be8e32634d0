"""Values validated by the rules of each draft, as the library does, with one time for all patterns."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from app.structured.check import fits_schema
from app.structured.json_text import JsonValue
from app.structured.matching import Matcher, TookTooLong
from app.structured.schema import read_schema

D4, D7 = "http://json-schema.org/draft-04/schema#", "http://json-schema.org/draft-07/schema#"
D2019 = "https://json-schema.org/draft/2019-09/schema"
OBJECT = {"type": "object"}
BY_DRAFT: list[tuple[dict[str, object], JsonValue, JsonValue]] = [
    ({"$schema": D4, "minimum": 1, "exclusiveMinimum": True}, 2, 1),
    ({"$schema": D7, "$ref": "#/definitions/a", "type": "null", "definitions": {"a": {"const": 1}}}, 1, None),
    ({"$schema": D7, "dependencies": {"a": ["b"]}}, {"b": 1}, {"a": 1}),
    ({"items": [{"const": 1}], "additionalItems": False}, [1], [1, 1]),
    ({"$schema": D2019, "$recursiveAnchor": True, **OBJECT, "additionalProperties": {"$recursiveRef": "#"}},
     {"a": {}}, {"a": 1}),
    ({"$dynamicAnchor": "n", **OBJECT, "additionalProperties": {"$dynamicRef": "#n"}}, {"a": {}}, {"a": 1}),
    ({"anyOf": [{"required": ["a"], "properties": {"a": True}}, {"properties": {"b": True}}],
      "unevaluatedProperties": False}, {"a": 1, "b": 1}, {"b": 1, "c": 1}),
    ({"if": {"properties": {"a": {"const": 1}}, "required": ["a"]}, "then": {"properties": {"b": True}},
      "unevaluatedProperties": False}, {"a": 1, "b": 2}, {"a": 2, "b": 2}),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "fitting", "other"), BY_DRAFT)
def test_every_draft_has_its_own_rules(
    schema: dict[str, object], fitting: JsonValue, other: JsonValue
) -> None:
    read = read_schema(json.dumps(schema))
    assert fits_schema(read, fitting)
    assert not fits_schema(read, other)


def test_all_patterns_of_a_check_share_one_time() -> None:
    matcher = Matcher(0.1)
    with pytest.raises(TookTooLong):
        matcher.matches("^(a|a)*$", "a" * 60 + "b")
    with pytest.raises(TookTooLong) as caught:
        matcher.matches("a", "a")
    assert caught.value.what == "the pattern a"


MIXED = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "pattern": "^[ab]+$"},
        "tags": {"type": "array", "items": {"enum": ["a", "b", 1, None]}, "uniqueItems": True},
        "size": {"anyOf": [{"type": "integer", "multipleOf": 3}, {"type": "null"}]},
    },
    "required": ["name"],
    "additionalProperties": {"type": "boolean"},
}
SCALARS = st.sampled_from(["a", "b", "ab", "", 1, 1.0, 3, 4, 0, None, True, False])
NAMES = st.sampled_from(["name", "tags", "size", "x"])


@given(st.dictionaries(NAMES, SCALARS | st.lists(SCALARS, max_size=3)))
def test_the_verdict_is_that_of_the_library(value: dict[str, JsonValue]) -> None:
    assert fits_schema(read_schema(json.dumps(MIXED)), value) is Draft202012Validator(MIXED).is_valid(value)
