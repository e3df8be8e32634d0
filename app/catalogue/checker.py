"""SHA-256 of a file that lies there, or of one still being fetched, right behind its bytes."""

from __future__ import annotations

import errno
import hashlib
import os
import threading
from collections.abc import Callable
from io import FileIO

from app.catalogue.job import Stop, StopRequested
from app.catalogue.names import Names
from app.catalogue.part import Part
from app.catalogue.record import block_size

READ_BYTES = 1 << 20
_PATIENCE_S = 0.2


class Checker:
    """A thread that hashes a part file block by block, each as soon as its bytes are there.

    A block whose SHA-256 is known from before and now is another is lost, and fetched again; should it
    then be as it is now, it stays, and the SHA-256 of the whole file decides.
    """

    def __init__(self, part: Part, names: Names, stop: Stop, damaged: Callable[[int], None]) -> None:
        self._part = part
        self._path = names.part
        self._stop = stop
        self._damaged = damaged
        self._doubted: set[int] = set()
        self.checked_bytes = 0
        self.sha256 = ""
        self.error: OSError | StopRequested | None = None
        self._thread = threading.Thread(target=self._run, name="checker", daemon=True)
        self._thread.start()

    @property
    def has_ended(self) -> bool:
        return not self._thread.is_alive()

    def join(self, timeout_s: float) -> None:
        self._thread.join(timeout_s)

    def _run(self) -> None:
        try:
            with self._path.open("r+b", buffering=0) as file:
                whole = hashlib.sha256()
                for block in range(self._part.block_count):
                    whole = self._check(file, block, whole)
                os.fsync(file.fileno())
            self.sha256 = whole.hexdigest()
        except (OSError, StopRequested) as error:
            self.error = error

    def _check(self, file: FileIO, block: int, before: hashlib._Hash) -> hashlib._Hash:
        """Hash one block until it is what it has to be; gives the hash of all up to its end."""
        while True:
            whole, own = before.copy(), hashlib.sha256()
            self._read(file, block, whole, own)
            known = self._part.known_sha256(block)
            if known is None or known == own.digest() or block in self._doubted:
                if known != own.digest():
                    os.fsync(file.fileno())
                    self._part.checked(block, own.digest())
                return whole
            self._doubted.add(block)
            self._part.lose(block)
            self._damaged(block)

    def _read(self, file: FileIO, block: int, *digests: hashlib._Hash) -> None:
        start = block * self._part.identity.block_bytes
        size = block_size(self._part.identity, block)
        buffer = memoryview(bytearray(min(READ_BYTES, size)))
        file.seek(start)
        done = 0
        while done < size:
            self._stop.check()
            there = self._part.wait_for(block, done, _PATIENCE_S)
            while done < there:
                self._stop.check()
                done += _hash_some(file, buffer[: there - done], digests)
                self.checked_bytes = start + done


def _hash_some(file: FileIO, buffer: memoryview, digests: tuple[hashlib._Hash, ...]) -> int:
    size = file.readinto(buffer) or 0
    if not size:
        raise OSError(errno.EIO, os.strerror(errno.EIO))  # someone else has cut the file short
    for digest in digests:
        digest.update(buffer[:size])
    return size


def hash_file(
    file: FileIO, block_bytes: int, stop: Stop, progress: Callable[[int], None]
) -> tuple[str, list[bytes]]:
    """The SHA-256 of a file and of each of its blocks; `progress` is told how much is done.

    Raises:
        OSError: it cannot be read.
        StopRequested: `stop` was set.
    """
    whole, blocks, done = hashlib.sha256(), list[bytes](), 0
    buffer = memoryview(bytearray(READ_BYTES))
    own = hashlib.sha256()
    while True:
        stop.check()
        room = block_bytes - done % block_bytes
        size = file.readinto(buffer[:room]) or 0
        if size:
            whole.update(buffer[:size])
            own.update(buffer[:size])
            done += size
            progress(done)
        if done % block_bytes == 0 or not size:
            if size or done % block_bytes:
                blocks.append(own.digest())
            own = hashlib.sha256()
        if not size:
            return whole.hexdigest(), blocks
