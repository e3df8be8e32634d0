"""What Markdown is made of once parsed: a flat run of blocks, each with its place in lists and quotes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style; a line break within it is U+2028."""

    text: str
    is_bold: bool = False
    is_italic: bool = False
    is_struck: bool = False
    is_code: bool = False
    link: str = ""


Spans = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """How many lists and how many quotes a block lies in."""

    lists: int = 0
    quotes: int = 0


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, or a heading where `level` is 1 to 6.

    `marker` is set on the first paragraph of a list item: "-", a number, or "[ ]" and "[x]" of a task.
    A tight one stands close to what precedes it.
    """

    place: Place
    spans: Spans
    level: int = 0
    marker: str = ""
    is_tight: bool = False


@dataclass(frozen=True, slots=True)
class Code:
    """A code block; `language` as its fence names it, often empty."""

    place: Place
    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, the first row the heading; `aligns` holds "left", "center" or "right" per column."""

    place: Place
    rows: tuple[tuple[Spans, ...], ...]
    aligns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across."""

    place: Place


Block = Paragraph | Code | Table | Rule


def common(old: Sequence[Block], new: Sequence[Block]) -> int:
    """How many blocks at the beginning are the same."""
    count = 0
    for before, after in zip(old, new, strict=False):
        if before is not after and before != after:
            break
        count += 1
    return count
