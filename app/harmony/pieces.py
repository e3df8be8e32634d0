"""Make any text fit to be encoded: no lone surrogates, and long unbroken runs cut into pieces.

Byte-pair merging is quadratic in what the splitting pattern leaves whole, which is a run of letters, of
spaces or of signs (digits are split by threes): 200,000 spaces took 14.7 s in one piece.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import category

RUN_LIMIT = 1000
"""Runs up to this many characters stay whole, so that ordinary text is encoded as ever."""

_LONG = re.compile(rf"[^\s\d]{{{RUN_LIMIT + 1},}}|\s{{{RUN_LIMIT + 1},}}")
_LONG_CLASS = re.compile(rf"(?:a{{{RUN_LIMIT + 1},}}|s{{{RUN_LIMIT + 1},}}|p{{{RUN_LIMIT + 1},}})")


def clean(text: str) -> str:
    """Pairs of surrogates become the character they stand for, lone ones U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def pieces(text: str) -> Iterator[str]:
    """The text in order; more than one piece only where a run of one class is longer than the limit."""
    start = 0
    for cut in _cuts(text):
        yield text[start:cut]
        start = cut
    yield text[start:]


def _cuts(text: str) -> Iterator[int]:
    if not _LONG.search(text):
        return
    classes = text.translate({ord(character): _class(character) for character in set(text)})
    for run in _LONG_CLASS.finditer(classes):
        yield from range(run.start() + RUN_LIMIT, run.end(), RUN_LIMIT)


def _class(character: str) -> str:
    """Which runs of the splitting pattern a character continues: letters, digits, spaces or signs."""
    if character.isspace():
        return "s"
    kind = category(character)[0]
    return {"L": "a", "M": "a", "N": "9"}.get(kind, "p")
