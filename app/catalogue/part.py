"""The file being fetched: which of its blocks are there, who fetches which, and what is left."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import psutil

from app.catalogue.job import StopRequested
from app.catalogue.names import Names
from app.catalogue.record import Identity, Record, Slot, block_size


@dataclass(frozen=True, slots=True)
class Claim:
    """A stretch of the file for one connection: from `first` to `last`, both included, from `block` on."""

    block: int
    first: int
    last: int


class Part:
    """Written by several connections and read by the checker at the same time."""

    def __init__(self, names: Names, record: Record) -> None:
        self._names = names
        self._record = record
        self._claimed: set[int] = set()
        self._changed = threading.Condition()
        self._is_closed = False
        self.identity = record.identity
        self.came_bytes = 0
        """What connections have brought since it was opened, wanted or not."""

    @classmethod
    def open(cls, names: Names, identity: Identity) -> Part:
        """Go on with what is there of this very file, in blocks of whatever size, or begin anew.

        Raises:
            OSError: it cannot be made.
        """
        boot_s = psutil.boot_time()
        record = Record.open(names.record, boot_s)
        if record is not None and not (record.identity.is_of(identity.file) and names.part.exists()):
            record.close()
            record = None
        if record is None:
            names.part.unlink(missing_ok=True)
            names.part.touch(mode=0o600)
            record = Record.create(names.record, identity, boot_s)
        part = cls(names, record)
        part._forget_beyond(names.part.stat().st_size)
        return part

    @property
    def done_bytes(self) -> int:
        return sum(slot.filled for slot in self._record.slots)

    @property
    def missing_bytes(self) -> int:
        return self.identity.size_bytes - self.done_bytes

    @property
    def block_count(self) -> int:
        return len(self._record.slots)

    @property
    def has_free(self) -> bool:
        """Whether there is something to fetch that no connection has claimed."""
        with self._changed:
            return any(self._is_free(block) for block in range(self.block_count))

    def claim(self, is_alone: bool) -> Claim | None:
        """The next stretch to fetch: one block, or for a connection that is alone all that follow it."""
        with self._changed:
            block = next((block for block in range(self.block_count) if self._is_free(block)), None)
            if block is None:
                return None
            self._claimed.add(block)
            end = block
            while is_alone and end + 1 < self.block_count and self._is_untouched(end + 1):
                end += 1
            return Claim(
                block, self.wanted_from(block), self._start(end) + block_size(self.identity, end) - 1
            )

    def claim_block(self, block: int) -> bool:
        """Whether a connection whose bytes have come to this block may have it, too."""
        with self._changed:
            if not self._is_free(block):
                return False
            self._claimed.add(block)
            return True

    def give_back(self, block: int) -> None:
        with self._changed:
            self._claimed.discard(block)

    @contextlib.contextmanager
    def writing(self) -> Iterator[BinaryIO]:
        """A handle for `add`; each connection has its own."""
        with self._names.part.open("r+b", buffering=0) as handle:
            yield handle

    def add(self, handle: BinaryIO, block: int, data: memoryview) -> int:
        """Append to a claimed block as much of `data` as belongs to it; gives how much that is.

        Raises:
            OSError: it cannot be written; what was there stays.
            StopRequested: the download has ended meanwhile.
        """
        self._check_open()
        filled = self._record.slots[block].filled
        size = min(len(data), block_size(self.identity, block) - filled)
        handle.seek(self._start(block) + filled)
        rest = data[:size]
        while rest:
            rest = rest[handle.write(rest) :]
        with self._changed:
            self._check_open()
            self.came_bytes += size
            self._record.set(block, Slot(filled + size, self._record.slots[block].sha256))
            if filled + size == block_size(self.identity, block):
                self._claimed.discard(block)
            self._changed.notify_all()
        return size

    def skip(self, size_bytes: int) -> int:
        """Count bytes that came although they are here already."""
        with self._changed:
            self.came_bytes += size_bytes
        return size_bytes

    def wanted_from(self, block: int) -> int:
        """Where in the file the block's missing bytes begin."""
        return self._start(block) + self._record.slots[block].filled

    def is_full(self, block: int) -> bool:
        return self._record.slots[block].filled == block_size(self.identity, block)

    def known_sha256(self, block: int) -> bytes | None:
        return self._record.slots[block].sha256

    def wait_for(self, block: int, beyond: int, timeout_s: float) -> int:
        """How much of the block is there, once that is more than `beyond` or the time has passed."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._is_closed or self._record.slots[block].filled > beyond, timeout_s
            )
            return self._record.slots[block].filled

    def checked(self, block: int, sha256: bytes) -> None:
        """Note the SHA-256 of a full block."""
        with self._changed:
            self._check_open()
            self._record.set(block, Slot(block_size(self.identity, block), sha256))

    def lose(self, block: int) -> None:
        """The block is not what it was once known to be: it is to be fetched again."""
        with self._changed:
            self._check_open()
            self._record.set(block, Slot(0, self._record.slots[block].sha256))
            self._changed.notify_all()

    def lose_all(self) -> None:
        """The whole is wrong, and nobody knows where."""
        with self._changed:
            self._claimed.clear()
            for block in range(self.block_count):
                self._record.set(block, Slot())

    def finish(self) -> None:
        """Make the record durable and let go of it; it stays beside the whole file."""
        self._record.sync()
        self.close()

    def close(self) -> None:
        """Let go of the record; connections that still hang on write nothing more."""
        with self._changed:
            if not self._is_closed:
                self._is_closed = True
                self._record.close()
                self._changed.notify_all()

    def discard(self) -> None:
        """Throw away all that was fetched."""
        self.close()
        self._names.part.unlink(missing_ok=True)
        self._names.record.unlink(missing_ok=True)

    def _check_open(self) -> None:
        if self._is_closed:
            raise StopRequested

    def _start(self, block: int) -> int:
        return block * self.identity.block_bytes

    def _is_free(self, block: int) -> bool:
        return block not in self._claimed and not self.is_full(block)

    def _is_untouched(self, block: int) -> bool:
        return block not in self._claimed and self._record.slots[block].filled == 0

    def _forget_beyond(self, size_bytes: int) -> None:
        """What the record tells of bytes past the end of the file is not so: someone cut it short."""
        for block, slot in enumerate(self._record.slots):
            there = max(0, size_bytes - self._start(block))
            if slot.filled > there:
                self._record.set(
                    block, Slot(min(slot.filled, there) if slot.sha256 is None else 0, slot.sha256)
                )
