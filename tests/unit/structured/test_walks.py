"""Answers of a model that knows nothing, held to many schemas: what is finished passes the check."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from app.core.answer_format import AnswerFormat, Fault
from app.structured.check import check
from app.structured.coverage import Keyword
from app.structured.grammar import Grammar, grammar_of
from tests.helpers.byte_walk import ByteWalk
from tests.helpers.random_schemas import DEFINED, random_object

WALKS = 8
WORD = {"type": "string", "maxLength": 6}
AB = {"type": "object", "properties": {"a": {"enum": [1, 2, 3]}, "b": WORD}, "additionalProperties": False}
TREE = {
    "type": "object",
    "properties": {"name": WORD, "inner": {"type": "array", "items": {"$ref": "#"}, "maxItems": 2}},
    "required": ["name"],
    "additionalProperties": False,
}
SHAPES = {"circle": {"r": {"type": "number", "minimum": 0, "maximum": 9}}, "word": {"text": WORD}}
SCHEMAS: dict[str, Any] = {
    "anything": True,
    "any object": {"type": "object"},
    "text": {"type": "string"},
    "short text": {"type": "string", "minLength": 2, "maxLength": 4},
    "pattern": {"type": "string", "pattern": r"^\w{2,4}-\d+\s?$"},
    "pattern anywhere": {"type": "string", "pattern": "ab|c", "maxLength": 9},
    "look ahead": {"type": "string", "pattern": "^(?!no|un)[nou]{1,4}$"},
    "unicode": {"type": "string", "pattern": r"^\p{Lu}\P{L}{1,3}$"},
    "folded case": {"type": "string", "pattern": "(?i:^[a-c]ß?k$)"},
    "integer": {"type": "integer", "minimum": -7, "exclusiveMaximum": 1234},
    "large integer": {"type": "integer", "minimum": 2**60, "maximum": 2**70},
    "number": {"type": "number", "exclusiveMinimum": 0.1, "maximum": 2.25},
    "multiple": {"type": "number", "multipleOf": 0.01, "minimum": 0, "maximum": 1},
    "integer or word": {"type": ["integer", "string"], "maximum": 3, "maxLength": 3},
    "enum": {"enum": ["a", 1, 1.5, None, True, [1, {"k": "v"}], {"k": []}]},
    "not": {"type": "string", "maxLength": 4, "not": {"enum": ["", "a", "ab", "abc"]}},
    "not a number": {"type": "integer", "not": {"enum": [0, 1, 22]}, "minimum": -3, "maximum": 33},
    "array": {"type": "array", "items": {"type": ["boolean", "null"]}, "minItems": 1, "maxItems": 4},
    "tuple": {"type": "array", "prefixItems": [WORD, {"type": "integer"}], "items": False, "minItems": 1},
    "unique": {"type": "array", "items": {"enum": ["a", "b", "c"]}, "uniqueItems": True},
    "unique integers": {"type": "array", "items": {"type": "integer"}, "uniqueItems": True, "maxItems": 3},
    "contains": {"type": "array", "items": {"enum": [1, 2, 3]}, "contains": {"const": 2}, "maxItems": 3},
    "contains somewhere": {"type": "array", "items": {"enum": [1, 2]}, "contains": {"const": 2}},
    "extra members": {"type": "object", "properties": {"a": WORD}, "additionalProperties": {"type": "null"}},
    "named members": {"type": "object", "propertyNames": {"pattern": "^[a-c]$"}, "maxProperties": 2},
    "pattern members": {
        "type": "object",
        "patternProperties": {"^x": {"type": "null"}, "^y": WORD},
        "additionalProperties": False,
    },
    "few members": {**AB, "minProperties": 1, "maxProperties": 1},
    "members": {"type": "object", "additionalProperties": {"type": "null"}, "minProperties": 1},
    "if": {
        **AB,
        "if": {"properties": {"a": {"const": 1}}, "required": ["a"]},
        "then": {"required": ["b"]},
        "else": {"properties": {"b": {"maxLength": 1}}},
    },
    "dependent": {**AB, "dependentRequired": {"b": ["a"]}},
    "dependent schemas": {**AB, "dependentSchemas": {"a": {"properties": {"b": {"const": "x"}}}}},
    "oneOf": {"type": "integer", "minimum": 0, "maximum": 99, "oneOf": [{"maximum": 50}, {"minimum": 40}]},
    "oneOf of objects": {
        "oneOf": [
            {"properties": {"kind": {"const": kind}, **own}, "required": ["kind", *own], "type": "object"}
            for kind, own in SHAPES.items()
        ],
    },
    "oneOf of multiples": {"type": "integer", "oneOf": [{"multipleOf": 2}, {"multipleOf": 3}]},
    "anyOf": {"anyOf": [AB, {"type": "null"}, {"type": "array", "items": AB, "maxItems": 2}]},
    "allOf": {"allOf": [{"properties": {"c": {"type": "null"}}}, {"type": "object", "required": ["c", "d"]}]},
    "unevaluated": {
        "type": "object",
        "allOf": [{"properties": {"a": {"type": "null"}}}],
        "anyOf": [{"required": ["a"]}, {"properties": {"b": WORD}, "required": ["b"]}],
        "unevaluatedProperties": False,
    },
    "tree": TREE,
    "list": {"type": "array", "items": {"$ref": "#"}, "maxItems": 3},
    "nothing left": {"type": "object", "properties": {"a": False}, "additionalProperties": False},
    "regex": {"type": "array", "items": {"type": "string", "format": "regex"}, "maxItems": 3},
    "back reference": {"type": "string", "pattern": r"^(a|b)\1$"},
    "old": {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "type": "array",
        "items": [{"type": "integer", "minimum": 1, "exclusiveMinimum": True}],
        "additionalItems": {"type": "null"},
    },
}

JSON_ITSELF = {"duplicate", "number"}
"""What no grammar can count, and no schema asks for: names given twice, numbers beyond any float."""


def surprises(faults: tuple[Fault, ...], grammar: Grammar) -> list[Fault]:
    """What of an answer does not fit, but for keywords that are named as only checked."""
    named = {keyword.name for keyword in grammar.coverage.checked}
    return [fault for fault in faults if fault.rule not in named | JSON_ITSELF]


def finished(grammar: Grammar, seed: int) -> list[str]:
    walk, dice = ByteWalk(grammar.text, grammar.unique), random.Random(seed)
    texts = [walk.text(dice, longest=500) for _ in range(WALKS)]
    return [text for text in texts if text is not None]


@pytest.mark.parametrize("name", SCHEMAS)
def test_what_is_finished_passes_the_check(name: str) -> None:
    answer_format = AnswerFormat(name, json.dumps(SCHEMAS[name]))
    grammar = grammar_of(answer_format)
    texts = finished(grammar, 11)
    assert texts
    wrong = [
        (text, found) for text in texts if (found := surprises(check(answer_format, text).faults, grammar))
    ]
    assert wrong == []


@pytest.mark.parametrize("seed", range(24))
def test_so_it_is_with_schemas_made_at_random(seed: int) -> None:
    schema = {**random_object(random.Random(seed), 3), "$defs": DEFINED}
    answer_format = AnswerFormat("", json.dumps(schema))
    grammar = grammar_of(answer_format)
    texts = finished(grammar, seed)
    wrong = [
        (text, found) for text in texts if (found := surprises(check(answer_format, text).faults, grammar))
    ]
    assert wrong == []


def test_what_only_the_check_can_tell_is_told_by_the_check() -> None:
    """The walks do come upon it, so that the tests above are no matter of course."""
    answer_format = AnswerFormat("", '{"type":"string","pattern":"^(?:a|b|(c))(?:a|b|\\\\1)$"}')
    grammar = grammar_of(answer_format)
    assert grammar.coverage.checked == (Keyword("$", "pattern"),)
    faults = [fault for text in finished(grammar, 1) for fault in check(answer_format, text).faults]
    assert {fault.rule for fault in faults} == {"pattern"}


def test_no_name_is_given_twice_where_all_are_declared() -> None:
    grammar = grammar_of(AnswerFormat("", json.dumps(AB)))
    for text in finished(grammar, 5):
        assert check(AnswerFormat("", json.dumps(AB)), text).fits
