"""Bring a database to the newest version, one numbered migration after the other, a backup before each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import apsw

from app.core.errors import DatabaseCorrupt, DatabaseTooNew
from app.storage.backup import back_up
from app.storage.migrations import MIGRATIONS, Migration

APPLICATION_ID = int.from_bytes(b"Alcv")


def version_of(connection: apsw.Connection, path: Path, known: int = len(MIGRATIONS)) -> int:
    """The version of a database; reads only.

    Raises:
        DatabaseTooNew: a later version of the program wrote it.
        DatabaseCorrupt: it is empty or another program's.
    """
    if connection.pragma("application_id") != APPLICATION_ID:
        raise DatabaseCorrupt(path=str(path), reason="not a database of Alcove")
    found = int(connection.pragma("user_version"))
    if found > known:
        raise DatabaseTooNew(path=str(path), found=found, known=known)
    return found


def migrate(
    connection: apsw.Connection,
    backups: Path | None,
    migrations: Sequence[Migration] = MIGRATIONS,
) -> None:
    """Run what is missing, each migration whole or not at all; None: what is not on disk needs no backup."""
    version = int(connection.pragma("user_version"))
    for number, step in enumerate(migrations[version:], version + 1):
        if backups is not None:
            back_up(connection, backups, number - 1)
        with connection:
            step(connection)
            connection.pragma("application_id", APPLICATION_ID)
            connection.pragma("user_version", number)
