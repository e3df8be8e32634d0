"""`uniqueItems` while sampling: which arrays are watched, what is refused, and that a way is always left."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from app.core.answer_format import AnswerFormat
from app.structured.grammar import Grammar, grammar_of
from app.structured.uniqueness.places import Places
from app.structured.uniqueness.reader import Reader
from app.structured.validation import identity
from tests.helpers.byte_walk import ByteWalk


def unique(items: Any = None, **more: Any) -> dict[str, Any]:
    return {"type": "array", "uniqueItems": True, **({} if items is None else {"items": items}), **more}


WORDS, NUMBERS, TEXT = unique({"type": "string"}), unique({"type": "number"}), {"type": "string"}
LETTER = {"type": "string", "minLength": 1, "maxLength": 1}
NODE = {"$ref": "#/$defs/node"}
ROW = {"type": "object", "properties": {"a": {"type": "boolean"}, "b": WORDS}, "required": ["a"]}


def grammar(schema: object) -> Grammar:
    return grammar_of(AnswerFormat("", json.dumps(schema)))


def reader(schema: object) -> Reader:
    places = grammar(schema).unique
    assert places is not None
    return Reader(places)


def members(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


ENFORCED: dict[str, Any] = {
    "any values": unique(),
    "any values, said": unique({}),
    "words": WORDS,
    "words that are not empty": unique({**TEXT, "minLength": 1}),
    "short words": unique({**TEXT, "maxLength": 2}, minItems=5),
    "words with an unknown format": unique({**TEXT, "format": "colour"}),
    "words whose pattern is open": unique({**TEXT, "pattern": "^[a-z]+( [a-z]+)*$"}),
    "numbers": NUMBERS,
    "integers within bounds": unique({"type": "integer", "minimum": 1, "exclusiveMaximum": 6}, minItems=5),
    "words and numbers": unique({"anyOf": [TEXT, {"type": "integer"}]}),
    "words, said twice": unique({"allOf": [TEXT, {"minLength": 1}]}),
    "a choice of many": unique({"enum": list("abcdef")}, minItems=6),
    "open objects": unique(ROW),
    "by name": members(a=WORDS),
    "by reference": {"$defs": {"w": WORDS}, **members(a={"$ref": "#/$defs/w"})},
    "of any name": {"type": "object", "additionalProperties": WORDS},
    "of any name of one pattern": {"patternProperties": {"^a": WORDS}, "additionalProperties": False},
    "in items": {"type": "array", "items": WORDS},
    "first of items": {"type": "array", "prefixItems": [WORDS, True]},
    "in what refers to itself": {"$defs": {"node": members(a=WORDS, b=NODE)}, **NODE},
    "the only array of a choice": {"oneOf": [{"type": "object"}, WORDS]},
    "beside a choice that is not about it": {**members(a=WORDS), "anyOf": [{"required": ["a"]}, True]},
    "said of the same array in two ways": {"allOf": [members(a=WORDS), members(a={"minItems": 2})]},
}
CHECKED: dict[str, Any] = {
    "a pattern of what cannot be written": unique({**TEXT, "pattern": r"^a[\ud800-\udbff]*$"}),
    "a pattern with an end": unique({**TEXT, "pattern": "^H[0-9]$"}),
    "a pattern that can come to an end": unique({**TEXT, "pattern": "^(a*|b)$"}),
    "a pattern and a length": unique({**TEXT, "pattern": "^a", "maxLength": 3}),
    "a format": unique({**TEXT, "format": "date"}),
    "bounds of fractions": unique({"type": "number", "minimum": 1}),
    "fewer integers than items": unique({"type": "integer", "minimum": 1, "maximum": 5}, minItems=6),
    "multiples": unique({"type": "integer", "multipleOf": 2}),
    "fewer values than items": unique({**TEXT, "maxLength": 0}, minItems=2),
    "closed objects": unique({**ROW, "additionalProperties": False}),
    "few members": unique({**ROW, "maxProperties": 2}),
    "arrays with an end": unique({"type": "array", "maxItems": 2}),
    "first items": {**WORDS, "prefixItems": [True]},
    "one of two arrays": {"anyOf": [WORDS, {"type": "array", "items": {"type": "integer"}}]},
    "on a condition": {**members(a={"type": "array"}, b=True), "if": {"required": ["b"]},
                       "then": {"properties": {"a": WORDS}}},
    "of names of two patterns": {"patternProperties": {"^a": WORDS, "b$": {"type": "array"}}},
    "shut in by a choice above": {**members(a=WORDS), "enum": [{"a": ["x"]}, {}]},
    "shut in by a condition": {**members(a=WORDS), "not": members(a={"maxItems": 3})},
}  # fmt: skip


@pytest.mark.parametrize("name", ENFORCED)
def test_an_array_is_watched_where_there_is_always_another_item(name: str) -> None:
    found = grammar(ENFORCED[name])
    assert found.unique is not None
    assert found.coverage.is_full


@pytest.mark.parametrize("name", CHECKED)
def test_where_that_is_not_sure_it_is_left_to_the_check(name: str) -> None:
    assert "uniqueItems" in {keyword.name for keyword in grammar(CHECKED[name]).coverage.checked}


def test_what_is_sure_at_one_place_only_is_not_called_enforced() -> None:
    both = {
        "$defs": {"w": WORDS},
        **members(a={"$ref": "#/$defs/w"}, b={"anyOf": [{"$ref": "#/$defs/w"}, True]}),
    }
    assert [keyword.name for keyword in grammar(both).coverage.checked] == ["uniqueItems"]


def test_schemas_without_it_cost_nothing() -> None:
    assert grammar({"type": "array", "items": TEXT}).unique is None
    assert grammar({"type": "array", "uniqueItems": False}).unique is None


REFUSED = [
    (WORDS, '["a","b","a"'),
    (WORDS, '["a","a"'),
    (WORDS, '["\\n","\\u000a"'),
    (WORDS, '["é","é"'),
    (WORDS, '["a\\"]","a\\"]"'),
    (NUMBERS, "[1,1,"),
    (NUMBERS, "[1,1]"),
    (NUMBERS, "[1,1.0]"),
    (NUMBERS, "[10,1e1]"),
    (NUMBERS, "[0,-0,"),
    (NUMBERS, "[0,0e"),
    (NUMBERS, "[0.1,0.1" + "0" * 16),
    (NUMBERS, "[1e400"),
    (unique({"type": "integer"}), "[0,0"),
    (unique({"type": "integer"}), "[0,-0"),
    (unique({"type": "integer", "minimum": 0, "maximum": 12}), "[1,10,11,12,1"),
    (unique({"type": "integer", "minimum": -1, "maximum": 12}), "[-1,-"),
    (unique({"type": "integer", "minimum": 3, "maximum": 5}), "[3,5,4,"),
    (unique(LETTER), '["a","a'),
    (unique({"enum": ["ab", "ac", "b", "d", "e"]}), '["ab","ab'),
    (unique({"enum": ["ab", "ac", "b", "d", "e"]}), '["b","b'),
    (unique({"enum": ["ab", "ac", "b", "d", "e"]}), '["b","ab","e","ac","d",'),
    (unique(), "[true,t"),
    (unique(), "[[],[]"),
    (unique(), '[{"a":1,"b":[2]},{"b":[2.0],"a":1}'),
    (unique(ROW), '[{"a":true},{"a":true}'),
    (unique(ROW), '[{"a":true,"b":["x","x"'),
    (members(a=WORDS, b={"type": "array"}), '{"b":[1,1],"a":["x","x"'),
    (members(a=members(b=WORDS)), '{"a":{"c":["x","x"],"b":["x","x"'),
    ({"$defs": {"node": members(a=WORDS, b=NODE)}, **NODE}, '{"b":{"b":{"a":["x","x"'),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "text"), REFUSED)
def test_what_would_stand_twice_is_refused_at_the_last_moment(schema: Any, text: str) -> None:
    read = reader(schema)
    assert read.takes(text[:-1].encode())
    assert not read.takes(text[-1:].encode())
    assert not read.takes(text[-1:].encode()), "it has stayed where it was"
    assert not reader(schema).takes(text.encode()), "no matter how many bytes come at once"


def test_items_too_deep_to_be_read_are_followed_all_the_same() -> None:
    deep = "[" * 5_000 + "]" * 5_000
    read = reader(unique())
    assert read.takes(f"[{deep},1,".encode())
    assert not read.takes(deep.encode())
    assert not read.takes(b"1,")


TAKEN = [
    (WORDS, '["a","ab","b","","\\\\","\\"","[","]"]'),
    (NUMBERS, "[0,0.5,1,10,100,-1,1e5,1e-5,0.25,0.3]"),
    (unique(), '[1,true,"1",[1],[true],{"a":1},{"a":2},null,false,0,"",[]]'),
    (unique(LETTER), '["a","b","é","\\n","\\""]'),
    (members(a=WORDS), '{"b":["x","x"],"a":["x","y"],"c":"x","d":{"a":["z","z"]}}'),
    ({"type": "array", "items": WORDS}, '[["a"],["a"],["a"]]'),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "text"), TAKEN)
def test_what_stands_once_is_taken(schema: Any, text: str) -> None:
    read = reader(schema)
    assert all(read.takes(bytes([byte])) for byte in text.encode())


PLAIN = st.none() | st.booleans() | st.integers(-20, 20) | st.text('ab\\"[]{},:é\n', max_size=2)
SOME = st.decimals(-9, 9, places=1).map(float)
VALUES = st.recursive(PLAIN | SOME, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(
    st.text("ab", max_size=1), inner, max_size=2), max_leaves=3)  # fmt: skip


@given(st.lists(VALUES, max_size=8), st.lists(st.integers(1, 5)), st.booleans())
def test_any_array_is_taken_just_if_no_item_stands_twice(
    items: list[Any], sizes: list[int], is_ascii: bool
) -> None:
    text = json.dumps(items, separators=(",", ":"), ensure_ascii=is_ascii).encode()
    read = reader_of_any()
    takes = True
    for size in [*sizes, len(text)]:
        takes = takes and read.takes(text[:size])
        text = text[size:]
    assert takes is (len(set(map(identity, items))) == len(items))


def reader_of_any(found: list[Places] = []) -> Reader:  # noqa: B006 - made once
    if not found:
        places = grammar(unique()).unique
        assert places is not None
        found.append(places)
    return Reader(found[0])


WALKS: dict[str, Any] = {
    "every letter there surely is": unique(LETTER, minItems=90),
    "pairs of letters": unique({**TEXT, "minLength": 2, "maxLength": 2}, minItems=50),
    "words": unique(TEXT, minItems=8),
    "words of a pattern": unique({**TEXT, "pattern": "^[ab]+(-[ab]+)*$"}, minItems=12),
    "integers": unique({"type": "integer"}, minItems=25),
    "numbers": unique({"type": "number"}, minItems=25),
    "all integers within bounds": unique({"type": "integer", "minimum": -12, "maximum": 105}, minItems=118),
    "integers below": unique({"type": "integer", "exclusiveMaximum": 3}, minItems=30),
    "ports": unique({"type": "integer", "minimum": 1, "maximum": 65535}, minItems=60),
    "a choice": unique({"enum": ["a", "ab", "abc", "b", "é", "éa", 1, 10, 100, None, True]}, minItems=11),
    "anything": unique(minItems=8),
    "objects": unique(ROW, minItems=5),
    "mixed": unique({"type": ["boolean", "null", "string", "integer"], "maxLength": 1}, minItems=25),
    "a tree": {"$defs": {"node": {
        **members(k=unique({"type": "integer"}, minItems=3), c={"items": NODE, "maxItems": 2}),
        "required": ["k", "c"], "additionalProperties": False,
    }}, **NODE},
}  # fmt: skip


@pytest.mark.parametrize("name", WALKS)
def test_a_model_that_knows_nothing_finishes_and_repeats_nothing(name: str) -> None:
    schema = WALKS[name]
    made, dice = grammar(schema), random.Random(name)
    assert made.coverage.is_full
    walk = ByteWalk(made.text, made.unique)
    texts = [walk.text(dice, longest=3_000) for _ in range(6)]
    finished = [json.loads(text) for text in texts if text is not None]
    assert finished
    assert all(map(Draft202012Validator(schema).is_valid, finished))
