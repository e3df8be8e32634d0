"""The documents in a folder, in the order people count in, and what there is not taken for one."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from app.core.errors import DocumentMissing, DocumentUnreadable

SUFFIXES = (".txt", ".md", ".csv", ".json")
"""Of the files that are taken for documents, in small or capital letters."""

_DIGITS = re.compile("([0-9]+)")


class Reason(StrEnum):
    """Why something in a folder is left out."""

    HIDDEN = "hidden"
    FOLDER = "folder"
    OTHER_KIND = "other kind"
    NOT_REGULAR = "not regular"
    """A pipe, a device, or a link that leads nowhere."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    path: Path
    reason: Reason


@dataclass(frozen=True, slots=True)
class Listing:
    """`document2` comes before `document10` in both."""

    documents: tuple[Path, ...]
    left_out: tuple[LeftOut, ...]


def list_documents(folder: Path) -> Listing:
    """What lies directly in a folder.

    Raises:
        DocumentMissing, DocumentUnreadable: there is no folder, or it cannot be listed.
    """
    try:
        paths = sorted(folder.iterdir(), key=_natural)
    except FileNotFoundError:
        raise DocumentMissing(path=str(folder)) from None
    except OSError as error:
        raise DocumentUnreadable(path=str(folder), reason=error.strerror or str(error)) from error
    reasons = [(path, _reason(path)) for path in paths]
    return Listing(
        documents=tuple(path for path, reason in reasons if reason is None),
        left_out=tuple(LeftOut(path, reason) for path, reason in reasons if reason is not None),
    )


def _natural(path: Path) -> tuple[list[str | int], str]:
    """Runs of digits count as numbers: every second part is one."""
    parts = _DIGITS.split(path.name.casefold())
    return [int(part) if number % 2 else part for number, part in enumerate(parts)], path.name


def _reason(path: Path) -> Reason | None:
    if path.name.startswith("."):
        return Reason.HIDDEN
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return Reason.NOT_REGULAR
    if stat.S_ISDIR(mode):
        return Reason.FOLDER
    if not stat.S_ISREG(mode):
        return Reason.NOT_REGULAR
    return None if path.suffix.casefold() in SUFFIXES else Reason.OTHER_KIND
