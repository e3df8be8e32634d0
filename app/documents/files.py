"""Answers as the bytes of a file: JSON, JSONL, CSV or XML."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from app.core.answer_format import FileKind
from app.core.text import clean_text
from app.structured.json_text import JsonValue
from app.structured.table import quoted
from app.structured.xml import write_element
from app.structured.xml_names import plain_name

ROOT, ROOTS = "answer", "answers"
VALUE = "value"
"""The column of answers that are no objects."""

_FORMULA = re.compile(r"[\t\r\n]|[\s\u200b-\u200f\u2060\ufeff]*[=+\-@＝＋－＠]")
_PLAIN_NUMBER = re.compile(r"-?[0-9]+(?:[.,][0-9]+)*%?")
_PLAIN_KEY = re.compile(r"[^.\[\]]+")


def file_of(
    values: Sequence[JsonValue],
    kind: FileKind,
    title: str = "",
    *,
    is_list: bool = False,
    keep_formulas: bool = False,
) -> bytes:
    """A file of these answers; one alone is put into a list only with `is_list`, or where the kind of file
    has only lists.

    `title` names the root of XML. `keep_formulas` leaves cells of CSV as they are: see `csv_of`.
    """
    is_list = is_list or len(values) != 1
    match kind:
        case FileKind.JSON:
            return _json(list(values) if is_list else values[0], indent=2) + b"\n"
        case FileKind.JSONL:
            return b"".join(line_of(value).encode() + b"\n" for value in values)
        case FileKind.CSV:
            return csv_of(values, keep_formulas=keep_formulas)
    return _xml(values, title, is_list)


def replaced_in(value: JsonValue, kind: FileKind) -> int:
    """How many characters of an answer a file of this kind cannot hold, so that `file_of` writes U+FFFD."""
    match kind:
        case FileKind.XML:
            return sum(_replaced(text, write_element(ROOT, text)) for text in _texts(value))
        case FileKind.CSV:
            things = value if isinstance(value, list) else [value]
            cells = (text for thing in things for cell in _cells("", thing) for text in cell)
            return sum(_replaced(text, clean_text(text)) for text in cells if isinstance(text, str))
    return 0  # JSON writes an escape


def _replaced(text: str, written: str) -> int:
    mark = "\N{REPLACEMENT CHARACTER}"
    return written.count(mark) - text.count(mark)


def _texts(value: JsonValue) -> Iterator[str]:
    """Every text within a value, names of members left out: XML writes these with codes."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)


def line_of(value: JsonValue) -> str:
    """One line of JSONL."""
    return _json(value, indent=None).decode()


def _json(value: JsonValue, indent: int | None) -> bytes:
    """Half a surrogate pair, which UTF-8 has no bytes for, is written as JSON's escape."""
    separators = (",", ":") if indent is None else None
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent, separators=separators)
    return text.encode("utf-8", "backslashreplace")


def _xml(values: Sequence[JsonValue], title: str, is_list: bool) -> bytes:
    if is_list:
        element = write_element(ROOTS, list(values))
    else:
        element = write_element(plain_name(title) or ROOT, values[0])
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{element}\n'.encode()


def csv_of(values: Sequence[JsonValue], *, keep_formulas: bool = False) -> bytes:
    """A table as RFC 4180 has it: a line for each answer, or for each thing in an answer that is an array.

    It begins with a byte order mark, for without one Excel takes UTF-8 for the letters of its own country.
    An object within an object becomes columns (`address.city`), an array stays JSON in one cell, null and
    what is missing are empty. Text that a spreadsheet would take for a formula gets an apostrophe in
    front, so that opening the file runs nothing; numbers, negative ones too, stay what they are.
    """
    things = (thing for value in values for thing in (value if isinstance(value, list) else [value]))
    rows = [dict(_cells("", thing)) for thing in things]
    columns = _columns(rows)
    safe = clean_text if keep_formulas else neutral
    lines = [[quoted(safe(column)) for column in columns]]
    lines += [[_cell(row.get(column), safe) for column in columns] for row in rows]
    texts = (",".join(line) or quoted("") for line in lines)  # a blank line would not be taken for a row
    return "".join(f"{text}\r\n" for text in texts).encode("utf-8-sig")


def neutral(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    text = clean_text(text)
    return f"'{text}" if _FORMULA.match(text) and not _PLAIN_NUMBER.fullmatch(text) else text


def _cell(value: JsonValue, safe: Callable[[str], str]) -> str:
    """Text in quotes always, as in half of Europe Excel takes a bare semicolon for the end of a cell."""
    if value is None:
        return ""
    return quoted(safe(value)) if isinstance(value, str) else line_of(value)


def _cells(column: str, value: JsonValue) -> Iterator[tuple[str, JsonValue]]:
    """The columns of a value and what they say; a key that holds a dot or a bracket is put into brackets."""
    if isinstance(value, dict) and (value or not column):
        for key, inner in value.items():
            plain = _PLAIN_KEY.fullmatch(key) is not None
            step = key if plain else f"[{json.dumps(key, ensure_ascii=False)}]"
            yield from _cells(f"{column}.{step}" if column and plain else column + step, inner)
    elif isinstance(value, dict | list):
        yield column or VALUE, line_of(value)
    else:
        yield column or VALUE, value


def _columns(rows: Sequence[Mapping[str, JsonValue]]) -> list[str]:
    """All columns, each behind the one it follows where it first appears."""
    columns: list[str] = []
    for row in rows:
        at = 0
        for column in row:
            if column not in columns:
                columns.insert(at, column)
            at = columns.index(column) + 1
    return [column for column in columns if not _is_empty_object(column, columns, rows)]


def _is_empty_object(column: str, columns: Sequence[str], rows: Sequence[Mapping[str, JsonValue]]) -> bool:
    """Whether a column only says, by null, that there is no object, while others hold what is in it."""
    has_inner = any(other.startswith((f"{column}.", f"{column}[")) for other in columns)
    return has_inner and all(row.get(column) is None for row in rows)
