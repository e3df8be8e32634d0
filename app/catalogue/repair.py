"""Mend a model file whose blocks have rotted: only those are fetched again."""

from __future__ import annotations

import contextlib
import os

from app.catalogue.check import bad_blocks, recorded, write_record
from app.catalogue.download import Download
from app.catalogue.record import Identity, Record, Slot
from app.core.download import Damaged
from app.core.errors import ModelMissing, NotRepairable
from app.core.words import mark


class Repair(Download):
    """A download that starts from a damaged file. Until it is whole again it lies out of sight, as the
    part file of a download that can go on at any time.
    """

    def _make(self) -> None:
        if not self._names.target.is_file():
            raise ModelMissing(path=str(self._names.target))
        if self._take_apart():
            self._fetch()

    def _take_apart(self) -> bool:
        """Make the file a part file without its bad blocks; False where there is nothing bad about it."""
        identity, slots = recorded(self._names.target)
        block_bytes = identity.block_bytes if identity is not None else self._tuning.block_bytes
        sha256, blocks = self._hash_target(block_bytes)
        if sha256 == self._file.sha256:
            if identity is None:
                write_record(self._names, Identity(self._file, block_bytes), blocks)
            return False
        if identity is None or not identity.is_of(self._file):
            raise self._refusal(mark("it was never found good here, so that nobody knows what is wrong"))
        bad = bad_blocks(slots, blocks)
        if not bad:
            raise self._refusal(mark("all of its blocks are as they were when it came"))
        self._put(Damaged(bad))
        self._require_source()
        self._forget(bad, slots)
        return True

    def _require_source(self) -> None:
        """Ask for one byte: a damaged file that cannot be mended now stays where it is.

        Raises:
            DownloadError: nobody gives the blocks.
        """
        web = self._hub.web(self._stop, self._tuning.stall_s)
        with contextlib.closing(web), self._hub.source(web, self._file).open(0, 0):
            return

    def _forget(self, bad: tuple[int, ...], slots: list[Slot]) -> None:
        record = Record.open(self._names.record)
        assert record is not None
        with contextlib.closing(record):
            for block in bad:
                record.set(block, Slot(0, slots[block].sha256))
        os.replace(self._names.target, self._names.part)
        if self._names.part.stat().st_size > self._file.size_bytes:
            os.truncate(self._names.part, self._file.size_bytes)

    def _refusal(self, reason: str) -> NotRepairable:
        return NotRepairable(path=str(self._names.target), reason=reason)
