"""The record of a model file's blocks, kept beside it: how much of each is there, and its SHA-256.

While a file is fetched the record is its journal: a slot is written after the bytes it speaks of, so a
killed program finds what it had. After a power cut bytes may be missing that a slot speaks of: a block
counts then only with a SHA-256, which is compared before it is used. Later the record shows which
blocks have rotted.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from app.core.catalogue import RemoteFile

VERSION = 1
_HEAD_BYTES = 8192
_SLOT: Final = struct.Struct("<Q32s")
_NOTHING: Final = bytes(32)


class Identity(msgspec.Struct, frozen=True):
    """Which file a record speaks of, and in blocks of what size."""

    file: RemoteFile
    block_bytes: int
    version: int = VERSION

    @property
    def size_bytes(self) -> int:
        return self.file.size_bytes

    def is_of(self, file: RemoteFile) -> bool:
        """Whether it speaks of these bytes, wherever they come from."""
        return (self.file.sha256, self.file.size_bytes) == (file.sha256, file.size_bytes)


class _Head(msgspec.Struct, frozen=True):
    identity: Identity
    boot_s: float


@dataclass(frozen=True, slots=True)
class Slot:
    """One block: how much of it is there, and the SHA-256 of the whole block once that is known."""

    filled: int = 0
    sha256: bytes | None = None


def block_count(identity: Identity) -> int:
    return -(-identity.size_bytes // identity.block_bytes)


def block_size(identity: Identity, block: int) -> int:
    """In bytes; only the last block may be shorter."""
    return min(identity.block_bytes, identity.size_bytes - block * identity.block_bytes)


class Record:
    """An open record; not for use from two threads at once."""

    def __init__(self, file: BinaryIO, identity: Identity, slots: list[Slot]) -> None:
        self._file = file
        self.identity = identity
        self.slots = slots

    @classmethod
    def create(cls, path: Path, identity: Identity, boot_s: float) -> Record:
        """An empty record, in place of whatever is there."""
        file = path.open("w+b", buffering=0)
        slots = [Slot()] * block_count(identity)
        head = msgspec.json.encode(_Head(identity, boot_s))
        _write_all(file, head.ljust(_HEAD_BYTES) + _SLOT.pack(0, _NOTHING) * len(slots))
        return cls(file, identity, slots)

    @classmethod
    def open(cls, path: Path, boot_s: float | None = None) -> Record | None:
        """The record at `path`; None where there is none that makes sense.

        `boot_s`, when this computer was started, makes it a journal to go on with: what a power cut may
        have taken since the record was last opened counts as not there.
        """
        try:
            file = path.open("r+b", buffering=0)
        except FileNotFoundError:
            return None
        found = _decode(file.read())
        if found is None:
            file.close()
            return None
        head, slots = found
        record = cls(file, head.identity, slots)
        if boot_s is not None:
            record._start_again(head, boot_s)
        return record

    def set(self, block: int, slot: Slot) -> None:
        self.slots[block] = slot
        self._file.seek(_HEAD_BYTES + block * _SLOT.size)
        _write_all(self._file, _SLOT.pack(slot.filled, slot.sha256 or _NOTHING))

    def sync(self) -> None:
        os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()

    def _start_again(self, head: _Head, boot_s: float) -> None:
        if abs(head.boot_s - boot_s) > 60:  # clocks are corrected by less while a computer runs
            for block, slot in enumerate(self.slots):
                if slot.filled and slot.sha256 is None:
                    self.set(block, Slot())
            self._file.seek(0)
            _write_all(self._file, msgspec.json.encode(_Head(head.identity, boot_s)).ljust(_HEAD_BYTES))


def _decode(data: bytes) -> tuple[_Head, list[Slot]] | None:
    try:
        head = msgspec.json.decode(data[:_HEAD_BYTES], type=_Head)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    identity = head.identity
    if identity.version != VERSION or identity.block_bytes <= 0 or identity.size_bytes <= 0:
        return None
    if len(data) != _HEAD_BYTES + block_count(identity) * _SLOT.size:
        return None
    pairs = [_SLOT.unpack_from(data, at) for at in range(_HEAD_BYTES, len(data), _SLOT.size)]
    if any(filled > block_size(identity, block) for block, (filled, _) in enumerate(pairs)):
        return None
    return head, [Slot(filled, None if sha256 == _NOTHING else sha256) for filled, sha256 in pairs]


def _write_all(file: BinaryIO, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[file.write(view) :]
