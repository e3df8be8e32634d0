"""Finished answers checked: faults by path, exact numbers, and nothing that hangs."""

from __future__ import annotations

import json

import pytest

from app.core.answer_format import AnswerFormat, Fault
from app.structured.check import MOST_FAULTS, check


def checked(schema, text):
    return check(AnswerFormat("test", json.dumps(schema)), text)


@pytest.mark.parametrize(
    ("schema", "text", "fault"),
    [
        ({"required": ["b", "a"]}, '{"b": 1}', Fault("$", "required", "a")),
        ({"properties": {"a": {"maximum": 3}}}, '{"a": 4}', Fault("$.a", "maximum", "3")),
        ({"items": {"format": "date"}}, '["2023-02-29"]', Fault("$[0]", "format", "date")),
        ({"additionalProperties": False}, '{"x y": 1}', Fault("$", "additionalProperties", "x y")),
        ({"uniqueItems": True}, '[{"a": 1}, {"a": 1.0}]', Fault("$", "uniqueItems", "true")),
        ({"pattern": "^a"}, '"b"', Fault("$", "pattern", "^a")),
        ({"properties": {"a": False}}, '{"a": 1}', Fault("$.a", "false", "false")),
        (True, '{"a": 1, "a": 1}', Fault("$.a", "duplicate", "a")),
        (True, "{} x", Fault("$", "syntax", "line 1, column 4")),
        (True, "1e400", Fault("$", "number", "beyond any number a program can hold")),
    ],
)  # fmt: skip
def test_a_fault_says_where_and_what(schema, text, fault):
    found = checked(schema, text)
    assert found.faults == (fault,)
    assert not found.fits


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"multipleOf": 0.01}, "19.99"),
        ({"multipleOf": 0.1}, "1e300"),
        ({"const": 2**53 + 1}, str(2**53 + 1)),
        ({"uniqueItems": True}, "[1, true, 0, false, [1], [true]]"),
        ({"pattern": r"^\p{Lu}\w*$"}, '"Émile"'.replace("mile", "x")),
        ({"pattern": r"^\d+$"}, '"123"'),
        ({"format": "unheard-of"}, '"x"'),
        ({"type": "integer"}, "1.0"),
    ],
)  # fmt: skip
def test_what_fits(schema, text):
    assert checked(schema, text).fits


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"multipleOf": 0.01}, "19.999"),
        ({"const": 2**53 + 1}, str(2**53)),
        ({"pattern": r"^\d+$"}, '"٣"'),
        ({"pattern": "a$"}, '"a\\n"'),
        ({"uniqueItems": True}, "[[1], [1.0]]"),
        ({"patternProperties": {"^x": {"type": "string"}}}, '{"xy": 1}'),
        ({"patternProperties": {"^x": True}, "additionalProperties": False}, '{"y": 1}'),
        ({"allOf": [{"properties": {"a": True}}], "unevaluatedProperties": False}, '{"b": 1}'),
    ],
)  # fmt: skip
def test_what_does_not(schema, text):
    assert not checked(schema, text).fits


def test_the_value_is_given_even_where_it_does_not_fit():
    assert checked({"type": "string"}, f'{{"n": {10**40}}}').value == {"n": 10**40}


def test_no_more_faults_than_a_person_reads():
    assert len(checked({"items": {"type": "string"}}, json.dumps(list(range(100)))).faults) == MOST_FAULTS


@pytest.mark.parametrize("schema", [{"pattern": "^(a+)+$"}, {"propertyNames": {"pattern": "^(a|a)*$"}}])
def test_a_catastrophic_pattern_ends_in_a_fault(schema, monkeypatch):
    monkeypatch.setattr("app.structured.validation.SECONDS", 0.2)
    text = "a" * 60 + "!"
    value = text if "pattern" in schema else {text: 1}
    found = checked(schema, json.dumps(value))
    assert [fault.rule for fault in found.faults] in (["time"], ["pattern"])


def test_a_schema_that_branches_at_every_level_ends_in_a_fault(monkeypatch):
    monkeypatch.setattr("app.structured.validation.SECONDS", 0.2)
    node = {"anyOf": [{"$ref": "#/$defs/n"}, {"$ref": "#/$defs/n", "title": "again"}]}
    schema = {"$ref": "#/$defs/n", "$defs": {"n": {"type": "object", "properties": {"c": node}}}}
    text = '{"c":' * 60 + "1" + "}" * 60
    assert [fault.rule for fault in checked(schema, text).faults] == ["time"]


def test_a_deep_answer_is_a_fault_and_no_recursion_error():
    schema = {"$defs": {"n": {"items": {"$ref": "#/$defs/n"}}}, "$ref": "#/$defs/n"}
    assert checked(schema, "[" * 5_000 + "]" * 5_000).faults[0].rule == "depth"
    assert checked(schema, "[" * 99 + "]" * 99).faults in (
        (),
        (Fault("$", "depth", "nested too deeply to be checked"),),
    )


def test_ten_thousand_objects_are_compared_in_one_pass():
    items = [{"id": number} for number in range(10_000)]
    assert checked({"uniqueItems": True}, json.dumps(items)).fits
