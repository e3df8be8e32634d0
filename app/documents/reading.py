"""Read documents as text: within limits, in UTF-8 or UTF-16, and with a word on why not."""

from __future__ import annotations

import codecs
import errno
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from app.core.errors import (
    DocumentEmpty,
    DocumentMissing,
    DocumentNotText,
    DocumentTooLarge,
    DocumentUnreadable,
)

LARGEST = 4 * 1024 * 1024
"""In bytes, of one document: far more than any model has context for."""

_BLOCK = 1 << 16
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def read_document(path: Path, limit_bytes: int = LARGEST) -> str:
    """The text of a document, its byte order mark left out, its lines ended by line feeds.

    Raises:
        DocumentMissing, DocumentUnreadable, DocumentTooLarge, DocumentNotText, DocumentEmpty: and no others.
    """
    size = size_of(path)
    if size > limit_bytes:
        raise DocumentTooLarge(path=str(path), size_bytes=size, limit_bytes=limit_bytes)
    return _whole(read_pieces(path, limit_bytes), str(path))


def read_stream(stream: BinaryIO, name: str, limit_bytes: int = LARGEST) -> str:
    """The text that comes through a pipe, held to all that a document is; `name` is its path in errors.

    Raises:
        DocumentUnreadable, DocumentTooLarge, DocumentNotText, DocumentEmpty: and no others.
    """
    return _whole(_decoded(_blocks(stream, name), name, limit_bytes), name)


def _whole(pieces: Iterable[str], name: str) -> str:
    text = "".join(pieces).replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise DocumentEmpty(path=name)
    return text


def size_of(path: Path) -> int:
    """The size in bytes of a file that can be read to its end.

    Raises:
        DocumentMissing, DocumentUnreadable: there is none, or it is a folder, a pipe, a device.
    """
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise DocumentMissing(path=str(path)) from None
    except (OSError, ValueError) as error:  # ValueError: the path itself holds a NUL
        raise _unreadable(str(path), error) from error
    if stat.S_ISDIR(found.st_mode):
        raise DocumentUnreadable(path=str(path), reason=os.strerror(errno.EISDIR))
    if not stat.S_ISREG(found.st_mode):
        raise DocumentUnreadable(path=str(path), reason="not a regular file")
    return found.st_size


def read_pieces(path: Path, limit_bytes: int | None = None) -> Iterator[str]:
    """The text of a file piece by piece, its byte order mark left out.

    Raises:
        DocumentUnreadable, DocumentNotText: `position` counts bytes from the beginning of the file.
        DocumentTooLarge: it has grown beyond the limit since it was measured.
    """
    try:
        with path.open("rb") as file:
            yield from _decoded(_blocks(file, str(path)), str(path), limit_bytes)
    except FileNotFoundError:
        raise DocumentMissing(path=str(path)) from None
    except OSError as error:
        raise _unreadable(str(path), error) from error


def _decoded(blocks: Iterable[bytes], name: str, limit_bytes: int | None) -> Iterator[str]:
    decoder: _Decoder | None = None
    for block in blocks:
        if decoder is None:
            mark, encoding = next((one for one in _MARKS if block.startswith(one[0])), (b"", "utf-8"))
            decoder = _Decoder(name, encoding, len(mark))
            block = block[len(mark) :]
        yield decoder.decode(block)
        if limit_bytes is not None and decoder.done > limit_bytes:
            raise DocumentTooLarge(path=name, size_bytes=decoder.done, limit_bytes=limit_bytes)


def _blocks(stream: BinaryIO, name: str) -> Iterator[bytes]:
    """The bytes of a file or a pipe, and an empty block at its end."""
    try:
        while block := stream.read(_BLOCK):
            yield block
    except OSError as error:
        raise _unreadable(name, error) from error
    yield b""


class _Decoder:
    """Decodes block after block, an empty one being the end; so many bytes of the file are `done`."""

    def __init__(self, name: str, encoding: str, done: int) -> None:
        self._name = name
        self._encoding = encoding
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self.done = done

    def decode(self, block: bytes) -> str:
        start = self.done - len(self._decoder.getstate()[0])
        try:
            text = self._decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            raise DocumentNotText(path=self._name, position=start + error.start) from None
        if (at := text.find("\0")) >= 0:
            before = len(text[:at].encode(self._encoding))
            raise DocumentNotText(path=self._name, position=start + before)
        self.done += len(block)
        return text


def _unreadable(name: str, error: OSError | ValueError) -> DocumentUnreadable:
    reason = error.strerror if isinstance(error, OSError) else None
    return DocumentUnreadable(path=name, reason=reason or str(error))
