"""Each rewriting: what it lets through and what not; and of any small schema, exactly the values that fit."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from jsonschema import Draft202012Validator

from app.core.errors import SchemaRefused
from app.structured.coverage import Coverage
from app.structured.json_grammar import json_grammar
from app.structured.schema import read_schema
from app.structured.word_trie import other_than
from tests.helpers.byte_matcher import ByteMatcher


def compiled(schema: object) -> tuple[ByteMatcher, Coverage]:
    text, coverage, unique = json_grammar(read_schema(json.dumps(schema)))
    return ByteMatcher(text, unique), coverage


AB = {
    "type": "object",
    "properties": {"a": {"enum": [1, 2, 3]}, "b": {"type": "null"}},
    "additionalProperties": False,
}
IF_A = {"properties": {"a": {"const": 1}}, "required": ["a"]}
EQUIVALENT: dict[str, tuple[dict[str, Any], list[str], list[str]]] = {
    "if": (
        {**AB, "if": IF_A, "then": {"required": ["b"]}},
        ["{}", '{"a":2}', '{"a":1,"b":null}', '{"b":null}'], ['{"a":1}'],
    ),
    "if with else": (
        {**AB, "if": IF_A, "else": {"required": ["b"]}},
        ['{"a":1}', '{"b":null}', '{"a":2,"b":null}'], ["{}", '{"a":2}'],
    ),
    "several if, a switch": (
        {**AB, "required": ["a"], "allOf": [
            {"if": {"properties": {"a": {"const": 1}}}, "then": {"required": ["b"]}},
            {"if": {"properties": {"a": {"const": 2}}}, "then": {"properties": {"b": False}}},
        ]},
        ['{"a":1,"b":null}', '{"a":2}', '{"a":3}', '{"a":3,"b":null}'], ['{"a":1}', '{"a":2,"b":null}'],
    ),
    "if beside values that are no objects": (
        {"type": ["object", "integer"], "properties": {"a": True}, "additionalProperties": False,
         "if": {"type": "integer"}, "then": {"minimum": 3}, "else": {"required": ["a"]}},
        ["3", '{"a":1}'], ["2", "{}"],
    ),
    "dependentRequired": (
        {**AB, "dependentRequired": {"a": ["b"]}}, ["{}", '{"b":null}', '{"a":1,"b":null}'], ['{"a":1}'],
    ),
    "dependentSchemas": (
        {**AB, "dependentSchemas": {"b": {"properties": {"a": {"const": 3}}, "required": ["a"]}}},
        ["{}", '{"a":1}', '{"a":3,"b":null}'], ['{"b":null}', '{"a":1,"b":null}'],
    ),
    "dependentSchemas of a member that objects need": (
        {"type": ["object", "integer"], "required": ["b"], "dependentSchemas": {"b": {"type": "object"}}},
        ["1", '{"b":1}'], ["{}"],
    ),
    "not of words": (
        {"type": "string", "not": {"enum": ["no", "none", ""]}}, ['"n"', '"non"', '"nonee"', '"yes"'],
        ['"no"', '"none"', '""'],
    ),
    "not of a type": ({"not": {"type": ["string", "object"]}}, ["1", "null", "[]"], ['""', "{}"]),
    "not of a bound": ({"type": "integer", "not": {"minimum": 3}}, ["2", "-9"], ["3", "10"]),
    "not of a length": ({"type": "string", "not": {"minLength": 2}}, ['""', '"a"'], ['"ab"']),
    "not of numbers": ({"type": "integer", "not": {"enum": [1, 3]}}, ["0", "2", "4"], ["1", "3"]),
    "not of required": ({**AB, "not": {"required": ["a", "b"]}}, ["{}", '{"a":1}'], ['{"a":1,"b":null}']),
    "not of anyOf": ({"type": "integer", "not": {"anyOf": [{"minimum": 5}, {"const": 2}]}}, ["1", "4"],
    ["2", "5"]),
    "oneOf that is anyOf": (
        {"oneOf": [{"type": "integer", "maximum": 3}, {"type": "string", "maxLength": 1}]}, ["3", '"a"'],
        ["4", '"ab"', "null"],
    ),
    "oneOf that overlaps": (
        {"type": "integer", "oneOf": [{"maximum": 5}, {"minimum": 3}]}, ["2", "6"], ["3", "4", "5"],
    ),
    "oneOf told apart by a member": (
        {"oneOf": [
            {"type": "object", "required": ["k", "v"],
             "properties": {"k": {"const": kind}, "v": {"type": kind}}}
            for kind in ("null", "boolean")
        ]},
        ['{"k":"null","v":null}', '{"k":"boolean","v":true}'],
        ['{"k":"null","v":true}', '{"k":"x","v":null}'],
    ),
    "oneOf told apart by a member that one requires": (
        {"type": "object", "oneOf": [
            {"properties": {name: {"type": "integer"}}, "required": [name]} for name in "ab"
        ]},
        ['{"a":1}', '{"b":1}', '{"a":1,"c":1}'], ['{"a":1,"b":1}', '{"a":"x"}', "{}", '{"c":1}'],
    ),
    "uniqueItems of a choice": (
        {"type": "array", "items": {"enum": ["a", "b"]}, "uniqueItems": True},
        ["[]", '["b"]', '["a","b"]', '["b","a"]'], ['["a","a"]', '["c"]', '["a","b","a"]'],
    ),
    "contains": (
        {"type": "array", "items": {"type": "integer"}, "contains": {"const": 7}, "maxItems": 3},
        ["[7]", "[1,7]", "[7,7,1]"], ["[]", "[1,2,3]", "[1,2,3,7]"],
    ),
    "contains where no item can be": (
        {"type": ["array", "integer"], "items": False, "contains": True}, ["1"], ["[]", "[1]"],
    ),
    "propertyNames of a choice": (
        {"type": "object", "propertyNames": {"enum": ["a", "b"]}}, ["{}", '{"a":1,"b":2}'], ['{"c":1}'],
    ),
    "propertyNames of a pattern": (
        {"type": "object", "propertyNames": {"pattern": "^x"}}, ['{"xy":1}'], ['{"y":1}'],
    ),
    "propertyNames of a length": (
        {"type": "object", "propertyNames": {"minLength": 2, "maxLength": 2}}, ['{"ab":1}'],
        ['{"a":1}', '{"abc":1}'],
    ),
    "minProperties": ({**AB, "minProperties": 1}, ['{"a":1}', '{"b":null}', '{"a":1,"b":null}'], ["{}"]),
    "minProperties of any": (
        {"type": "object", "properties": {"a": {"const": 1}}, "minProperties": 1}, ['{"a":1}', '{"z":2}'],
        ["{}", '{"a":2}'],
    ),
    "minProperties of many": (
        {"type": "object", "properties": {"a": {"const": 1}, "b": True}, "required": ["a"],
         "minProperties": 3, "additionalProperties": {"type": "null"}},
        ['{"a":1,"b":2,"c":null}', '{"a":1,"c":null,"d":null}'], ['{"a":1,"b":2}', '{"a":1,"c":null}', "{}"],
    ),
    "minProperties beside a member that is required, but not named": (
        {"type": "object", "properties": {"a": True}, "required": ["x"], "minProperties": 2,
         "additionalProperties": {"type": "null"}},
        ['{"a":1,"x":null}', '{"x":null,"y":null}'], ['{"x":1,"y":null}', '{"a":1,"x":1}', '{"x":null}'],
    ),
    "minProperties of many that are all known": (
        {"type": "object", "properties": dict.fromkeys("abcdefgh", True), "minProperties": 3,
         "additionalProperties": False},
        ['{"a":1,"b":2,"h":3}', '{"f":1,"g":2,"h":3}'], ['{"a":1,"h":2}', "{}"],
    ),
    "maxProperties": ({**AB, "maxProperties": 1}, ["{}", '{"a":1}', '{"b":null}'], ['{"a":1,"b":null}']),
    "unevaluatedProperties": (
        {"type": "object", "allOf": [{"properties": {"a": True}}], "properties": {"b": True},
         "unevaluatedProperties": False},
        ["{}", '{"a":2,"b":1}'], ['{"c":1}'],
    ),
    "unevaluatedProperties of a choice": (
        {"type": "object", "anyOf": [{"properties": {"a": {"type": "null"}}, "required": ["a"]},
                                     {"properties": {"b": {"type": "null"}}, "required": ["b"]}],
         "unevaluatedProperties": False},
        ['{"a":null}', '{"b":null}', '{"a":null,"b":null}'], ["{}", '{"a":null,"c":1}', '{"a":null,"b":1}'],
    ),
    "unevaluatedItems": (
        {"type": "array", "allOf": [{"prefixItems": [True, {"const": 1}]}],
         "unevaluatedItems": {"type": "null"}},
        ["[0,1,null]", "[0]"], ["[0,2]", "[0,1,2]"],
    ),
    "a look ahead": (
        {"type": "string", "pattern": "^(?!no$|un)[a-z]+$"}, ['"yes"', '"nor"', '"u"'],
        ['"no"', '"until"', '""'],
    ),
    "two looks ahead": (
        {"type": "string", "pattern": "^(?=.*[0-9])(?=.*[a-z])[0-9a-z]{2,3}$"}, ['"a1"', '"1a1"'],
        ['"aa"', '"11"'],
    ),
    "digits and spaces as ECMA-262 has them": (
        {"type": "string", "pattern": r"^\d\s$"}, ['"1 "', '"1\ufeff"', '"1\u2003"'], ['"٣ "', '"1\x85"'],
    ),
    "a bound beyond 64 bits": ({"type": "integer", "maximum": 10**30}, ["-5", "7"], ["1.5"]),
    "bounds that no number is within": ({"type": ["number", "null"], "minimum": 2, "maximum": 1}, ["null"],
    ["1", "2"]),
    "a circle": (
        {"$defs": {"t": {"anyOf": [{"type": "null"}, {"type": "array", "items": {"$ref": "#/$defs/t"}}]}},
         "$ref": "#/$defs/t", "type": "array"},
        ["[]", "[null,[[]]]"], ["null", "[1]"],
    ),
    "a circle with more said of it": (
        {"type": "object",
         "properties": {"n": {"allOf": [{"$ref": "#"}], "required": ["v"]}, "v": {"type": "null"}},
         "additionalProperties": False},
        ["{}", '{"n":{"v":null}}'], ['{"n":{}}', '{"n":null}'],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EQUIVALENT)
def test_what_is_rewritten_lets_through_the_same(name: str) -> None:
    schema, fitting, others = EQUIVALENT[name]
    matcher, coverage = compiled(schema)
    assert coverage == Coverage()
    assert [text for text in fitting if not matcher.takes(text)] == []
    assert [text for text in others if matcher.takes(text)] == []
    validator = Draft202012Validator(schema)  # the examples are what they are meant to be
    if name not in ("digits and spaces as ECMA-262 has them",):
        assert [text for text in fitting if not validator.is_valid(json.loads(text))] == []
        assert [text for text in others if validator.is_valid(json.loads(text))] == []


LENIENT = [
    ({"type": "array", "items": {"multipleOf": 0.5}, "uniqueItems": True}, "[1,1]"),
    ({"type": "array", "contains": {"const": 7}}, "[1]"),
    ({"type": "string", "pattern": r"^(x|y)\1$"}, '"y"'),
    ({"type": "object", "propertyNames": {"pattern": r"^(x|y)\1$"}}, '{"y":1}'),
    ({"not": {"multipleOf": 3}}, "6"),
    ({"const": 2**53 + 1}, str(2**53)),
    ({"type": "object", "patternProperties": {r"^(x)\1": {"type": "null"}},
      "additionalProperties": {"const": 1}}, '{"xx":1}'),
    ({"type": "array", "not": {"contains": True}}, "[1]"),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "text"), LENIENT)
def test_what_is_left_to_the_check_is_let_through(schema: object, text: str) -> None:
    matcher, coverage = compiled(schema)
    assert len(coverage.checked) == 1
    assert matcher.takes(text)


def test_what_is_left_to_the_check_does_not_free_the_rest() -> None:
    matcher, coverage = compiled({"type": "array", "contains": {"const": 7}, "items": {"minimum": 3}})
    assert [keyword.name for keyword in coverage.checked] == ["contains"]
    assert matcher.takes("[3]")
    assert not matcher.takes("[]")
    assert not matcher.takes("[2]")
    assert compiled({"type": "array", "not": {"contains": True}})[0].takes("[]")


WORDS = st.text("ab.]", max_size=4)


@given(st.lists(WORDS, max_size=4), WORDS)
def test_all_words_but_some(words: list[str], text: str) -> None:
    pattern = other_than(words)
    assert pattern is not None
    assert (re.search(pattern, text) is None) is (text in words)


def test_too_many_words_are_not_written_out() -> None:
    assert other_than([f"{number:04}" for number in range(100)]) is not None
    assert other_than([f"{number:04}" for number in range(1000)]) is None


NAMES = st.sampled_from(("a", "b", "c"))
SCALARS = (None, True, False, 0, 1, 2, 3.5, "", "x", "xy", "yx")
VALUES = st.recursive(
    st.sampled_from(SCALARS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)
COUNTS = st.integers(0, 3)
SOME_NAMES = st.lists(NAMES, unique=True, max_size=2)
TYPES = st.sampled_from(("null", "boolean", "integer", "number", "string", "array", "object"))
OF_VALUES: dict[str, SearchStrategy[Any]] = {
    "type": TYPES | st.lists(TYPES, min_size=1, max_size=3, unique=True),
    "const": st.sampled_from(SCALARS),
    "enum": st.lists(st.sampled_from(SCALARS), min_size=1, max_size=4, unique_by=repr),
    **dict.fromkeys((
        "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
        "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties",
    ), COUNTS),
    "multipleOf": st.sampled_from((1, 2, 0.5)),
    "pattern": st.sampled_from(("^x", "y$", "^[xy]*$", "^(?!x)", "x")),
    "uniqueItems": st.booleans(),
    "required": SOME_NAMES,
    "dependentRequired": st.dictionaries(NAMES, SOME_NAMES, min_size=1, max_size=1),
}  # fmt: skip


def of_schemas(inner: SearchStrategy[Any]) -> dict[str, SearchStrategy[Any]]:
    """The keywords that hold schemas."""
    some = st.lists(inner, min_size=1, max_size=3)
    one = (
        "additionalProperties", "propertyNames", "unevaluatedProperties", "items", "contains",
        "unevaluatedItems", "not", "if", "then", "else",
    )  # fmt: skip
    return {
        "properties": st.dictionaries(NAMES, inner, min_size=1, max_size=3),
        "patternProperties": st.dictionaries(st.sampled_from(("^a", "[bc]")), inner, min_size=1, max_size=1),
        "dependentSchemas": st.dictionaries(NAMES, inner, min_size=1, max_size=1),
        **dict.fromkeys(one, inner),
        **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), some),
    }


@st.composite
def schemas_of(draw: st.DrawFn, keywords: dict[str, SearchStrategy[Any]]) -> dict[str, Any]:
    chosen = draw(st.lists(st.sampled_from(sorted(keywords)), max_size=4, unique=True))
    return {key: draw(keywords[key]) for key in chosen}


FLAT = st.booleans() | schemas_of(OF_VALUES)
DEEPER = FLAT | schemas_of({**OF_VALUES, **of_schemas(FLAT)})
SCHEMAS = schemas_of({**OF_VALUES, **of_schemas(DEEPER)})


@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(SCHEMAS, st.lists(VALUES, min_size=6, max_size=6))
def test_of_any_small_schema_exactly_what_fits_is_let_through(
    schema: dict[str, Any], values: list[Any]
) -> None:
    """But for what is named as left to the check."""
    validator = Draft202012Validator(schema)
    fitting = [value for value in values if validator.is_valid(value)]
    try:
        matcher, coverage = compiled(schema)
    except SchemaRefused as error:
        event("contradiction")
        assert error.values["rule"] == "contradiction"  # noqa: PT017 - not every schema is refused
        assert fitting == []
        return
    written = [value for value in values if matcher.written(value) is not None]
    event("enforced" if coverage.is_full else "partly enforced")
    assert [value for value in fitting if value not in written] == [] or may_lose(schema)
    if coverage.is_full:
        assert [value for value in written if value not in fitting] == []


def may_lose(schema: dict[str, Any]) -> bool:
    """An object that fits one of several schemas and has a member that another requires, but not as it wants
    it, cannot be written where what it does not want cannot be said."""
    text = json.dumps(schema)
    return '"oneOf"' in text and '"required"' in text


@settings(max_examples=60)
@given(SCHEMAS, SCHEMAS, st.lists(VALUES, min_size=6, max_size=6))
def test_the_opposite_of_a_schema_and_the_schema_share_no_value(
    schema: dict[str, Any], other: dict[str, Any], values: list[Any]
) -> None:
    whole = {"allOf": [other], "not": schema}
    validator = Draft202012Validator(whole)
    try:
        matcher, coverage = compiled(whole)
    except SchemaRefused:
        assert not any(map(validator.is_valid, values))
        return
    if coverage.is_full:
        for value in values:
            is_written, is_valid = matcher.written(value) is not None, validator.is_valid(value)
            assert is_written is is_valid or (is_valid and may_lose(whole))
