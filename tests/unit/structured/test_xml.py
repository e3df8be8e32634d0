"""Answers as XML: what the grammar admits is read back, what is written is read back, what is odd is told."""

from __future__ import annotations

import json
import random
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from app.core.answer_format import Fault
from app.core.errors import SchemaRefused
from app.structured.schema import Schema, read_schema
from app.structured.xml import body_of, read_back, unenforced, write
from app.structured.xml_names import element_name, plain_name
from tests.helpers.byte_walk import ByteWalk

ORDER = {
    "title": "Order 订单",
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 8},
        "count": {"type": "integer", "minimum": 1, "maximum": 20},
        "price in €": {"type": ["number", "null"]},
        "paid": {"type": "boolean"},
        "kind": {"enum": ["a<b", "c & d", " ", 3, 4.5, False, None]},
        "always": {"const": "so"},
        "tags": {"type": "array", "items": {"type": "string", "maxLength": 3}, "maxItems": 3},
        "lines": {"type": "array", "minItems": 1, "maxItems": 2, "items": {"$ref": "#/$defs/line"}},
        "size": {
            "anyOf": [{"type": "integer", "minimum": 0, "maximum": 9}, {"const": "big"}, {"type": "null"}]
        },
    },
    "required": ["name", "count", "kind", "lines"],
    "additionalProperties": False,
    "$defs": {
        "line": {
            "type": ["object", "null"],
            "properties": {
                "text": {"type": "string", "minLength": 1, "maxLength": 3},
                "_x0041_": {"type": "boolean"},
            },
            "required": ["text"],
            "additionalProperties": False,
        }
    },
}
CHAIN = {
    "type": "object",
    "properties": {
        "value": {"type": "number", "minimum": -1, "maximum": 1},
        "next": {"anyOf": [{"$ref": "#"}, {"type": "null"}]},
    },
    "required": ["value"],
    "additionalProperties": False,
}
BOTH = {
    "allOf": [
        {"type": "object", "properties": {"a": {"type": "string", "maxLength": 2}}, "required": ["a"]},
        {"properties": {"b": {"$ref": "#/$defs/small", "description": "a small one"}}},
    ],
    "$defs": {"small": {"type": "integer", "allOf": [{"minimum": 3}, {"maximum": 5}]}},
    "unevaluatedProperties": False,
}
LIST = {
    "title": "xml list",
    "type": "array",
    "items": {"type": "array", "items": {"type": "integer"}, "maxItems": 2},
}
SCALAR = {"type": "string", "maxLength": 5}
SCHEMAS = {"order": ORDER, "chain": CHAIN, "both": BOTH, "list": LIST, "scalar": SCALAR}


def schema_of(document: object) -> Schema:
    return read_schema(json.dumps(document))


@pytest.mark.parametrize("document", SCHEMAS.values(), ids=SCHEMAS)
def test_every_text_of_the_grammar_is_sound_and_says_a_value_that_fits(document):
    schema = schema_of(document)
    assert unenforced(schema) == ()
    walk, dice = ByteWalk(body_of(schema)), random.Random(7)
    texts = [text for text in (walk.text(dice) for _ in range(60)) if text is not None]
    assert len(texts) > 20
    for text in texts:
        ElementTree.fromstring(text)
        value, faults = read_back(schema, text)
        assert faults == ()
        Draft202012Validator(document).validate(value)
        assert read_back(schema, write(schema, value)) == (value, ())


LETTERS = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
WORDS = st.text(LETTERS | st.sampled_from("<>&\"'\t\n\r]"), max_size=20)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
LINES = st.fixed_dictionaries({"text": WORDS}, optional={"_x0041_": st.booleans()})
VALUES = {
    "order": st.fixed_dictionaries(
        {
            "name": WORDS,
            "count": st.integers(1, 20),
            "kind": st.sampled_from(["a<b", "c & d", " ", 3, 4.5, False, None]),
            "lines": st.lists(LINES | st.none(), max_size=3),
        },
        optional={
            "price in €": NUMBERS | st.none(),
            "paid": st.booleans(),
            "always": st.just("so"),
            "tags": st.lists(WORDS),
            "size": st.integers(0, 9) | st.sampled_from(["big", None]),
        },
    ),
    "chain": st.recursive(
        st.fixed_dictionaries({"value": NUMBERS}),
        lambda inner: st.fixed_dictionaries({"value": NUMBERS, "next": inner | st.none()}),
    ),
    "both": st.fixed_dictionaries({"a": WORDS}, optional={"b": st.integers(3, 5)}),
    "list": st.lists(st.lists(st.integers())),
    "scalar": WORDS,
}


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_value_comes_back_as_it_was(name):
    schema = schema_of(SCHEMAS[name])

    @given(VALUES[name])
    def comes_back(value):
        text = write(schema, value)
        assert read_back(schema, text) == (value, ())
        ElementTree.fromstring(text)

    comes_back()


TEXT = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}


@pytest.fixture(scope="module")
def text_walk() -> ByteWalk:
    return ByteWalk(body_of(schema_of(TEXT)))


@given(text=WORDS)
def test_text_is_kept_to_the_letter_and_admitted_as_it_is_written(text_walk, text):
    written = write(schema_of(TEXT), {"a": text})
    assert ElementTree.fromstring(written).findtext("a", "") == text
    assert text_walk.admits(written)


def test_what_xml_cannot_hold_is_written_as_a_mark_and_never_admitted(text_walk):
    odd = "\x00\x01\x08\x0b\x0c\x1f\ufffe\uffff"
    written = write(schema_of(TEXT), {"a": odd + "\ud800"})
    assert read_back(schema_of(TEXT), written) == ({"a": "\N{REPLACEMENT CHARACTER}" * 9}, ())
    for char in odd + "\r<&>":
        assert not text_walk.admits(f"<answer><a>{char}</a></answer>")
    for escape in ("&#0;", "&#x1;", "&nbsp;", "&amp", "&;", "]]>", "<![CDATA[x]]>", "<!-- -->", "<?x ?>"):
        assert not text_walk.admits(f"<answer><a>{escape}</a></answer>")


def test_what_is_written_of_a_value_that_fits_is_admitted():
    schema = schema_of(ORDER)
    value = {
        "name": "a>b\r\n]]>",
        "count": 7,
        "price in €": -1.5e-07,
        "paid": True,
        "kind": "c & d",
        "tags": ["x", ""],
        "lines": [{"text": "日本"}, None],
        "size": None,
    }
    assert ByteWalk(body_of(schema)).admits(write(schema, value))
    assert (
        write(schema, {"lines": [], "count": 1}) == "<Order_订单><count>1</count><lines></lines></Order_订单>"
    )


NULL = {"type": "null"}


@pytest.mark.parametrize(
    ("part", "path", "rule"),
    [
        ({"type": ["string", "integer"]}, "$.properties.a", "type"),
        ({"enum": ["1", 1]}, "$.properties.a", "type"),
        ({"anyOf": [{"type": "boolean"}, {"const": "true"}]}, "$.properties.a", "type"),
        ({"enum": ["bell \u0007"]}, "$.properties.a", "enum"),
        ({"enum": [{"b": 1}]}, "$.properties.a", "enum"),
        ({"type": "string", "enum": [1, 2]}, "$.properties.a", "enum"),
        ({}, "$.properties.a", "type"),
        (True, "$.properties.a", "type"),
        ({"type": ["object", "string"], "properties": {"b": NULL}}, "$.properties.a", "type"),
        ({"type": "object"}, "$.properties.a", "properties"),
        ({"type": "object", "properties": {"b": NULL}, "required": ["c"]}, "$.properties.a", "required"),
        ({"type": "object", "properties": {"": NULL}}, "$.properties.a.properties['']", "properties"),
        ({"type": "array"}, "$.properties.a", "items"),
        ({"type": "array", "prefixItems": [{"type": "string"}]}, "$.properties.a", "prefixItems"),
        ({"anyOf": [NULL, {"const": 1}, {"type": "array", "items": NULL}]}, "$.properties.a", "anyOf"),
        ({"$ref": "#/$defs/missing"}, "$.properties.a", "$ref"),
        ({"$ref": "#anchor"}, "$.properties.a", "$ref"),
        ({"$ref": "#/properties/a"}, "$.properties.a", "$ref"),
        ({"$ref": "#", "minProperties": 1}, "$", "$ref"),
        ({"type": "integer", "allOf": [{"type": "string"}]}, "$.properties.a", "type"),
    ],
)  # fmt: skip
def test_what_cannot_be_written_is_refused_with_its_place(part, path, rule):
    document = {"type": "object", "properties": {"a": part}, "required": ["a"]}
    with pytest.raises(SchemaRefused) as caught:
        body_of(schema_of(document))
    assert (caught.value.values["path"], caught.value.values["rule"]) == (path, rule)
    assert caught.value.values["detail"]


def test_rules_that_the_grammar_does_not_hold_are_named():
    document = {
        "type": "object",
        "properties": {
            "a": {"type": "array", "items": {"type": "boolean"}, "uniqueItems": True},
            "b": {"oneOf": [{"type": "integer"}, {"type": "number", "minimum": 3}]},
            "c": {"type": "string", "not": {"const": "no"}},
        },
        "dependentRequired": {"a": ["b"]},
    }
    assert sorted(unenforced(schema_of(document))) == [
        ("$", "dependentRequired"),
        ("$.properties.a", "uniqueItems"),
        ("$.properties.b", "oneOf"),
        ("$.properties.c", "not"),
    ]


@pytest.mark.parametrize(
    ("options", "is_named"),
    [
        ([{"type": "string"}, NULL], False),
        ([{"const": "a"}, {"const": "b"}, {"const": 1}, {"type": "null"}], False),
        ([{"type": "integer"}, {"enum": ["a", True]}, NULL], False),
        ([{"type": "object", "properties": {"b": NULL}}, NULL], False),
        ([{"type": ["string", "null"]}, NULL], True),
        ([{"const": "a"}, {"enum": ["a", "b"]}], True),
        ([{"type": "string"}, {"const": "a"}], True),
        ([{"type": "integer"}, {"const": 1.0}], True),
        ([{"const": 1}, {"const": 1.0}], True),
        ([{"type": "integer"}, {"type": "number"}], True),
    ],
)
def test_one_of_several_is_held_where_no_value_fits_two(options, is_named):
    schema = schema_of({"type": "object", "properties": {"a": {"oneOf": options}}})
    assert unenforced(schema) == ((("$.properties.a", "oneOf"),) if is_named else ())


def fault_of(text: str, document: object = CHAIN) -> tuple[str, str]:
    value, faults = read_back(schema_of(document), text)
    assert faults, value
    return faults[0].path, faults[0].rule


@pytest.mark.parametrize(
    "text",
    [
        "",
        "value",
        "<answer>",
        "<answer><value>1</value></answer><answer/>",
        "<other><value>1</value></other>",
        "<answer><value>1</value>\x00</answer>",
        "<answer><value>\ud800</value></answer>",
        '<!DOCTYPE answer [<!ENTITY e "1">]><answer><value>&e;</value></answer>',
        '<!DOCTYPE answer SYSTEM "file:///etc/passwd"><answer><value>1</value></answer>',
        "<answer><value>&nbsp;</value></answer>",
        "<answer>" + "<next>" * 300 + "</next>" * 300 + "</answer>",
        "<answer>" * 100_000,
    ],
)
def test_what_is_no_document_of_ours_has_a_fault(text):
    assert fault_of(text) == ("$", "syntax")


@pytest.mark.parametrize(
    ("text", "path", "rule"),
    [
        ("<answer>1<value>1</value></answer>", "$", "syntax"),
        ("<answer kind='x'><value>1</value></answer>", "$", "syntax"),
        ("<answer nil='false'><value>1</value></answer>", "$", "syntax"),
        ("<answer><value>1<b/></value></answer>", "$.value", "syntax"),
        ("<answer><value>1</value><value>2</value></answer>", "$", "duplicate"),
        ("<answer><value>1</value><next><other/></next></answer>", "$.next", "additionalProperties"),
        ("<answer><value>1</value><next nil='true'>x</next></answer>", "$.next", "syntax"),
    ],
)
def test_what_would_be_lost_in_reading_has_a_fault(text, path, rule):
    assert fault_of(text) == (path, rule)


def test_only_items_are_in_an_array():
    assert fault_of("<_xml_list><item><thing>1</thing></item></_xml_list>", LIST) == ("$[0]", "syntax")


def test_a_document_may_be_laid_out_and_declared():
    text = '<?xml version="1.0"?>\n<answer>\n  <value> 1</value>\n  <next nil="true"/>\n</answer>\n'
    assert read_back(schema_of(CHAIN), text) == ({"value": " 1", "next": None}, ())


def test_a_number_no_program_can_hold_is_left_for_the_check():
    text = "<answer><value>1e999</value></answer>"
    assert read_back(schema_of(CHAIN), text) == ({"value": "1e999"}, ())
    huge = "9" * 5000
    assert read_back(schema_of(CHAIN), f"<answer><value>{huge}</value></answer>") == ({"value": huge}, ())


def test_a_fault_is_one_of_the_core():
    assert read_back(schema_of(CHAIN), "<a/>") == (
        None,
        (Fault("$", "syntax", "the root element is a, not answer"),),
    )


NAMES = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("_x0041:-. xml"), min_size=1, max_size=12
)


@given(st.lists(NAMES, min_size=2, max_size=2, unique=True))
def test_names_of_properties_become_names_of_elements_and_differ(names):
    elements = [element_name(name) for name in names]
    assert elements[0] != elements[1]
    for element in elements:
        assert ElementTree.fromstring(f"<{element}/>").tag == element
        assert not element.lower().startswith("xml")


@given(st.text(max_size=80))
def test_any_title_becomes_a_name_or_nothing(title):
    name = plain_name(title)
    assert name == "" or ElementTree.fromstring(f"<{name}/>").tag == name


def test_names_that_read_well():
    assert plain_name("Quarterly report") == "Quarterly_report"
    assert plain_name("季度报告 (Q3)") == "季度报告_Q3"
    assert plain_name("<3>") == "_3" and plain_name("!?") == "" and plain_name("XML file") == "_XML_file"
    assert element_name("unit price") == "unit_x0020_price" and element_name("_x0041_") == "_x005F_x0041_"
