"""Schemas that are refused, each by the path of its fault; the limits; the spellings of every draft."""

from __future__ import annotations

import json

import pytest

from app.core.answer_format import Fault
from app.core.errors import SchemaRefused
from app.structured.dialect import Draft, modern
from app.structured.json_grammar import json_grammar
from app.structured.schema import DEEPEST, LONGEST_PATTERN, LONGEST_TEXT, read_schema, schema_faults
from tests.helpers.byte_matcher import ByteMatcher


def faults_of(document: object) -> list[tuple[str, str]]:
    """Path and rule of each."""
    return [(fault.path, fault.rule) for fault in schema_faults(json.dumps(document))]


def nested(levels: int) -> object:
    document: object = {}
    for _ in range(levels - 1):
        document = {"items": document}
    return document


def contradiction_in(document: object) -> str:
    """The path at which no value can fit."""
    with pytest.raises(SchemaRefused) as caught:
        json_grammar(read_schema(json.dumps(document)))
    assert caught.value.values["rule"] == "contradiction"
    return str(caught.value.values["path"])


def test_a_sound_schema_is_kept_compact_in_its_authors_order() -> None:
    schema = read_schema(' {"title": "T",\n "type": "object", "properties": {"z": {}, "属": {}, "a": {}}} ')
    assert schema.text == '{"title":"T","type":"object","properties":{"z":{},"属":{},"a":{}}}'
    assert (schema.title, schema.description) == ("T", "")


@pytest.mark.parametrize("text", ["true", "false", "{}"])
def test_the_shortest_schemas_are_read(text: str) -> None:
    assert read_schema(text).title == ""


def test_the_size_is_counted_in_bytes() -> None:
    room = LONGEST_TEXT - len('{"title":""}')
    assert schema_faults(json.dumps({"title": "x" * room}, separators=(",", ":"))) == ()
    text = '{"title":"' + "é" * (room // 2 + 1) + '"}'
    assert len(text) < LONGEST_TEXT
    assert schema_faults(text) == (
        Fault("$", "size", f"{len(text.encode())} bytes, more than {LONGEST_TEXT}"),
    )


def test_the_depth_has_a_limit() -> None:
    assert faults_of(nested(DEEPEST)) == []
    assert faults_of(nested(DEEPEST + 1)) == [("$" + ".items" * DEEPEST, "depth")]


@pytest.mark.parametrize("opening", ["[", '{"":', '{"not":'])
def test_sixty_thousand_brackets_are_refused_before_they_are_followed(opening: str) -> None:
    (fault,) = schema_faults(opening * 60_000)
    assert fault.rule == ("depth" if len(opening) * 60_000 <= LONGEST_TEXT else "size")


def test_sixty_thousand_groups_in_a_pattern_are_refused_by_its_length() -> None:
    text = json.dumps({"pattern": "(" * 60_000 + ")" * 60_000})
    assert schema_faults(text) == (Fault("$.pattern", "regex", f"more than {LONGEST_PATTERN} characters"),)


def test_the_length_of_patterns_has_a_limit() -> None:
    assert faults_of({"pattern": "a" * LONGEST_PATTERN}) == []
    assert faults_of({"pattern": "a" * (LONGEST_PATTERN + 1)}) == [("$.pattern", "regex")]
    named: object = {"properties": {"x": {"patternProperties": {"b" * (LONGEST_PATTERN + 1): {}}}}}
    path = "$.properties.x.patternProperties." + "b" * 50
    assert faults_of(named) == [(path, "regex")]


@pytest.mark.parametrize(
    "pattern", ["[", "(", ")", "a**", "a{3,1}", "a{100001}", "[z-a]", "(?x)", "\\u12", "+"]
)
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    assert faults_of({"items": {"pattern": pattern}}) == [("$.items.pattern", "regex")]


@pytest.mark.parametrize("pattern", ["(?<=a)b", "(?=a)", "(?!a)", r"(a)\1", r"\bx", "a{", "]", r"\p{Lu}"])
def test_patterns_that_only_a_check_can_match_are_sound(pattern: str) -> None:
    assert faults_of({"pattern": pattern}) == []


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("https://example.com/s.json", "https://example.com/s.json is not in the schema"),
        ("file:///etc/passwd", "file:///etc/passwd is not in the schema"),
        ("other.json#/x", "other.json#/x is not in the schema"),
        ("#/$defs/none", "#/$defs/none is not in the schema"),
        ("#/title", "#/title is not in the schema"),
    ],
)
def test_references_lead_nowhere_but_into_the_schema(reference: str, said: str) -> None:
    document = {"title": "T", "properties": {"a": {"$ref": reference}}}
    assert schema_faults(json.dumps(document)) == (Fault("$.properties.a", "$ref", said),)


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({"$ref": "#"}, "$"),
        ({"type": "object", "properties": {"a": {"$ref": "#"}}, "required": ["a"]}, "$"),
        ({"type": "array", "minItems": 1, "items": {"$ref": "#"}}, "$"),
        (
            {
                "$defs": {"x": {"allOf": [{"$ref": "#/$defs/y"}]}, "y": {"anyOf": [{"$ref": "#/$defs/x"}]}},
                "properties": {"p": {"$ref": "#/$defs/x"}},
            },
            "$['$defs'].x",
        ),
        (
            {
                "$defs": {
                    "x": {"type": "object", "properties": {"n": {"$ref": "#/$defs/x"}}, "required": ["n"]}
                },
                "type": "object",
                "properties": {"p": {"$ref": "#/$defs/x"}},
                "required": ["p"],
            },
            "$['$defs'].x",
        ),
        ({"$defs": {f"d{n}": {"$ref": f"#/$defs/d{n + 1}"} for n in range(80)} | {"d80": {}},
          "$ref": "#/$defs/d0"}, "$"),
    ],
)  # fmt: skip
def test_recursion_without_an_end_is_refused(document: object, path: str) -> None:
    assert faults_of(document) == [(path, "$ref")]


@pytest.mark.parametrize(
    "document",
    [
        {"type": "object", "properties": {"a": {"$ref": "#"}}},
        {"type": "array", "items": {"$ref": "#"}},
        {
            "type": "object",
            "properties": {"a": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}},
            "required": ["a"],
        },
        {"type": ["object", "null"], "properties": {"a": {"$ref": "#"}}, "required": ["a"]},
    ],
)
def test_recursion_with_an_end_is_sound(document: object) -> None:
    assert faults_of(document) == []


@pytest.mark.parametrize(
    ("document", "path"),
    [
        (False, "$"),
        ({"enum": []}, "$"),
        ({"allOf": [{"type": "string"}, {"type": "integer"}]}, "$"),
        (
            {
                "type": "object",
                "properties": {"a": {"type": "integer", "minimum": 5, "maximum": 3}},
                "required": ["a"],
            },
            "$.properties.a",
        ),
        ({"type": "object", "properties": {"x y": {"type": "string", "minLength": 2, "maxLength": 1}},
          "required": ["x y"]}, "$.properties['x y']"),
        ({"type": "array", "prefixItems": [True, {"type": "string", "minLength": 4, "maxLength": 2}],
          "minItems": 2}, "$.prefixItems[1]"),
        ({"type": "array", "items": {"type": "null", "const": 1}, "minItems": 1}, "$.items"),
        ({"$defs": {"n": {"type": "integer", "exclusiveMinimum": 1, "exclusiveMaximum": 2}},
          "type": "object", "properties": {"a": {"$ref": "#/$defs/n"}}, "required": ["a"]}, "$['$defs'].n"),
    ],
)  # fmt: skip
def test_contradictions_are_named_where_they_stand(document: object, path: str) -> None:
    assert faults_of(document) == []
    assert contradiction_in(document) == path


@pytest.mark.parametrize(
    ("text", "path", "rule"),
    [
        ("", "$", "syntax"),
        ('{"a":1,}', "$", "syntax"),
        ('{"type":"object"', "$.type", "syntax"),
        ("{'type':'object'}", "$", "syntax"),
        ('{"type":"object"} {}', "$", "syntax"),
        ('{"properties":{"a":{"type":"null","type":"null"}}}', "$.properties.a.type", "duplicate"),
        ('{"minimum":NaN}', "$.minimum", "number"),
        ('{"maximum":-Infinity}', "$.maximum", "number"),
        ('{"items":{"minimum":1e400}}', "$.items.minimum", "number"),
        ('{"enum":[1,"\\ud800"]}', "$.enum[1]", "surrogate"),
        ("[]", "$", "type"),
        ("3", "$", "type"),
        ("null", "$", "type"),
        ('"{}"', "$", "type"),
    ],
)
def test_what_is_no_json_and_no_schema_is_refused_by_path(text: str, path: str, rule: str) -> None:
    assert [(fault.path, fault.rule) for fault in schema_faults(text)] == [(path, rule)]
    with pytest.raises(SchemaRefused) as caught:
        read_schema(text)
    assert (caught.value.values["path"], caught.value.values["rule"]) == (path, rule)


def test_every_fault_is_told_with_its_path() -> None:
    document = {
        "properties": {
            "a": {"type": "strin"},
            "b c": {"minimum": "1"},
            "d": {"items": {"multipleOf": 0, "required": ["x", "x"]}},
        },
        "anyOf": [],
        "$defs": {"e": {"minLength": -1}, "f": 3},
    }
    assert sorted(faults_of(document)) == [
        ("$.anyOf", "minItems"),
        ("$.properties.a.type", "enum"),
        ("$.properties.d.items.multipleOf", "exclusiveMinimum"),
        ("$.properties.d.items.required", "uniqueItems"),
        ("$.properties['b c'].minimum", "type"),
        ("$['$defs'].e.minLength", "minimum"),
        ("$['$defs'].f", "type"),
    ]


@pytest.mark.parametrize(
    ("wrong", "rule"), [("strin", "enum"), (5, "enum"), (["strin"], "enum"), ([], "minItems")]
)
def test_of_a_choice_what_was_meant_is_told(wrong: object, rule: str) -> None:
    """A draft's own schema says anyOf of what may stand after `type`."""
    assert [found for _, found in faults_of({"type": wrong})] == [rule]


def test_several_patterns_and_references_are_told_together() -> None:
    document = {"properties": {"a": {"pattern": "["}, "b": {"$ref": "#/no"}, "c": {"pattern": "("}}}
    assert sorted(faults_of(document)) == [
        ("$.properties.a.pattern", "regex"),
        ("$.properties.b", "$ref"),
        ("$.properties.c.pattern", "regex"),
    ]


def test_each_fault_is_told_once() -> None:
    assert faults_of({"properties": {"f": 3}}) == [("$.properties.f", "type")]
    assert [fault.path for fault in schema_faults('{"a":1,"a":1,"a":1}')] == ["$.a"]


def test_details_are_short_and_faults_are_few() -> None:
    many = {"properties": {f"p{n}": {"enum": 1, "type": 1, "minimum": ""} for n in range(100)}}
    found = schema_faults(json.dumps(many))
    assert len(found) == 50
    assert max(len(fault.detail) for fault in found) <= 200


DIALECTS = [
    (Draft.D4, {"minimum": 1, "exclusiveMinimum": True}, {"exclusiveMinimum": 1}),
    (Draft.D4, {"maximum": 1, "exclusiveMaximum": False}, {"maximum": 1}),
    (Draft.D4, {"const": 1, "if": {}}, {}),
    (Draft.D6, {"const": 1, "contains": {}, "if": {}}, {"const": 1, "contains": {}}),
    (Draft.D7, {"if": {}, "then": {}, "unevaluatedItems": {}}, {"if": {}, "then": {}}),
    (Draft.D7, {"$ref": "#/x", "type": "null"}, {"$ref": "#/x"}),
    (Draft.D7, {"items": [{}, True], "additionalItems": False}, {"prefixItems": [{}, True], "items": False}),
    (Draft.D7, {"items": {}, "additionalItems": False}, {"items": {}}),
    (
        Draft.D7,
        {"dependencies": {"a": ["b"], "c": {"type": "object"}}},
        {"dependentRequired": {"a": ["b"]}, "dependentSchemas": {"c": {"type": "object"}}},
    ),
    (Draft.D2019, {"$recursiveRef": "#", "type": "null"}, {"$ref": "#", "type": "null"}),
    (Draft.D2019, {"dependencies": {"a": ["b"]}}, {}),
    (Draft.D2019, {"items": [{}], "prefixItems": [False]}, {"prefixItems": [{}]}),
    (Draft.D2020, {"$dynamicRef": "#x"}, {"$ref": "#x"}),
    (Draft.D2020, {"additionalItems": False, "prefixItems": [{}]}, {"prefixItems": [{}]}),
]  # fmt: skip


@pytest.mark.parametrize(("draft", "old", "new"), DIALECTS)
def test_every_draft_reads_as_the_newest(
    draft: Draft, old: dict[str, object], new: dict[str, object]
) -> None:
    assert modern(old, draft) == new


@pytest.mark.parametrize("draft", Draft)
@pytest.mark.parametrize("spelling", ["http://{}", "http://{}#", "https://{}"])
def test_the_draft_is_named_by_schema(draft: Draft, spelling: str) -> None:
    assert read_schema(json.dumps({"$schema": spelling.format(draft)})).draft is draft


@pytest.mark.parametrize(
    ("document", "draft"),
    [
        ({"type": "string"}, Draft.D2020),
        ({"items": [{}]}, Draft.D7),
        ({"minimum": 1, "exclusiveMinimum": True}, Draft.D4),
        ({"$schema": "https://example.com/mine", "items": [{}]}, Draft.D7),
    ],
)
def test_without_a_name_the_newest_draft_whose_rules_it_keeps_is_meant(
    document: object, draft: Draft
) -> None:
    assert read_schema(json.dumps(document)).draft is draft


@pytest.mark.parametrize(
    ("document", "fits", "other"),
    [
        ({"type": "integer", "minimum": 1, "exclusiveMinimum": True}, "2", "1"),
        ({"type": "array", "items": [{"const": 1}], "additionalItems": False, "minItems": 1}, "[1]", "[1,1]"),
        ({"definitions": {"a": {"type": "null"}}, "properties": {"x": {"$ref": "#/definitions/a"}},
          "type": "object"}, '{"x":null}', '{"x":1}'),
        ({"type": "object", "properties": {"a": {"const": 1}, "b": {"const": 2}},
          "additionalProperties": False, "dependencies": {"a": ["b"]}, "$schema": "http://json-schema.org/draft-07/schema#"},
         '{"a":1,"b":2}', '{"a":1}'),
    ],
)  # fmt: skip
def test_old_spellings_are_enforced(document: object, fits: str, other: str) -> None:
    text, coverage, _ = json_grammar(read_schema(json.dumps(document)))
    assert coverage.is_full
    matcher = ByteMatcher(text)
    assert matcher.takes(fits)
    assert not matcher.takes(other)
