"""The rows of a CSV or JSONL file, one at a time, however many there are."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

from app.core.errors import DocumentEmpty, DocumentUnreadable
from app.core.text import clean_text
from app.documents.reading import read_pieces, size_of

LONGEST_LINE = 4 * 1024 * 1024
"""In characters; a file without line ends would otherwise have to be held whole."""

_DELIMITERS = ",;\t"
_SAMPLE = 20
"""So many rows tell what delimits the cells."""


@dataclass(frozen=True, slots=True)
class Row:
    """`number` counts from one, the header left out; `values` has the text of each column that has one."""

    number: int
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rows:
    """A file of rows that was read through once: every row is sound."""

    path: Path
    columns: tuple[str, ...]
    count: int

    def __iter__(self) -> Iterator[Row]:
        """The rows, read anew.

        Raises:
            DocumentError: the file has changed meanwhile.
        """
        return _rows(self.path)


def read_rows(path: Path) -> Rows:
    """Read a CSV file (cells divided by commas, semicolons or tabs, a header first) or a JSONL file of
    objects to its end: which columns it has and how many rows. A cell has at most 131,072 characters.

    Raises:
        DocumentMissing, DocumentUnreadable, DocumentNotText: a row that is no row is told with its line.
        DocumentEmpty: there is no row.
    """
    size_of(path)
    columns: dict[str, None] = {}
    count = 0
    for row in _rows(path):
        columns |= dict.fromkeys(row.values)
        count = row.number
    if count == 0:
        raise DocumentEmpty(path=str(path))
    return Rows(path, tuple(columns), count)


def _rows(path: Path) -> Iterator[Row]:
    return _json_rows(path) if path.suffix.casefold() in (".jsonl", ".ndjson") else _csv_rows(path)


def _lines(path: Path) -> Iterator[str]:
    """The lines with their ends, which may be line feeds with or without carriage returns."""
    rest = ""
    number = 1
    for piece in read_pieces(path):
        *lines, rest = (rest + piece).split("\n")
        for line in lines:
            yield line + "\n"
            number += 1
        if len(rest) > LONGEST_LINE:
            raise _bad_line(path, number, f"more than {LONGEST_LINE} characters")
    if rest:
        yield rest


def _csv_rows(path: Path) -> Iterator[Row]:
    reader = csv.reader(_lines(path), delimiter=_delimiter(path), strict=True)
    lines = _csv_lines(path, reader)
    _, header = next(lines, (0, []))
    columns = _columns(path, header)
    for number, (at, cells) in enumerate(lines, 1):
        if len(cells) != len(columns):
            raise _bad_line(path, at, f"{len(cells)} cells, where the header has {len(columns)}")
        pairs = zip(columns, cells, strict=True)
        yield Row(number, MappingProxyType({column: cell for column, cell in pairs if column}))


def _csv_lines(path: Path, reader: Any) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not blank, with the number of the line it ends on."""
    try:
        for cells in reader:
            if any(cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise _bad_line(path, reader.line_num, str(error)) from None


def _columns(path: Path, header: list[str]) -> list[str]:
    columns = [name.strip() for name in header]
    for number, name in enumerate(columns):
        if name and name in columns[:number]:
            raise _bad_line(path, 1, f"two columns are named {name}")
    return columns


def _delimiter(path: Path) -> str:
    """The one that cuts the first rows into the most cells, of those that cut all rows alike."""
    lines = list(islice(_lines(path), _SAMPLE))
    return max(_DELIMITERS, key=lambda delimiter: _regularity(lines, delimiter))


def _regularity(lines: Iterable[str], delimiter: str) -> tuple[bool, int]:
    try:
        sizes = [len(cells) for cells in csv.reader(lines, delimiter=delimiter) if cells]
    except csv.Error:
        return False, 0
    return len(set(sizes)) == 1 and sizes[0] > 1, sizes[0] if sizes else 0


def _json_rows(path: Path) -> Iterator[Row]:
    number = 0
    for at, line in enumerate(_lines(path), 1):
        if line.strip():
            number += 1
            yield Row(number, MappingProxyType(_members(path, at, line)))


def _members(path: Path, at: int, line: str) -> dict[str, str]:
    try:
        found = json.loads(line, object_pairs_hook=_object, parse_constant=_not_json)
    except (ValueError, RecursionError) as error:
        raise _bad_line(path, at, str(error)) from None
    if not isinstance(found, dict):
        raise _bad_line(path, at, "not a JSON object")
    return {name: _text(value) for name, value in found.items()}


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a name stands there twice")
    return members


def _not_json(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


def _text(value: Any) -> str:
    """Text as it is, null as none, anything else as JSON."""
    if value is None:
        return ""
    return clean_text(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _bad_line(path: Path, number: int, reason: str) -> DocumentUnreadable:
    return DocumentUnreadable(path=str(path), reason=f"line {number}: {reason}")
