"""Free text held to patterns and formats, in the escapes of XML and of tables."""

from __future__ import annotations

import json

import pytest

from app.core.errors import SchemaRefused
from app.structured import table, xml
from app.structured.schema import Schema, read_schema
from tests.helpers.byte_walk import ByteWalk


def schema_of(part: dict[str, object], *, is_table: bool) -> Schema:
    row = {"type": "object", "properties": {"a": part}, "required": ["a"]}
    return read_schema(json.dumps({"type": "array", "items": row} if is_table else row))


def admitted(part: dict[str, object], texts: list[str]) -> list[str]:
    """Those that may be written; alike in both notations."""
    as_xml, as_table = schema_of(part, is_table=False), schema_of(part, is_table=True)
    walks = ByteWalk(xml.body_of(as_xml)), ByteWalk(table.body_of(as_table))
    in_xml = [text for text in texts if walks[0].admits(xml.write(as_xml, {"a": text}))]
    in_table = [text for text in texts if walks[1].admits(table.write(as_table, [{"a": text}]))]
    assert in_xml == in_table
    return in_xml


@pytest.mark.parametrize(
    ("pattern", "fit", "others"),
    [
        ("^[A-Z]{3}$", ["EUR"], ["EU", "EURO", "eur", "EUR\n", ""]),
        ("b", ["b", "abc", "<b>\n"], ["", "a"]),
        ("^<a>&\"'$", ["<a>&\"'"], ["&lt;a>&\"'", ""]),
        ("^&lt;$", ["&lt;"], ["<"]),
        ('^[<>&"]{2}$', ['<"', "&&"], ["<", "ab", "<<<"]),
        ('^[^"]*$', ["", "<x>"], ['"']),
        ("^a|b$", ["ax", "xb"], ["xa", "bx"]),
        ("^(a|b)$", ["a", "b"], ["ab"]),
        ("(^a$|c)", ["a", "xcx"], ["ab"]),
        ("(?i:^ab<$)", ["AB<", "ab<"], ["AB"]),
        ("^$", [""], ["a"]),
        ("^\\/\\d$", ["/1"], ["/x"]),
        (".", ["a", "<"], ["", "\n"]),
    ],
)
def test_a_pattern_holds_whatever_has_to_be_escaped(pattern, fit, others):
    assert admitted({"type": "string", "pattern": pattern}, [*fit, *others]) == fit


def test_length_counts_characters_not_escapes():
    part = {"type": "string", "minLength": 2, "maxLength": 3, "pattern": "^[&\"'<x]*$"}
    assert admitted(part, ["&", '&"', "&'<", "xxxx", "&&&&"]) == ['&"', "&'<"]


@pytest.mark.parametrize(
    ("name", "fit", "others"),
    [
        ("date", ["2024-02-29"], ["2023-02-29", "2024-13-01", "24-01-01", "today"]),
        ("email", ["o'neil&co@example.org"], ["nobody", "@x"]),
        ("uri", ["https://example.org/?a=1&b='2'"], ["example", "https://a b"]),
        ("hostname", ["example.org"], ["-x", "x" * 64, ("x" * 60 + ".") * 5]),
        ("semver", ["1.0", "anything"], []),
    ],
)
def test_a_format_that_is_known_holds(name, fit, others):
    assert admitted({"type": "string", "format": name}, [*fit, *others]) == fit


@pytest.mark.parametrize(
    "part",
    [
        {"pattern": "^(?!x)"},
        {"pattern": "\\bx"},
        {"pattern": "(a)\\1"},
        {"pattern": "a^"},
        {"pattern": "^\\p{Lu}$"},
        {"format": "regex"},
    ],
)
def test_what_no_grammar_can_hold_is_named(part):
    for is_table, notation, path in ((False, xml, "$"), (True, table, "$.items")):
        schema = schema_of({"type": "string", **part}, is_table=is_table)
        assert notation.body_of(schema)
        assert notation.unenforced(schema) == ((f"{path}.properties.a", next(iter(part))),)


@pytest.mark.parametrize("part", [{"pattern": "^[a-z]{5}$", "maxLength": 3}, {"pattern": "^\\u0001$"}])
def test_a_text_that_cannot_be_is_refused(part):
    with pytest.raises(SchemaRefused) as caught:
        xml.body_of(schema_of({"type": "string", **part}, is_table=False))
    assert caught.value.values["path"] == "$.properties.a" and caught.value.values["rule"] == "pattern"
