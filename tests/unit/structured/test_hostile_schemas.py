"""Schemas built to be dear: each ends in a grammar, whole or with keywords named, or in a refusal."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.core.answer_format import AnswerFormat
from app.core.errors import SchemaRefused
from app.structured.grammar import grammar_of


def text(pattern: str) -> dict[str, Any]:
    return {"type": "string", "pattern": pattern}


def doubled(depth: int) -> Any:
    node: Any = {"type": "string"}
    for _ in range(depth):
        node = {"allOf": [{"anyOf": [node, {"type": "integer"}]}, {"anyOf": [node, {"type": "null"}]}]}
    return node


def chained(length: int, link: Any) -> dict[str, Any]:
    links = {f"r{index}": link(f"#/$defs/r{index + 1}") for index in range(length)}
    return {"$ref": "#/$defs/r0", "$defs": {**links, f"r{length}": {"type": "string"}}}


ENFORCED = {
    "many words": {"enum": [f"word-{index}" for index in range(5_000)]},
    "nested repetitions": text("^(?:(?:a{1,9999}){1,9999}){1,9999}$"),
    "a switch of 60": {
        "type": "object", "properties": {"k": {"type": "string"}}, "required": ["k"],
        "allOf": [{"if": {"properties": {"k": {"const": f"v{n}"}}}, "then": {"required": [f"r{n}"]}}
                  for n in range(60)],
    },
    "a choice of 200 objects": {
        "oneOf": [{"type": "object", "properties": {"k": {"const": f"v{n}"}}, "required": ["k"]}
                  for n in range(200)],
    },
    "more members than there can be": {"type": "object", "properties": {"a": True}, "minProperties": 10**9},
    "far references": chained(30, lambda to: {"type": "object", "properties": {"a": {"$ref": to}}}),
}  # fmt: skip

PARTLY = {
    "patterns that look ahead": {"items": {"anyOf": [text(f"^(?!.*a{{9}}b{n})[a-z]+$") for n in range(100)]}},
    "an automaton of many states": text("^(?!.*a.{15}b)[ab]+$"),
    "a choice of 100 patterns": {"oneOf": [text(f"^v{n}[a-z]+$") for n in range(100)]},
    "many conditions": {
        "type": "object",
        "allOf": [{"if": {"properties": {f"k{n}": {"const": 1}}}, "then": {"required": [f"r{n}"]}}
                  for n in range(40)],
    },
    "many choices at once": {
        "type": "object", "unevaluatedProperties": False,
        "allOf": [{"anyOf": [{"properties": {f"a{n}": True}}, {"properties": {f"b{n}": True}}]}
                  for n in range(12)],
    },
    "half of fifty members": {
        "type": "object", "properties": {f"p{n}": {} for n in range(50)}, "additionalProperties": False,
        "minProperties": 25,
    },
}  # fmt: skip

REFUSED = {
    "choices that double": (doubled(9), "depth"),
    "a long chain": (chained(100, lambda to: {"$ref": to}), "$ref"),
    "a chain that doubles": (chained(70, lambda to: {"allOf": [{"$ref": to}, {"$ref": to}]}), "$ref"),
    "objects without end": (
        chained(300, lambda to: {"type": "object", "properties": {"a": {"$ref": to}}}), "depth",
    ),
    "no text matches": (text("^a$") | {"minLength": 2}, "contradiction"),
    "more members than there are": (
        {"type": "object", "properties": {"a": True}, "additionalProperties": False, "minProperties": 10**9},
        "contradiction",
    ),
    "no number fits": ({"type": "integer", "minimum": 5, "maximum": 3}, "contradiction"),
    "two types at once": ({"allOf": [{"type": "string"}, {"type": "object"}]}, "contradiction"),
}  # fmt: skip


@pytest.mark.parametrize("name", ENFORCED)
def test_what_is_large_but_clear_is_enforced(name: str) -> None:
    assert grammar_of(AnswerFormat(name, json.dumps(ENFORCED[name]))).coverage.is_full


@pytest.mark.parametrize("name", PARTLY)
def test_what_is_too_much_is_named(name: str) -> None:
    assert grammar_of(AnswerFormat(name, json.dumps(PARTLY[name]))).coverage.checked


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_refused(name: str) -> None:
    schema, rule = REFUSED[name]
    with pytest.raises(SchemaRefused) as refused:
        grammar_of(AnswerFormat(name, json.dumps(schema)))
    assert refused.value.values["rule"] == rule


def test_a_contradiction_is_told_by_its_place() -> None:
    schema = {
        "type": "object",
        "required": ["a"],
        "properties": {"a": {"items": False, "minItems": 1, "type": "array"}},
    }
    with pytest.raises(SchemaRefused) as refused:
        grammar_of(AnswerFormat("x", json.dumps(schema)))
    assert refused.value.values["path"] == "$.properties.a"


def test_what_may_stay_away_is_no_contradiction() -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"not": {}}, "b": {"$ref": "#/$defs/none"}},
        "$defs": {"none": False},
    }
    assert grammar_of(AnswerFormat("x", json.dumps(schema))).coverage.is_full


def test_the_authors_own_settings_of_the_engine_do_not_count() -> None:
    schema = {"type": "object", "x-guidance": {"whitespace_flexible": True, "lenient": True}}
    assert grammar_of(AnswerFormat("x", json.dumps(schema))).text.count("guidance") == 1
