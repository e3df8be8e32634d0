"""Connect to an SQLite file, set up so that it is durable, checked and leaves nothing behind."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import apsw

BUSY_PATIENCE_MS = 5000

_PRAGMAS = """
PRAGMA foreign_keys = ON;
PRAGMA trusted_schema = OFF;
PRAGMA cell_size_check = ON;
PRAGMA mmap_size = 0;
PRAGMA temp_store = MEMORY;
PRAGMA secure_delete = ON;
PRAGMA synchronous = FULL;
"""


def connect(path: Path, mode: str) -> apsw.Connection:
    """`mode`: "mode=rw", "mode=ro", or "immutable=1" for a file that nobody can be writing."""
    flags = apsw.SQLITE_OPEN_READWRITE if mode == "mode=rw" else apsw.SQLITE_OPEN_READONLY
    address = f"{path.absolute().as_uri()}?{mode}"
    return _set_up(apsw.Connection(address, flags=flags | apsw.SQLITE_OPEN_URI))


def connect_in_memory() -> apsw.Connection:
    return _set_up(apsw.Connection(":memory:"))


def copy(source: apsw.Connection, target: apsw.Connection) -> None:
    """Copy a whole database into another."""
    with target.backup("main", source, "main") as copying:
        copying.step()


@contextlib.contextmanager
def closed_on_error(connection: apsw.Connection) -> Iterator[None]:
    try:
        yield
    except BaseException:
        connection.close()
        raise


def _set_up(connection: apsw.Connection) -> apsw.Connection:
    with closed_on_error(connection):
        connection.set_busy_timeout(BUSY_PATIENCE_MS)
        # To the end: apsw runs no further than the first row until that is taken.
        connection.execute(_PRAGMAS).fetchall()
    return connection
