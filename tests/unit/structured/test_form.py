"""A schema as a form: what the form shows can be changed, and everything else stays as it was."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from app.core.answer_format import Fault
from app.structured.example import schema_from_example
from app.structured.fields import EMPTY, ROOTS, Field, Form, Kind, chain, chained
from app.structured.form import also, as_kind, beyond_form, form_of, is_choice, schema_of
from tests.unit.structured.test_example import EXAMPLES

WORDS = st.text(st.characters(codec="utf-8"), max_size=8)
CHOICES = st.lists(WORDS.filter(is_choice), unique=True, max_size=4).map(tuple)
PLAIN = (Kind.TEXT, Kind.WHOLE, Kind.NUMBER, Kind.YES_NO, Kind.DATE)


def _named(fields: list[Field]) -> tuple[Field, ...]:
    return tuple({field.name: field for field in fields}.values())


def _holding(inner: st.SearchStrategy[Field]) -> st.SearchStrategy[Field]:
    anything = {
        "name": WORDS,
        "description": WORDS,
        "is_required": st.booleans(),
        "can_be_null": st.booleans(),
    }
    items = inner.map(lambda field: replace(field, name="", is_required=True))
    groups = st.builds(
        Field, kind=st.just(Kind.GROUP), fields=st.lists(inner, max_size=4).map(_named), **anything
    )
    return groups | st.builds(Field, kind=st.just(Kind.LIST), items=items, **anything)


_LEAVES = st.builds(
    Field, WORDS, st.sampled_from(PLAIN), WORDS, is_required=st.booleans(), can_be_null=st.booleans()
) | st.builds(Field, WORDS, st.just(Kind.CHOICE), WORDS, st.booleans(), st.booleans(), CHOICES)
FIELDS = st.recursive(_LEAVES, _holding, max_leaves=10)
ROOT_FIELDS = (_holding(FIELDS) | _LEAVES).filter(lambda field: field.kind in ROOTS)
FORMS = st.builds(Form, WORDS, ROOT_FIELDS.map(lambda field: replace(field, name="", is_required=True)))

RICH: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Invoice",
    "type": "object",
    "x-order": 1,
    "required": ["total", "number"],
    "properties": {
        "number": {"type": "string", "maxLength": 40, "pattern": "^[A-Z]", "description": "As printed."},
        "total": {"minimum": 0, "type": ["null", "number"], "description": ""},
        "kind": {"enum": ["credit", None, "debit"]},
        "due": {"type": "string", "format": "date", "$comment": "no time"},
        "mail": {"type": "string", "format": "email"},
        "lines": {
            "type": "array",
            "minItems": 1,
            "items": {
                "properties": {"what": {"type": "string"}, "count": {"type": "integer", "maximum": 99}},
                "type": "object",
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}


def _fields(form: Form) -> dict[str, Field]:
    return {field.name: field for field in form.fields}


def _with(form: Form, which: str, **changes: Any) -> Form:
    fields = tuple(replace(f, **changes) if f.name == which else f for f in form.fields)
    return replace(form, root=replace(form.root, fields=fields))


def _seen(field: Field) -> Field:
    """A field without what it was read from."""
    items = _seen(field.items) if field.items else None
    return replace(field, kept="", items=items, fields=tuple(map(_seen, field.fields)))


@given(FORMS)
def test_a_form_comes_back_from_its_schema(form: Form) -> None:
    text = schema_of(form)
    back = form_of(text)
    assert back is not None
    assert (back.title, _seen(back.root)) == (form.title, _seen(form.root))
    assert schema_of(back) == text


@given(FORMS.filter(lambda form: _all_choices(form.root)))
def test_a_form_makes_a_schema(form: Form) -> None:
    Draft202012Validator.check_schema(json.loads(schema_of(form)))


def _all_choices(field: Field) -> bool:
    inside = (*field.fields, *([field.items] if field.items else []))
    return all(map(_all_choices, inside)) and (field.kind is not Kind.CHOICE or bool(field.choices))


@given(EXAMPLES)
def test_a_schema_of_an_example_comes_back_from_its_form(value: Any) -> None:
    text = schema_from_example(json.dumps(value))
    form = form_of(text)
    assert (form is None) == any(fault.rule == "type" for fault in beyond_form(text))
    assert form is None or schema_of(form) == text


def test_what_the_form_does_not_show_comes_out_as_it_was() -> None:
    text = json.dumps(RICH, indent=2)
    form = form_of(text)
    assert form is not None
    assert schema_of(form) == text


def test_an_edit_changes_only_what_was_edited() -> None:
    form = form_of(json.dumps(RICH))
    assert form is not None
    edited = _with(form, "number", name="id", description="", is_required=False)
    edited = _with(_with(edited, "total", can_be_null=False), "kind", choices=("credit", "debit", "none"))
    schema = json.loads(schema_of(replace(edited, title="Bill")))
    wanted = json.loads(json.dumps(RICH).replace('"number": {"type": "string"', '"id": {"type": "string"'))
    wanted["title"] = "Bill"
    wanted["required"] = ["total"]
    del wanted["properties"]["id"]["description"]
    wanted["properties"]["total"]["type"] = "number"
    wanted["properties"]["kind"]["enum"] = ["credit", "debit", "none", None]
    assert json.dumps(schema) == json.dumps(wanted)


@pytest.mark.parametrize(
    ("name", "kind", "part"),
    [
        ("number", Kind.DATE, {"type": "string", "description": "As printed.", "format": "date"}),
        ("number", Kind.WHOLE, {"type": "integer", "description": "As printed."}),
        ("total", Kind.WHOLE, {"minimum": 0, "type": ["integer", "null"], "description": ""}),
        ("due", Kind.TEXT, {"type": "string", "$comment": "no time"}),
        ("kind", Kind.TEXT, {"type": ["string", "null"]}),
        ("kind", Kind.LIST, {"type": ["array", "null"], "items": {"type": "string"}}),
        (
            "mail",
            Kind.GROUP,
            {"type": "object", "properties": {}, "required": [], "additionalProperties": False},
        ),
        ("lines", Kind.YES_NO, {"type": "boolean"}),
    ],
)
def test_another_kind_leaves_behind_what_it_has_no_meaning_for(
    name: str, kind: Kind, part: dict[str, Any]
) -> None:
    form = form_of(json.dumps(RICH))
    assert form is not None
    made = json.loads(schema_of(_with(form, name, kind=kind)))["properties"][name]
    assert json.dumps(made) == json.dumps(part)
    assert schema_of(_with(_with(form, name, kind=kind), name, kind=_fields(form)[name].kind)) == schema_of(
        form
    )


def test_a_field_tells_what_else_is_in_force() -> None:
    form = form_of(json.dumps(RICH))
    assert form is not None
    fields = _fields(form)
    assert also(fields["number"]) == ("maxLength 40", "pattern ^[A-Z]")
    assert also(fields["total"]) == ("minimum 0",)
    assert also(fields["due"]) == also(fields["kind"]) == ()
    assert also(fields["mail"]) == ("format email",)
    assert also(replace(fields["mail"], kind=Kind.NUMBER)) == ()


def test_a_group_becomes_a_list_of_groups_and_back() -> None:
    form = form_of(json.dumps(RICH))
    assert form is not None
    listed = replace(form, root=as_kind(form.root, Kind.LIST))
    schema = json.loads(schema_of(listed))
    head = ("$schema", "title")
    assert list(schema) == [*head, "type", "x-order", "items"]
    assert schema["items"] == {key: value for key, value in RICH.items() if key not in head}
    back = replace(listed, root=as_kind(listed.root, Kind.GROUP))
    assert json.loads(schema_of(back)) == RICH


@given(FIELDS, st.sampled_from(Kind))
def test_a_kind_taken_back_leaves_a_field_as_it_was(field: Field, kind: Kind) -> None:
    there = as_kind(field, kind)
    assert there.kind is kind
    assert _written(as_kind(there, field.kind)) == _written(field)


@given(FIELDS)
def test_the_links_of_a_list_make_it_again(field: Field) -> None:
    links = chain(field)
    assert links[-1].kind is not Kind.LIST
    assert chained(links) == field


def _written(field: Field) -> str:
    return schema_of(Form("", Field("", Kind.GROUP, fields=(field,))))


def test_a_list_of_groups_and_a_choice_are_forms_too() -> None:
    table = form_of('{"type": "array", "items": {"type": "object", "properties": {"a": {"type": "string"}}}}')
    choice = form_of('{"enum": ["yes", "no"]}')
    assert table is not None and choice is not None
    assert [field.name for field in table.fields] == ["a"]
    assert (choice.root.kind, choice.root.choices) == (Kind.CHOICE, ("yes", "no"))


def test_a_new_form_is_a_closed_object() -> None:
    assert json.loads(schema_of(replace(EMPTY, title="Note"))) == {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Note",
        "type": "object",
        "properties": {},
        "required": [],
        "additionalProperties": False,
    }


@pytest.mark.parametrize(
    ("part", "path", "rule"),
    [
        ({"anyOf": [{"type": "string"}]}, "$.properties.x", "anyOf"),
        ({"$ref": "#/$defs/a"}, "$.properties.x", "$ref"),
        ({"type": ["string", "integer"]}, "$.properties.x", "type"),
        ({"type": "null"}, "$.properties.x", "type"),
        ({"type": 3}, "$.properties.x", "type"),
        ({}, "$.properties.x", "type"),
        (True, "$.properties.x", "type"),
        ({"enum": [1, 2]}, "$.properties.x", "enum"),
        ({"enum": ["a", "a"]}, "$.properties.x", "enum"),
        ({"enum": ["two\nlines"]}, "$.properties.x", "enum"),
        ({"enum": "a"}, "$.properties.x", "enum"),
        ({"type": "string", "const": "a"}, "$.properties.x", "const"),
        ({"type": "array"}, "$.properties.x.items", "type"),
        ({"type": "array", "items": {"type": "object", "not": {}}}, "$.properties.x.items", "not"),
        ({"type": "object", "properties": []}, "$.properties.x", "properties"),
        ({"type": "object", "required": ["a"]}, "$.properties.x", "required"),
        ({"type": "object", "required": [["a"]]}, "$.properties.x", "required"),
        (
            {"type": "object", "additionalProperties": {"type": "string"}},
            "$.properties.x",
            "additionalProperties",
        ),
        ({"type": "string", "description": 3}, "$.properties.x", "description"),
    ],
)
def test_what_no_form_shows_is_named_by_path(part: Any, path: str, rule: str) -> None:
    text = json.dumps({"type": "object", "properties": {"x": part}})
    assert form_of(text) is None
    assert (path, rule) in [(fault.path, fault.rule) for fault in beyond_form(text)]


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ('{"type": "string"}', (Fault("$", "type", "string"),)),
        ("true", (Fault("$", "type"),)),
        ("", (Fault("$", "syntax", "the text ends too early, line 1, column 1"),)),
    ],
)
def test_a_whole_schema_may_be_no_form(text: str, faults: tuple[Fault, ...]) -> None:
    assert form_of(text) is None
    assert beyond_form(text) == faults
