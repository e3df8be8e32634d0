"""Read a GGUF header: metadata and tensor list, every length checked before it is used.

The header is read into memory, not mapped: a mapped file that shrinks or sits on a pulled-out disk
ends the whole process with SIGBUS, a read fails with an error. Arrays are stepped over and decoded
only when asked for, so opening a file with 600,000 strings takes some 60 ms.
"""

from __future__ import annotations

import stat
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path

from app.core.errors import ModelMissing, ModelTruncated, ModelUnreadable, NotGguf
from app.gguf.tensors import TENSOR_TYPES, TensorInfo

MAGIC = b"GGUF"
VERSIONS = (2, 3)

_STRING, _ARRAY = 8, 9
_NUMBERS = dict(zip((0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12), "BbHhIif?Qqd", strict=True))
"""GGUF's number types as the struct module spells them; little-endian always."""

_LENGTH = struct.Struct("<Q").unpack_from
_WORD = struct.Struct("<I").unpack_from

_FIRST_READ_BYTES = 24 << 20
_HEADER_LIMIT_BYTES = 256 << 20
_ENTRIES_LIMIT = 1 << 16
_DIMENSIONS_LIMIT = 4
_FILE_LIMIT_BYTES = 1 << 50

Scalar = int | float | str


@dataclass(frozen=True, slots=True)
class Field:
    """Where one metadata value lies in the header; `count` is None for a single value."""

    type: int
    start: int
    end: int
    count: int | None = None


@dataclass(frozen=True, slots=True)
class GgufFile:
    """A checked header. Metadata is decoded on demand; `header` holds the bytes it is decoded from."""

    path: Path
    version: int
    size_bytes: int
    alignment: int
    tensors: tuple[TensorInfo, ...]
    fields: Mapping[str, Field] = field(repr=False)
    header: bytes = field(repr=False)

    @property
    def architecture(self) -> str:
        return self.text("general.architecture")

    def value(self, key: str) -> Scalar | None:
        """A single value, None where the key is absent or an array.

        Raises:
            ModelUnreadable: a text is not UTF-8.
        """
        found = self.fields.get(key)
        if found is None or found.count is not None:
            return None
        if found.type == _STRING:
            return _decode(self.path, self.header[found.start + 8 : found.end])
        number: int | float = struct.unpack_from("<" + _NUMBERS[found.type], self.header, found.start)[0]
        return number

    def text(self, key: str, default: str = "") -> str:
        value = self.value(key)
        return value if isinstance(value, str) else default

    def strings(self, key: str) -> Iterator[bytes]:
        """The raw strings of an array, in order; nothing where the key is absent or no such array."""
        found = self.fields.get(key)
        if found is None or found.type != _STRING or found.count is None:
            return
        header, position = self.header, found.start
        for _ in repeat(None, found.count):
            start = position + 8
            position = start + _LENGTH(header, position)[0]
            yield header[start:position]

    def count(self, key: str) -> int:
        """How many values an array holds; 0 where there is no such array."""
        found = self.fields.get(key)
        return found.count or 0 if found else 0


def read(path: Path) -> GgufFile:
    """Read and check the header of a GGUF file.

    Raises:
        ModelMissing, ModelUnreadable, NotGguf, ModelTruncated: and nothing else.
    """
    try:
        return _read(path)
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:  # ValueError: a NUL in the path
        raise ModelMissing(path=str(path)) from error
    except (OSError, MemoryError) as error:
        raise ModelUnreadable(path=str(path), reason=getattr(error, "strerror", "") or str(error)) from error


def _read(path: Path) -> GgufFile:
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):  # opening a FIFO would wait for ever
        raise ModelUnreadable(path=str(path), reason="not a regular file")
    with path.open("rb") as file:
        header = file.read(_FIRST_READ_BYTES)
        if not header.startswith(MAGIC):
            raise NotGguf(path=str(path))
        while True:
            try:
                return _Parser(path, status.st_size, header).parse()
            except _PastEndError as past:
                _refuse_past_end(path, status.st_size, past.position)
                more = file.read(max(past.position - len(header), len(header)))
                if not more:  # the file shrank between stat and read
                    raise ModelTruncated(
                        path=str(path), size_bytes=len(header), needed_bytes=past.position
                    ) from None
                header += more


def _refuse_past_end(path: Path, size_bytes: int, position: int) -> None:
    """Return if the header may be read on up to `position`."""
    if position > size_bytes + _HEADER_LIMIT_BYTES:
        raise _damaged(path, "a length goes far past the end of the file")
    if position > size_bytes:
        raise ModelTruncated(path=str(path), size_bytes=size_bytes, needed_bytes=position)
    if position > _HEADER_LIMIT_BYTES:
        raise _damaged(path, "the header is too long")


def _damaged(path: Path, reason: str) -> ModelUnreadable:
    return ModelUnreadable(path=str(path), reason=f"damaged header: {reason}")


def _decode(path: Path, raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise _damaged(path, "a text is not UTF-8") from None


class _PastEndError(Exception):
    """The header goes on up to `position` at least, which is beyond the bytes at hand."""

    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


class _Parser:
    """One pass over the header bytes; every step forward is checked against their end."""

    def __init__(self, path: Path, size_bytes: int, header: bytes) -> None:
        self.path = path
        self.size_bytes = size_bytes
        self.header = header
        self.position = len(MAGIC)

    def parse(self) -> GgufFile:
        version = self._word()
        if version not in VERSIONS:
            raise ModelUnreadable(path=str(self.path), reason=f"GGUF version {version} is not supported")
        tensor_count, field_count = self._length(), self._length()
        if max(tensor_count, field_count) > _ENTRIES_LIMIT:
            raise _damaged(self.path, "too many entries")
        fields = self._fields(field_count)
        entries = [self._tensor() for _ in range(tensor_count)]
        alignment = self._alignment(fields)
        tensors = self._place(entries, alignment)
        header = self.header[: self.position]
        return GgufFile(self.path, version, self.size_bytes, alignment, tensors, fields, header)

    def _require(self, size_bytes: int) -> int:
        """The position `size_bytes` ahead, which the bytes at hand must reach."""
        end = self.position + size_bytes
        if end > len(self.header):
            raise _PastEndError(end)
        return end

    def _word(self) -> int:
        start, self.position = self.position, self._require(4)
        return int(_WORD(self.header, start)[0])

    def _length(self) -> int:
        start, self.position = self.position, self._require(8)
        return int(_LENGTH(self.header, start)[0])

    def _text(self) -> str:
        length = self._length()
        start, self.position = self.position, self._require(length)
        return _decode(self.path, self.header[start : self.position])

    def _fields(self, count: int) -> dict[str, Field]:
        fields: dict[str, Field] = {}
        for _ in range(count):
            key = self._text()
            if key in fields:
                raise _damaged(self.path, "a key appears twice")
            fields[key] = self._field()
        return fields

    def _field(self) -> Field:
        kind, count = self._word(), None
        if kind == _ARRAY:
            kind, count = self._word(), self._length()
        start = self.position
        if kind == _STRING:
            self._skip_strings(1 if count is None else count)
        elif kind in _NUMBERS:
            self.position = self._require(
                struct.calcsize("<" + _NUMBERS[kind]) * (1 if count is None else count)
            )
        else:
            raise _damaged(self.path, f"unknown value type {kind}")
        return Field(kind, start, self.position, count)

    def _skip_strings(self, count: int) -> None:
        self._require(count * 8)
        header, position = self.header, self.position
        try:
            for _ in repeat(None, count):  # 0.13 us a string: there are 650,000 of them
                position += _LENGTH(header, position)[0] + 8
        except (struct.error, IndexError, OverflowError):
            raise _PastEndError(position + 8) from None
        if position > len(header):
            raise _PastEndError(position)
        self.position = position

    def _tensor(self) -> tuple[str, tuple[int, ...], int, int]:
        name, dimensions = self._text(), self._word()
        if dimensions > _DIMENSIONS_LIMIT:
            raise _damaged(self.path, f"a tensor of {dimensions} dimensions")
        shape = tuple(self._length() for _ in range(dimensions))
        return name, shape, self._word(), self._length()

    def _alignment(self, fields: Mapping[str, Field]) -> int:
        """The declared alignment, 32 where none is."""
        found = fields.get("general.alignment")
        if found is None:
            return 32
        alignment = int(_WORD(self.header, found.start)[0]) if found.type == 4 and found.count is None else 0
        if alignment == 0 or alignment & (alignment - 1):
            raise _damaged(self.path, "the alignment is no power of two")
        return alignment

    def _place(
        self, entries: list[tuple[str, tuple[int, ...], int, int]], alignment: int
    ) -> tuple[TensorInfo, ...]:
        """The tensors with their places in the file, all of which must lie inside it."""
        data_start = (self.position + alignment - 1) // alignment * alignment
        tensors = tuple(self._measure(entry, data_start, alignment) for entry in entries)
        if len({tensor.name for tensor in tensors}) < len(tensors):
            raise _damaged(self.path, "a tensor name appears twice")
        needed = max((tensor.offset_bytes + tensor.size_bytes for tensor in tensors), default=0)
        if needed > _FILE_LIMIT_BYTES:
            raise _damaged(self.path, "a tensor is larger than any file")
        if needed > self.size_bytes:
            raise ModelTruncated(path=str(self.path), size_bytes=self.size_bytes, needed_bytes=needed)
        return tensors

    def _measure(
        self, entry: tuple[str, tuple[int, ...], int, int], data_start: int, alignment: int
    ) -> TensorInfo:
        name, shape, type_number, offset = entry
        kind = TENSOR_TYPES.get(type_number)
        if kind is None:
            raise _damaged(self.path, f"unknown tensor type {type_number}")
        if offset % alignment or (shape and shape[0] % kind.block_size):
            raise _damaged(self.path, "a tensor is not aligned")
        return TensorInfo(name, shape, kind.name, data_start + offset, kind.size_bytes(shape))
