"""Rows of CSV and JSONL files, one at a time."""

from __future__ import annotations

import tracemalloc
from itertools import islice
from pathlib import Path

import pytest

from app.core.errors import DocumentEmpty, DocumentMissing, DocumentNotText, DocumentUnreadable
from app.documents.rows import LONGEST_LINE, read_rows


@pytest.fixture
def table(tmp_path) -> Path:
    return tmp_path / "table.csv"


@pytest.fixture
def lines(tmp_path) -> Path:
    return tmp_path / "lines.jsonl"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_table_is_read_whatever_divides_its_cells(table, delimiter, encoding, end):
    rows = [["name", "city, land"], ["Emmy", "Erlangen; Bayern"], ["", "a\tb"], ["x", 'say "hi"']]
    text = "".join(delimiter.join('"' + cell.replace('"', '""') + '"' for cell in row) + end for row in rows)
    table.write_bytes(text.encode(encoding))
    found = read_rows(table)
    assert (found.columns, found.count) == (("name", "city, land"), 3)
    assert [dict(row.values) for row in found] == [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    assert [row.number for row in found] == [1, 2, 3]


def test_bare_cells_blank_lines_and_cells_of_several_lines(table):
    table.write_text(' id ,text,\n1,"one\ntwo",x\n\n,,\n2,b,y')
    found = read_rows(table)
    assert found.columns == ("id", "text") and found.count == 2
    assert [(row.number, *row.values.values()) for row in found] == [(1, "1", "one\ntwo"), (2, "2", "b")]


def test_one_column_is_a_table_too(table):
    table.write_text("question\nWhat, then?\n".replace("What, then?", '"What, then?"'))
    assert [dict(row.values) for row in read_rows(table)] == [{"question": "What, then?"}]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a,b\n1,2\n3\n", 3),
        ('a,b\n"1\n1",2\n3,4,5\n', 4),
        ("a,b,a\n1,2,3\n", 1),
        ('a,b\n1,"2\n', 2),
        ('a,b\n1,"2"x\n', 2),
        ("a,b\n1," + "x" * 200_000 + "\n", 2),
        ("a,b\n1,2\n" + "x" * (LONGEST_LINE + 100_000), 3),
    ],
)
def test_a_row_that_is_none_is_told_with_its_line(table, text, line):
    table.write_text(text)
    with pytest.raises(DocumentUnreadable) as caught:
        read_rows(table)
    assert str(caught.value.values["reason"]).startswith(f"line {line}: ")


@pytest.mark.parametrize("text", ["", "\n\n", "a,b\n", "a,b\n,\n"])
def test_a_table_without_rows_is_empty(table, text):
    table.write_text(text)
    with pytest.raises(DocumentEmpty):
        read_rows(table)


def test_objects_are_rows_with_their_values_as_text(lines):
    lines.write_text(
        '{"a": "x\\ud800", "b": 1.50}\n\n  {"c": [1, "é"], "a": null}\r\n{}\n{"d": true}',
        encoding="utf-8-sig",
    )
    found = read_rows(lines)
    assert found.columns == ("a", "b", "c", "d") and found.count == 4
    assert [dict(row.values) for row in found] == [
        {"a": "x\N{REPLACEMENT CHARACTER}", "b": "1.5"}, {"c": '[1, "é"]', "a": ""}, {}, {"d": "true"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    "line", ["[1]", '"x"', "{", '{"a": 1, "a": 2}', '{"a": NaN}', "[" * 100_000, '{"a": ' + "1" * 5000 + "}"]
)
def test_a_line_that_is_no_object_is_told(lines, line):
    lines.write_text('{"a": 1}\n' + line + "\n")
    with pytest.raises(DocumentUnreadable) as caught:
        read_rows(lines)
    assert str(caught.value.values["reason"]).startswith("line 2: ")


def test_a_missing_file_a_folder_and_binary_are_told(tmp_path, table):
    with pytest.raises(DocumentMissing):
        read_rows(table)
    with pytest.raises(DocumentUnreadable):
        read_rows(tmp_path)
    table.write_bytes(b"a,b\n1,\xff\n")
    with pytest.raises(DocumentNotText) as caught:
        read_rows(table)
    assert caught.value.values["position"] == 6


def test_memory_does_not_grow_with_the_rows(table):
    with table.open("w") as file:
        file.write("number,text\n")
        file.writelines(f"{number},{'x' * 200}\n" for number in range(50_000))
    assert table.stat().st_size > 10_000_000
    tracemalloc.start()
    found = read_rows(table)
    assert [row.values["number"] for row in islice(found, 49_999, None)] == ["49999"]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.count == 50_000 and peak < 3_000_000
