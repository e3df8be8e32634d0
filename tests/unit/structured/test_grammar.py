"""The grammar of a JSON answer: what it enforces, what it leaves to the check, how an answer is written."""

from __future__ import annotations

import json

import pytest

from app.core.answer_format import AnswerFormat, Notation
from app.core.errors import SchemaRefused
from app.structured.coverage import Coverage, Keyword
from app.structured.grammar import grammar_of
from app.structured.json_grammar import DEEPEST
from tests.helpers.byte_matcher import ByteMatcher


def coverage_of(schema: object) -> Coverage:
    return grammar_of(AnswerFormat("", json.dumps(schema))).coverage


def matcher_of(schema: object) -> ByteMatcher:
    return ByteMatcher(grammar_of(AnswerFormat("", json.dumps(schema))).text)


def left_to_check(schema: object) -> list[tuple[str, str]]:
    """Path and keyword of each."""
    return [(keyword.path, keyword.name) for keyword in coverage_of(schema).checked]


NAMES = {"type": "object", "properties": {"b": {"type": "integer"}, "a": {"type": "integer"}, "ü": True}}
ENFORCED = [
    ({"type": "integer", "minimum": -3, "maximum": 3},
     ["-3", "0", "3"], ["-4", "4", "0.5", "1e0", "01", '"0"']),
    ({"type": "number", "exclusiveMinimum": 0, "maximum": 1}, ["0.5", "1"], ["0", "1.1", "-0.5"]),
    ({"type": "integer", "multipleOf": 7}, ["0", "14", "-7"], ["1", "15"]),
    ({"type": "number", "multipleOf": 0.25}, ["0.25", "3", "3.50"], ["0.3", "3.1"]),
    ({"type": "string", "minLength": 2, "maxLength": 3},
     ['"ab"', '"属属属"', '"😀😀"'], ['"a"', '"😀"', '"abcd"']),
    ({"type": "string", "pattern": "^a+$"}, ['"a"', '"aaa"'], ['""', '"ab"', '"a\\n"']),
    ({"type": "string", "pattern": "b"}, ['"abc"', '"b"'], ['""', '"ac"']),
    ({"type": "string", "pattern": "^.$"}, ['"é"', '"."'], ['"\\n"', '"ab"']),
    ({"type": "string", "format": "date"}, ['"2024-02-29"'], ['"2025-02-29"', '"x"']),
    ({"enum": ["a", 1, None, [True], {"k": "v"}]},
     ['"a"', "1", "null", "[true]", '{"k":"v"}'], ['"b"', "true", "{}"]),
    ({"const": {"b": 1, "a": [2]}}, ['{"b":1,"a":[2]}'], ['{"b":1}', '{"b":1,"a":[3]}']),
    ({"type": ["null", "boolean"]}, ["null", "true", "false"], ["0", '"null"']),
    ({"type": "array", "items": {"type": "null"}, "minItems": 1, "maxItems": 2}, ["[null]", "[null,null]"],
     ["[]", "[null,null,null]", "[1]"]),
    ({"type": "array", "prefixItems": [{"const": 1}], "items": {"const": 2}},
     ["[]", "[1]", "[1,2,2]"], ["[2]", "[1,1]"]),
    ({**NAMES, "required": ["a"]},
     ['{"a":1}', '{"b":1,"a":2}', '{"a":1,"z":[]}'], ["{}", '{"b":1}', '{"a":"x"}']),
    ({**NAMES, "additionalProperties": False}, ["{}", '{"ü":{}}'], ['{"z":1}']),
    ({"type": "object", "additionalProperties": {"type": "null"}}, ["{}", '{"x":null}'], ['{"x":1}', "[]"]),
    ({"type": "object", "patternProperties": {"^x": {"const": 1}}, "additionalProperties": False},
     ['{"xy":1}'], ['{"xy":2}', '{"y":1}']),
    ({"anyOf": [{"const": 1}, {"type": "null"}]}, ["1", "null"], ["2"]),
    ({"allOf": [{"type": "integer"}, {"minimum": 3}, {"maximum": 4}]}, ["3", "4"], ["2", "5", "3.5"]),
    ({"$defs": {"n": {"type": "null"}}, "type": "array", "items": {"$ref": "#/$defs/n"}},
     ["[null]"], ["[0]"]),
    ({"type": "array", "items": {"$ref": "#"}}, ["[]", "[[],[[]]]"], ["[1]", "{}"]),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "fitting", "others"), ENFORCED)
def test_what_is_enforced_while_sampling(schema: object, fitting: list[str], others: list[str]) -> None:
    assert coverage_of(schema) == Coverage()
    matcher = matcher_of(schema)
    assert [text for text in fitting if not matcher.takes(text)] == []
    assert [text for text in others if matcher.takes(text)] == []


TWICE = r"^(a|b)\1$"
"""No automaton can tell whether a group comes again."""

CHECKED = [
    ({"type": "string", "pattern": TWICE}, "pattern"),
    ({"type": "string", "format": "regex"}, "format"),
    ({"type": "object", "patternProperties": {TWICE: {"type": "null"}}}, "patternProperties"),
    ({"type": "object", "propertyNames": {"pattern": TWICE}}, "propertyNames"),
    ({"type": "object", "propertyNames": {"format": "regex"}}, "propertyNames"),
    ({"type": "array", "uniqueItems": True, "items": {"multipleOf": 2}}, "uniqueItems"),
    ({"type": "array", "contains": {"const": 1}}, "contains"),
    ({"type": "array", "contains": {"const": 1}, "maxContains": 2, "maxItems": 3}, "maxContains"),
    ({"type": "array", "contains": {"const": 1}, "minContains": 2, "maxItems": 3}, "minContains"),
    ({"not": {"pattern": TWICE}}, "not"),
    ({"not": {"multipleOf": 3}}, "not"),
    ({"type": "number", "oneOf": [{"multipleOf": 3}, {"multipleOf": 2}]}, "oneOf"),
    ({"type": "number", "if": {"multipleOf": 3}, "then": {"minimum": 3}, "else": {"maximum": 5}}, "if"),
    (
        {"type": "array", "anyOf": [{"prefixItems": [True]}, True], "unevaluatedItems": False},
        "unevaluatedItems",
    ),
    ({"type": "object", "properties": {"a": True}, "maxProperties": 3}, "maxProperties"),
    ({"type": "object", "properties": dict.fromkeys("abcdefgh", True), "minProperties": 4}, "minProperties"),
    ({"const": 2**53 + 1}, "const"),
    ({"enum": [1, 2**60 + 1]}, "enum"),
    ({"type": "number", "minimum": 10**16}, "minimum"),
]


@pytest.mark.parametrize(("schema", "name"), CHECKED)
def test_each_keyword_that_is_not_enforced_is_named_with_its_place(schema: object, name: str) -> None:
    assert left_to_check(schema) == [("$", name)]
    inner = {"type": "object", "properties": {"a": {"type": "null"}, "b c": schema}}
    assert left_to_check(inner) == [("$.properties['b c']", name)]


def test_places_are_those_of_the_author_not_of_the_rewriting() -> None:
    unknown = {"type": "string", "pattern": TWICE}
    schema = {
        "$defs": {"word": unknown},
        "type": "object",
        "properties": {
            "a": {"$ref": "#/$defs/word"},
            "b": {"type": "array", "items": unknown},
            "c": {"anyOf": [{"type": "null"}, unknown]},
            "d": {"oneOf": [{"type": "null"}, unknown]},
        },
        "if": {"properties": {"a": {"const": "x"}}, "required": ["a"]},
        "then": {"properties": {"e": unknown}},
    }
    assert {path for path, _ in left_to_check(schema)} == {
        "$['$defs'].word",
        "$.properties.b.items",
        "$.properties.c.anyOf[1]",
        "$.properties.d.oneOf[1]",
        "$.then.properties.e",
    }


@pytest.mark.parametrize(
    ("schema", "keyword"),
    [
        ({"$schema": "http://json-schema.org/draft-07/schema#", "type": "object",
          "dependencies": {"a": {"properties": {"b": {"type": "string", "pattern": TWICE}}}}},
         Keyword("$.dependencies.a.properties.b", "pattern")),
        ({"$schema": "http://json-schema.org/draft-07/schema#", "type": "array",
          "items": [{"type": "string", "format": "regex"}]}, Keyword("$.items[0]", "format")),
        ({"$schema": "http://json-schema.org/draft-07/schema#", "type": "array", "items": [True],
          "additionalItems": {"type": "string", "format": "regex"}}, Keyword("$.additionalItems", "format")),
    ],
)  # fmt: skip
def test_places_and_names_are_in_the_spelling_of_the_draft(schema: object, keyword: Keyword) -> None:
    assert coverage_of(schema).checked == (keyword,)


def test_formats_that_mean_nothing_are_told_apart() -> None:
    schema = {"properties": {"a": {"type": "string", "format": "semver"}, "b": {"format": "regex"}}}
    found = coverage_of(schema)
    assert found.ignored == (Keyword("$.properties.a", "format"),)
    assert found.checked == (Keyword("$.properties.b", "format"),)
    assert not found.is_full
    assert coverage_of({"format": "semver"}).is_full


@pytest.mark.parametrize(
    "guidance",
    [{"whitespace_flexible": True}, {"item_separator": ";"}, {"key_separator": " = "}, {"lenient": True}, 7],
)
def test_what_a_person_writes_for_the_engine_is_ignored(guidance: object) -> None:
    schema = {**NAMES, "x-guidance": guidance, "additionalProperties": False}
    matcher = matcher_of(schema)
    assert matcher.takes('{"b":1,"a":2}')
    assert not matcher.takes('{"b":1, "a":2}')
    assert not matcher.takes('{"b":1;"a":2}')
    inner = matcher_of({"type": "object", "properties": {"x": schema}})
    assert inner.takes('{"x":{"b":1,"a":2}}')
    assert not inner.takes('{"x":{ "b":1}}')


@pytest.mark.parametrize(
    "text",
    [' {"b":1}', '{ "b":1}', '{"b" :1}', '{"b": 1}', '{"b":1 }', '{"b":1}\n', '{"b":1, "a":1}', '{"ü":[ ]}'],
)
def test_answers_have_no_white_space(text: str) -> None:
    assert not matcher_of(NAMES).takes(text)
    assert matcher_of(NAMES).takes("".join(text.split()))


def test_members_come_in_the_order_of_the_schema() -> None:
    matcher = matcher_of({**NAMES, "required": ["a", "b"]})
    assert matcher.takes('{"b":1,"a":2}')
    assert matcher.takes('{"b":1,"a":2,"ü":0,"more":0}')
    assert not matcher.takes('{"a":2,"b":1}')
    assert not matcher.takes('{"more":0,"b":1,"a":2}')


def test_rewriting_keeps_the_order() -> None:
    schema = {
        **NAMES,
        "dependentRequired": {"ü": ["a", "b"]},
        "minProperties": 1,
        "if": {"properties": {"a": {"const": 1}}},
        "then": {"properties": {"a": {}, "b": {"maximum": 5}}},
        "additionalProperties": False,
    }
    assert coverage_of(schema).is_full
    matcher = matcher_of(schema)
    assert matcher.written({"ü": None, "a": 1, "b": 5}) == '{"b":5,"a":1,"ü":null}'
    assert matcher.written({"ü": None, "a": 1, "b": 6}) is None


def test_texts_are_well_formed() -> None:
    matcher = matcher_of({"type": "string"})
    assert matcher.takes('"\\" \\\\ \\n \\u001f é 😀"')
    for text in ('"\n"', '"\t"', '"', '"\\x"', '"\\u00"', '"a"b'):
        assert not matcher.takes(text)


def test_schemas_inside_each_other_have_a_limit() -> None:
    def chain(length: int) -> object:
        links = {f"d{n}": {"type": "array", "items": {"$ref": f"#/$defs/d{n + 1}"}} for n in range(length)}
        return {"$defs": {**links, f"d{length}": {"type": "null"}}, "$ref": "#/$defs/d0"}

    assert coverage_of(chain(DEEPEST // 4)).is_full
    with pytest.raises(SchemaRefused) as caught:
        coverage_of(chain(DEEPEST))
    assert caught.value.values["rule"] == "depth"


def test_what_would_be_too_large_written_out_is_left_to_the_check() -> None:
    conditions = [
        {"if": {"properties": {f"p{n}": {"const": n}}, "required": [f"p{n}"]}, "then": {"required": ["x"]}}
        for n in range(30)
    ]
    assert {name for _, name in left_to_check({"type": "object", "allOf": conditions})} == {"if"}


def test_other_notations_have_grammars_of_their_own() -> None:
    choice = grammar_of(AnswerFormat("", '{"enum":["yes","no"]}', Notation.CHOICE))
    assert ByteMatcher(choice.text).takes("yes")
    assert not ByteMatcher(choice.text).takes('"yes"')


@pytest.mark.parametrize("notation", Notation)
def test_an_unsound_schema_is_refused_in_every_notation(notation: Notation) -> None:
    with pytest.raises(SchemaRefused):
        grammar_of(AnswerFormat("", '{"type":"strin"}', notation))


@pytest.mark.parametrize("length", [46, 1500, 20_000])
def test_a_long_word_that_is_forbidden_is_left_to_the_check_under_its_own_name(length: int) -> None:
    schema = json.dumps({"type": "string", "not": {"const": "x" * length}})
    assert grammar_of(AnswerFormat("x", schema)).coverage.checked == (Keyword("$", "not"),)
