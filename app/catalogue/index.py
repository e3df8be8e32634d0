"""The curated entries, read from the file that ships with the program."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from app.core.catalogue import Entry
from app.core.errors import ModelUnreadable


class _Index(msgspec.Struct):
    version: int
    entries: tuple[Entry, ...]


def read_index(path: Path) -> tuple[Entry, ...]:
    """The entries in the order in which they are recommended; `path` is `resource("catalogue.json")`.

    Raises:
        ModelUnreadable: the program was not installed whole.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Index).entries
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ModelUnreadable(path=str(path), reason=str(error)) from error


def entry_with(entries: Iterable[Entry], sha256: str) -> Entry | None:
    """The entry a file with this SHA-256 is known as; None for one nobody has looked at."""
    return next((entry for entry in entries if entry.sha256 and entry.sha256 == sha256), None)
