"""The schemas that ship with the program."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from app.core.answer_format import AnswerFormat, Notation
from app.structured import table, xml
from app.structured.check import check
from app.structured.grammar import grammar_of
from app.structured.schema import read_schema
from app.userdata import resource
from tests.helpers.byte_walk import ByteWalk

FILES = sorted(resource("schemas").glob("*.json"))

ANSWERS = {
    "contact": {
        "name": "Emmy Noether", "organisation": "Universität Göttingen", "role": None,
        "email": "emmy@example.org", "phone": "+49 551 390", "address": None, "website": None,
    },
    "invoice": {
        "number": "2024-17", "issued_on": "2024-02-29", "due_on": None,
        "seller": {"name": "A & B", "address": None, "tax_id": "DE1"},
        "buyer": {"name": "C", "address": "D 1, E", "tax_id": None},
        "currency": "EUR",
        "lines": [{"description": "Paper", "quantity": 2, "unit_price": 4.5, "amount": 9}],
        "subtotal": 9, "tax": 1.71, "total": 10.71,
    },
    "meeting-minutes": {
        "title": "Plan", "date": "2024-03-01", "attendees": ["A", "B"],
        "topics": [{"topic": "Budget", "summary": "It holds."}], "decisions": ["Go on."],
        "actions": [{"task": "Write", "owner": None, "due_on": "2024-03-08"}],
    },
    "quarterly-report": {
        "quarter": "Q3", "revenue": "2.87亿元", "gross_margin": "39.2%", "cash_flow": "1.03亿元",
    },
    "product": {
        "name": "Lamp", "brand": None, "category": "Light", "price": {"amount": 19.99, "currency": "CNY"},
        "is_available": True, "description": "It shines.", "features": [],
    },
    "event": {
        "title": "Concert", "starts_on": "2024-05-01", "starts_at": "19:30", "ends_on": None, "ends_at": None,
        "place": "Hall", "organiser": None, "description": None,
    },
    "bug-report": {
        "title": "It stops", "severity": "major", "component": None, "version": "1.0", "environment": None,
        "steps": ["Start it"], "expected": "It runs.", "actual": "It stops.",
    },
    "citation": {
        "kind": "article", "title": "Invariante Variationsprobleme", "authors": ["Noether, Emmy"],
        "year": 1918, "container": None, "publisher": None, "volume": None, "pages": "235-257",
        "doi": "10.1080/00411457108231446", "url": None,
    },
    "translation-pair": {
        "source_language": "de", "target_language": "zh-CN", "source": "Guten Tag", "translation": "你好",
    },
    "sentiment": {"sentiment": "mixed", "confidence": 80, "reason": "It praises and blames."},
    "table": [{"name": "Revenue", "value": "2.87", "unit": "亿元", "note": None}],
}  # fmt: skip


def test_every_schema_has_an_answer_here():
    assert [path.stem for path in FILES] == sorted(ANSWERS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_schema_is_described_bounded_and_enforced_whole(path: Path):
    text = path.read_text("utf-8")
    schema = read_schema(text)
    assert schema.title and schema.description
    assert grammar_of(AnswerFormat(path.stem, text)).coverage.is_full
    assert xml.unenforced(schema) == ()
    for node in _schemas(schema.document):
        kinds = node.get("type", ())
        if "object" in kinds:
            assert node["additionalProperties"] is False and list(node["properties"]) == node["required"]
        if "string" in kinds:
            assert {"maxLength", "pattern", "format"} & node.keys(), node
        if "array" in kinds:
            assert "maxItems" in node, node
        if {"number", "integer"} & {*([kinds] if isinstance(kinds, str) else kinds)}:
            assert {"minimum", "maximum"} <= node.keys(), node
        for name, member in node.get("properties", {}).items():
            assert "description" in member, name


def _schemas(node: object):
    if isinstance(node, dict):
        yield node
        for inner in (*node.get("properties", {}).values(), node.get("items")):
            yield from _schemas(inner)


@pytest.mark.parametrize("name", ANSWERS)
def test_a_good_answer_fits_and_its_grammar_admits_it(name):
    text, answer = resource("schemas", f"{name}.json").read_text("utf-8"), ANSWERS[name]
    schema = read_schema(text)
    as_json = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
    assert ByteWalk(grammar_of(AnswerFormat(name, text)).text).admits(as_json)
    assert check(AnswerFormat(name, text), as_json).value == answer
    as_xml = xml.write(schema, answer)
    assert ByteWalk(xml.body_of(schema)).admits(as_xml)
    checked = check(AnswerFormat(name, text, Notation.XML), as_xml)
    assert (checked.value, checked.faults) == (answer, ())
    if name == "table":
        assert check(AnswerFormat(name, text, Notation.TABLE), table.write(schema, answer)).value == answer


@pytest.mark.parametrize("name", ["event", "sentiment", "quarterly-report", "citation"])
def test_whatever_is_written_without_any_sense_fits_all_the_same(name):
    text, dice = resource("schemas", f"{name}.json").read_text("utf-8"), random.Random(3)
    walk = ByteWalk(xml.body_of(read_schema(text)))
    said = next(one for one in (walk.text(dice, 20_000) for _ in range(20)) if one is not None)
    assert check(AnswerFormat(name, text, Notation.XML), said).faults == ()
