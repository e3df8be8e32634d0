"""Answers as JSON, JSONL, CSV and XML."""

from __future__ import annotations

import csv
import io
import json
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.documents.files import FileKind, csv_of, file_of, line_of

REPORT = {"quarter": "Q3", "revenue": "2.87亿元", "gross_margin": "39.2%", "cash_flow": "1.03亿元"}

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


def rows_of(data: bytes) -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf"), "Excel reads UTF-8 with this mark only"
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))


@given(st.lists(JSON, min_size=1, max_size=3))
def test_json_comes_back_as_it_was(values):
    data = file_of(values, FileKind.JSON)
    assert data.endswith(b"\n") and json.loads(data) == (values[0] if len(values) == 1 else values)
    lines = file_of(values, FileKind.JSONL).split(b"\n")
    assert lines.pop() == b"" and [json.loads(line) for line in lines] == values


def test_json_is_strict_and_keeps_every_digit():
    assert line_of({"n": 2**53 + 1, "s": "行\ud800"}) == '{"n":9007199254740993,"s":"行\\ud800"}'
    with pytest.raises(ValueError, match="not JSON compliant"):
        line_of(float("nan"))


@given(st.lists(JSON, min_size=1, max_size=3), st.text(max_size=20))
def test_xml_is_well_formed_whatever_it_holds(values, title):
    root = ElementTree.fromstring(file_of(values, FileKind.XML, title))
    if len(values) > 1:
        assert root.tag == "answers" and [child.tag for child in root] == ["item"] * len(values)


def test_xml_holds_a_value_under_the_name_of_its_schema():
    data = file_of([REPORT], FileKind.XML, "Quarterly report").decode()
    assert data == (
        '<?xml version="1.0" encoding="UTF-8"?>\n<Quarterly_report>'
        "<quarter>Q3</quarter><revenue>2.87亿元</revenue><gross_margin>39.2%</gross_margin><cash_flow>1.03亿元</cash_flow></Quarterly_report>\n"
    )


def test_a_table_has_a_line_for_each_answer():
    other = {"quarter": "Q4", "note": None, "cash_flow": "-3.2%"}
    assert rows_of(csv_of([REPORT, other])) == [
        ["quarter", "note", "revenue", "gross_margin", "cash_flow"],
        ["Q3", "", "2.87亿元", "39.2%", "1.03亿元"],
        ["Q4", "", "", "", "-3.2%"],
    ]


def test_numbers_stay_numbers_and_text_stays_text():
    data = csv_of([{"a": -5, "b": "-5", "c": -1.5e-07, "d": True, "e": None, "f": "x"}])
    assert data.decode("utf-8-sig") == '"a","b","c","d","e","f"\r\n-5,"-5",-1.5e-07,true,,"x"\r\n'


def test_what_is_nested_becomes_columns_and_arrays_stay_json():
    first = {
        "seller": {"name": "A", "address": {"city": "B"}},
        "tags": ["x", {"y": 1}],
        "empty": {},
        "a.b": 1,
    }
    second = {"seller": None, "a": {"b": 2}}
    assert rows_of(csv_of([first, second])) == [
        ["a.b", "seller.name", "seller.address.city", "tags", "empty", '["a.b"]'],
        ["", "A", "B", '["x",{"y":1}]', "{}", "1"],
        ["2", "", "", "", "", ""],
    ]


def test_an_answer_that_is_a_table_itself_is_that_table():
    rows = [{"name": "a", "value": 1}, {"name": "b", "value": 2}]
    assert csv_of([rows]) == csv_of(rows) == csv_of([rows[:1], [], rows[1:]])


@pytest.mark.parametrize("values", [[1, "x", None, {"value": 2}], []])
def test_answers_that_are_no_objects_have_one_column(values):
    rows = rows_of(csv_of(values))
    assert len(rows) == len(values) + 1 and all(len(row) == 1 for row in rows)


FORMULAS = [
    "=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠A", " =1", "\ufeff=1",
    "-", "=cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", '=HYPERLINK("http://x","y")', "--1", "-1e5", "-1 ",
]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_and_no_heading_is_a_formula(text):
    (heading,), (cell,) = rows_of(csv_of([{text: text}]))
    assert heading == cell == f"'{text}"
    (heading,), (cell,) = rows_of(csv_of([{text: text}], keep_formulas=True))
    assert heading == cell == text


@pytest.mark.parametrize("text", ["-5", "-3.2%", "-1,234.50", "5", "a=b", "", "39.2%", "2.87亿元", "'=1"])
def test_plain_text_and_negative_numbers_stay_as_they_are(text):
    assert rows_of(csv_of([{"a": text}])) == [["a"], [text]]


def test_nul_and_half_characters_are_marked():
    assert rows_of(csv_of([{"a": "\0=1\ud800"}])) == [
        ["a"],
        ["\N{REPLACEMENT CHARACTER}=1\N{REPLACEMENT CHARACTER}"],
    ]


@given(st.lists(st.dictionaries(st.text(), JSON, max_size=3), max_size=3))
def test_any_answers_make_a_regular_table(values):
    rows = rows_of(csv_of(values))
    assert len(rows) == len(values) + 1 and len({len(row) for row in rows}) == 1


def test_the_kind_of_a_file_is_its_suffix():
    assert [kind.suffix for kind in FileKind] == [".json", ".jsonl", ".csv", ".xml"]
