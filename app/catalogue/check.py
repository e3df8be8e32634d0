"""Check a model file that lies there: its SHA-256, and which of its blocks have changed."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from app.catalogue.checker import hash_file
from app.catalogue.job import Job
from app.catalogue.names import Names
from app.catalogue.pace import Rate, Tuning, left_s
from app.catalogue.record import Identity, Record, Slot, block_size
from app.core.catalogue import RemoteFile
from app.core.download import Checked, CheckProgress
from app.core.errors import ModelMissing, ModelUnreadable, ProfileError
from app.userdata import make_folder


class CheckTeller:
    """Makes events of how far a check is, a few a second."""

    def __init__(self, total_bytes: int, tell: Callable[[CheckProgress], None], pause_s: float) -> None:
        self._total_bytes = total_bytes
        self._tell = tell
        self._pause_s = pause_s
        self._rate = Rate()
        self._told_at = -pause_s
        self.done_bytes = 0

    def done(self, done_bytes: int) -> None:
        self.done_bytes = done_bytes
        now = time.monotonic()
        if now - self._told_at >= self._pause_s or done_bytes == self._total_bytes:
            self._told_at = now
            rate = self._rate.add(now, done_bytes)
            missing_bytes = max(0, self._total_bytes - done_bytes)
            self._tell(CheckProgress(done_bytes, self._total_bytes, rate, left_s(missing_bytes, rate)))


class Check(Job):
    """Starts at once; its last event is `Checked`, or `Stopped` after `cancel`."""

    def __init__(self, path: Path, sha256: str = "", tuning: Tuning | None = None) -> None:
        """`sha256` is what the file should have; "" where only its record may know.

        The first time a file is found good the SHA-256 of its blocks is kept beside it.
        """
        super().__init__(path)
        self._sha256 = sha256
        self._tuning = tuning or Tuning()
        self._teller: CheckTeller | None = None
        self._thread.start()

    def _done_bytes(self) -> int:
        return self._teller.done_bytes if self._teller is not None else 0

    def _work(self) -> None:
        identity, slots = recorded(self.path)
        block_bytes = identity.block_bytes if identity is not None else self._tuning.block_bytes
        expected = self._sha256 or (identity.file.sha256 if identity is not None else "")
        size_bytes, sha256, blocks = self._hash(block_bytes)
        is_good = sha256 == expected
        if is_good and size_bytes and (identity is None or identity.file.sha256 != sha256):
            self._keep(own_file(sha256, size_bytes), blocks)
        bad = bad_blocks(slots, blocks) if identity is not None and not is_good else ()
        self._put(Checked(self.path, sha256, is_good, bad))

    def _hash(self, block_bytes: int) -> tuple[int, str, list[bytes]]:
        if not self.path.is_file():
            raise ModelMissing(path=str(self.path))
        try:
            size_bytes = self.path.stat().st_size
            self._teller = CheckTeller(size_bytes, self._put, self._tuning.progress_s)
            with self.path.open("rb", buffering=0) as file:
                sha256, blocks = hash_file(file, block_bytes, self._stop, self._teller.done)
        except OSError as error:
            raise ModelUnreadable(path=str(self.path), reason=error.strerror or str(error)) from error
        return size_bytes, sha256, blocks

    def _keep(self, file: RemoteFile, blocks: list[bytes]) -> None:
        """Write a record where there is none, unless the folder is one that only others may write to."""
        with contextlib.suppress(OSError, ProfileError):
            write_record(Names.of(self.path), Identity(file, self._tuning.block_bytes), blocks)


def own_file(sha256: str, size_bytes: int) -> RemoteFile:
    """What is known of a file that did not come from a hub."""
    return RemoteFile("", "", "", size_bytes, sha256)


def recorded(target: Path) -> tuple[Identity | None, list[Slot]]:
    """What is known of the blocks of this file; None where nothing is."""
    try:
        record = Record.open(Names.of(target).record)
    except OSError:
        return None, []
    if record is None:
        return None, []
    record.close()
    is_whole = all(slot.sha256 is not None for slot in record.slots)
    return (record.identity, record.slots) if is_whole else (None, [])


def bad_blocks(slots: list[Slot], blocks: list[bytes]) -> tuple[int, ...]:
    """The blocks that are not what is recorded of them, or are not there at all."""
    found = dict(enumerate(blocks))
    return tuple(block for block, slot in enumerate(slots) if found.get(block) != slot.sha256)


def write_record(names: Names, identity: Identity, blocks: list[bytes]) -> None:
    """Keep the SHA-256 of every block of a file that was found good.

    Raises:
        OSError, ProfileError: it cannot be written.
    """
    make_folder(names.record.parent)
    with contextlib.closing(Record.create(names.record, identity, psutil.boot_time())) as record:
        for block, sha256 in enumerate(blocks):
            record.set(block, Slot(block_size(identity, block), sha256))
        record.sync()
