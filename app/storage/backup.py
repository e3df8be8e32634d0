"""Copies of the database, made whole and checked before they count."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import apsw

from app.core.errors import DatabaseCorrupt
from app.storage.connect import connect, copy
from app.storage.faults import told
from app.userdata import make_folder, profile_error, sync_folder


def back_up(connection: apsw.Connection, folder: Path, version: int) -> Path:
    """Copy the database into `folder`, numbered onwards; gives the copy's path.

    Raises:
        DiskFull, ProfileNotWritable, DatabaseCorrupt: there is no new backup.
    """
    make_folder(folder)
    path = folder / f"{_next_number(folder):04}-v{version}.db"
    part = path.with_suffix(".part")
    with told(part):
        try:
            part.unlink(missing_ok=True)
            _copy(connection, part)
            os.replace(part, path)
            sync_folder(folder)
        except OSError as error:
            raise profile_error(error, path) from error
        finally:
            part.unlink(missing_ok=True)
    return path


def _next_number(folder: Path) -> int:
    numbers = [int(path.name[:4]) for path in folder.glob("[0-9][0-9][0-9][0-9]-v*.db")]
    return max(numbers, default=0) + 1


def _copy(source: apsw.Connection, path: Path) -> None:
    """`path` must not exist. The copy is synced to disk by SQLite, and checked."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with contextlib.closing(connect(path, "mode=rw")) as target:
        copy(source, target)
        if (found := target.pragma("quick_check", 1)) != "ok":
            raise DatabaseCorrupt(path=str(path), reason=str(found))
