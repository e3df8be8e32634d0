"""Answers as a table: CSV with a header, for a schema of an array of flat objects.

As RFC 4180 has it, but for line feeds alone at the ends of lines. Text stands in quotes, always; numbers,
true, false and null do not; an optional value that is missing is an empty cell.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.core.answer_format import Fault
from app.structured.json_path import json_path
from app.structured.json_text import JsonValue
from app.structured.lark import checked, either, literal
from app.structured.parts import refused
from app.structured.scalars import Scalar, Scalars, written
from app.structured.schema import Schema
from app.structured.shapes import Member, Record, Series, read_shapes
from app.structured.texts import terminal

NULL = "null"

_ESCAPES = {'"': ('""',), "\r": ()}
_CELL = re.compile(r'(?:"(?P<quoted>(?:[^"]|"")*+)"|(?P<bare>[^",\r\n]*+))(?P<end>,|\r?\n|\Z)')
_NEEDS_QUOTES = re.compile(r'[",\r\n]|^\s|\s$|^$')


@dataclass(frozen=True, slots=True)
class _Column:
    member: Member
    scalars: Scalars

    @property
    def name(self) -> str:
        return self.member.name


@dataclass(frozen=True, slots=True)
class _Table:
    columns: tuple[_Column, ...]
    least: int
    most: int | None

    @property
    def header(self) -> str:
        names = (column.name for column in self.columns)
        return ",".join(quoted(name) if _NEEDS_QUOTES.search(name) else name for name in names)


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    is_quoted: bool


def body_of(schema: Schema) -> str:
    """The grammar of the whole table.

    Raises:
        SchemaRefused: the schema is not that of an array of flat objects.
    """
    table = _table(schema)
    rows = f"table_row{{{table.least},{'' if table.most is None else table.most}}}"
    cells = ' "," '.join(f"table_{number}" for number in range(len(table.columns)))
    lines = [f"start: {literal(table.header + chr(10))} {'' if table.most == 0 else rows}"]
    if table.most != 0:
        lines.append(f'table_row: {cells} "\\n"')
        for number, column in enumerate(table.columns):
            texts = list(_texts(column))
            names = [f"TABLE_{number}_{at}" for at in range(len(texts))]
            lines += [f"{name}: {text}" for name, text in zip(names, texts, strict=True)]
            lines.append(f"table_{number}: {either([*_cell_rules(column), *names])}")
    return checked(lines)


def unenforced(schema: Schema) -> tuple[tuple[str, str], ...]:
    """Path and keyword of each rule that the grammar does not hold."""
    return read_shapes(schema).unenforced


def write(schema: Schema, value: JsonValue) -> str:
    """A value that fits the schema as the table that `read_back` reads."""
    table = _table(schema)
    rows = value if isinstance(value, list) else []
    lines = [table.header]
    for row in rows:
        cells = row if isinstance(row, dict) else {}
        lines.append(",".join(_written(cells, column.name) for column in table.columns))
    return "\n".join(lines) + "\n"


def read_back(schema: Schema, text: str) -> tuple[JsonValue, tuple[Fault, ...]]:
    """The rows that a table says, and what keeps it from saying them."""
    table = _table(schema)
    lines = _lines(text)
    if lines is None:
        return None, (Fault("$", "syntax", "this is no table"),)
    names = [column.name for column in table.columns]
    if not lines or [cell.text for cell in lines[0]] != names:
        return None, (Fault("$", "syntax", f"the first line has to be: {table.header}"),)
    rows: list[JsonValue] = []
    faults: list[Fault] = []
    for number, cells in enumerate(lines[1:]):
        if len(cells) != len(names):
            detail = f"{len(cells)} cells, where there are {len(names)} columns"
            faults.append(Fault(json_path((number,)), "syntax", detail))
        else:
            rows.append(dict(_members(table.columns, cells)))
    return rows, tuple(faults)


def _table(schema: Schema) -> _Table:
    shapes = read_shapes(schema)
    series = shapes.by_place[shapes.root]
    if not isinstance(series, Series) or series.is_nullable:
        raise refused(shapes.root, "type", "a table is an array of objects")
    row = shapes.by_place[series.place]
    if not isinstance(row, Record) or row.is_nullable:
        raise refused(series.place, "type", "the rows of a table are objects")
    columns = []
    for member in row.members:
        cell = shapes.by_place[member.place]
        if not isinstance(cell, Scalars):
            raise refused(member.place, "type", "a cell of a table holds one plain value")
        columns.append(_Column(member, cell))
    return _Table(tuple(columns), series.least, series.most)


def _cell_rules(column: _Column) -> Iterator[str]:
    cell = column.scalars
    for value in cell.literals:
        yield literal(quoted(value) if isinstance(value, str) else written(value))
    yield from (numbers.rule for numbers in cell.numbers)
    if cell.is_nullable:
        yield literal(NULL)
    if not column.member.is_required:
        yield '""'


def _texts(column: _Column) -> Iterator[str]:
    for text in column.scalars.texts:
        yield terminal(text, '"', '"', _ESCAPES, column.member.place)


def quoted(text: str) -> str:
    """A cell of text."""
    return '"' + text.replace('"', '""') + '"'


def _written(row: dict[str, JsonValue], name: str) -> str:
    if name not in row:
        return ""
    value = row[name]
    if isinstance(value, str):
        return quoted(value)
    return written(value) if isinstance(value, bool | int | float) else NULL


def _lines(text: str) -> list[list[_Cell]] | None:
    """The cells of each line, with their quotes noticed; None where the `csv` module reads them otherwise."""
    lines: list[list[_Cell]] = [[]]
    at = 0
    while at < len(text) or lines[-1]:
        found = _CELL.match(text, at)
        if found is None:
            return None
        is_quoted = found["quoted"] is not None
        lines[-1].append(_Cell(found["quoted"].replace('""', '"') if is_quoted else found["bare"], is_quoted))
        at = found.end()
        if found["end"] != ",":
            lines.append([])
    lines.pop()
    texts = [[cell.text for cell in cells] for cells in lines]
    return lines if texts == _second_opinion(text) else None


def _second_opinion(text: str) -> list[list[str]] | None:
    try:
        return [cells or [""] for cells in csv.reader(io.StringIO(text, newline=""), strict=True)]
    except csv.Error:
        return None


def _members(columns: Iterable[_Column], cells: Iterable[_Cell]) -> Iterator[tuple[str, JsonValue]]:
    for column, cell in zip(columns, cells, strict=True):
        if cell.is_quoted or cell.text:
            yield column.name, _value(column.scalars, cell)


def _value(scalars: Scalars, cell: _Cell) -> Scalar | None:
    """What a cell says; one that says nothing sound is its text, for the check to find."""
    if cell.is_quoted:
        return cell.text
    if cell.text == NULL and scalars.is_nullable:
        return None
    bare = scalars.read_bare(cell.text)
    return cell.text if bare is None else bare
