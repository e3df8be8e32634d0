"""Open the database: refused, and not touched, unless it is sound, ours and not too new."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import apsw

from app.core.errors import DatabaseCorrupt, ProfileNotWritable
from app.storage.connect import closed_on_error, connect, connect_in_memory, copy
from app.storage.database import Database
from app.storage.faults import told
from app.storage.migrate import migrate, version_of
from app.storage.migrations import MIGRATIONS
from app.userdata import profile_error, sync_folder

SQLITE_NEEDED = 3_051_003
"""Older ones may corrupt a database in WAL mode (the WAL-reset bug)."""


def open_to_write(path: Path, backups: Path) -> Database:
    """Open, or make, the database; only whoever holds the profile's lock may call this.

    Raises:
        DatabaseTooNew, DatabaseCorrupt: nothing was touched.
        DiskFull, ProfileNotWritable: it cannot be written.
    """
    _require_sqlite()
    with told(path):
        if not path.exists():
            _create(path)
        # Nobody else writes now, so without a WAL the file is all there is.
        with contextlib.closing(connect(path, "mode=ro" if _has_wal(path) else "immutable=1")) as connection:
            _check(connection, path)
        connection = connect(path, "mode=rw")
        with closed_on_error(connection):
            if connection.readonly("main"):
                raise ProfileNotWritable(path=str(path), reason="the file is read-only")
            migrate(connection, backups)
    return Database(path, connection, is_writable=True)


def open_to_read(path: Path) -> Database:
    """Open beside a running Alcove, or on a disk that cannot be written; without a file it is empty.

    Raises:
        DatabaseTooNew, DatabaseCorrupt, ProfileNotWritable: it cannot be read.
    """
    _require_sqlite()
    if not path.exists():
        return open_nothing()
    with told(path):
        connection = _connect_to_read(path)
        with closed_on_error(connection):
            version = _check(connection, path)
            if version < len(MIGRATIONS):
                connection = _migrated_copy(connection)
    return Database(path, connection, is_writable=False)


def open_nothing() -> Database:
    """An empty database that keeps nothing."""
    connection = connect_in_memory()
    migrate(connection, None)
    connection.pragma("query_only", True)
    return Database(Path(":memory:"), connection, is_writable=False)


def sqlite_version() -> str:
    return apsw.sqlite_lib_version()


def _require_sqlite() -> None:
    if apsw.SQLITE_VERSION_NUMBER < SQLITE_NEEDED:
        raise RuntimeError(f"SQLite {sqlite_version()} may corrupt databases: use apsw-sqlite3mc")


def _create(path: Path) -> None:
    """Make a new database that appears under its name whole; so an empty file is never one of ours."""
    if _has_wal(path):
        raise DatabaseCorrupt(path=str(path), reason="the file is missing beside its -wal file")
    part = Path(f"{path}.part")
    try:
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with contextlib.closing(connect(part, "mode=rw")) as connection:
            migrate(connection, None)
            connection.pragma("journal_mode", "wal")
        os.replace(part, path)
        sync_folder(path.parent)
    except OSError as error:
        raise profile_error(error, path) from error


def _has_wal(path: Path) -> bool:
    wal = Path(f"{path}-wal")
    return wal.exists() and wal.stat().st_size > 0


def _connect_to_read(path: Path) -> apsw.Connection:
    """Where the WAL's index cannot be made beside the file, an absent WAL needs none."""
    try:
        connection = connect(path, "mode=ro")
        with closed_on_error(connection):
            connection.pragma("schema_version")
    except (apsw.CantOpenError, apsw.ReadOnlyError):
        if _has_wal(path):
            raise
        return connect(path, "immutable=1")
    return connection


def _check(connection: apsw.Connection, path: Path) -> int:
    """Refuse what is damaged, another program's or too new; gives the version."""
    version = version_of(connection, path)
    if (found := connection.pragma("quick_check", 1)) != "ok":
        raise DatabaseCorrupt(path=str(path), reason=str(found).split("\n")[-1])
    return version


def _migrated_copy(source: apsw.Connection) -> apsw.Connection:
    """A reader may not migrate the file of an older version: it migrates a copy in memory."""
    with contextlib.closing(source):
        target = connect_in_memory()
        copy(source, target)
    migrate(target, None)
    target.pragma("query_only", True)
    return target
