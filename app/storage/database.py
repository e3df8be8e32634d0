"""The open database: one connection behind one lock, everything in transactions."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

import apsw

from app.storage.faults import told


class Database:
    """Any thread may use it; one at a time is let in. Made by `app.storage.opening`."""

    def __init__(self, path: Path, connection: apsw.Connection, is_writable: bool) -> None:
        self.path = path
        self.is_writable = is_writable
        self._connection = connection
        self._lock = threading.RLock()
        self._depth = 0

    @contextlib.contextmanager
    def transaction(self) -> Iterator[apsw.Connection]:
        """All or nothing, durable at the end; one within another is part of it.

        Raises:
            DiskFull, ProfileNotWritable, DatabaseCorrupt: nothing was written.
        """
        # Immediate: a transaction that begins as a reader may find later that it cannot write.
        with self._within("BEGIN IMMEDIATE") as connection:
            yield connection

    @contextlib.contextmanager
    def reading(self) -> Iterator[apsw.Connection]:
        """One unchanging view of the data, also while another process writes.

        Raises:
            DatabaseCorrupt, ProfileNotWritable: it cannot be read.
        """
        with self._within("BEGIN") as connection:
            yield connection

    @contextlib.contextmanager
    def _within(self, begin: str) -> Iterator[apsw.Connection]:
        with self._lock, told(self.path):
            if self._depth == 0:
                self._connection.execute(begin)
            self._depth += 1
            try:
                yield self._connection
                if self._depth == 1:
                    self._connection.execute("COMMIT")
            finally:
                self._depth -= 1
                if self._depth == 0 and self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    def check(self) -> str:
        """Look through the whole file; "ok", or what is wrong with it.

        Raises:
            DatabaseCorrupt: it cannot even be looked through.
        """
        with self._lock, told(self.path):
            return str(self._connection.pragma("integrity_check", 1))

    def clear_log(self) -> None:
        """Write the WAL into the file and empty it, so that what was deleted is gone from the disk."""
        # A reader in another process may hold on to it; then the next checkpoint does it.
        with self._lock, told(self.path), contextlib.suppress(apsw.BusyError, apsw.LockedError):
            self._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)

    def close(self) -> None:
        with self._lock, told(self.path):
            self._connection.close()
