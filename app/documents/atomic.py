"""Write files for people whole or not at all, and append lines of which none is ever seen torn."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import stat
import sys
from collections.abc import Iterator
from io import FileIO
from pathlib import Path
from typing import BinaryIO

from app.core.errors import DocumentExists, DocumentNotWritable
from app.userdata import sync_folder, whole_file

_MODE = 0o666
"""What the umask leaves of it: a document is for whomever its owner lets read documents."""
_BLOCK = 1 << 16


@contextlib.contextmanager
def whole_document(path: Path, *, replace: bool = False) -> Iterator[BinaryIO]:
    """Write a document that appears under its name when the block ends without an error.

    With `replace` a file of that name is replaced by it, and keeps its mode; where a link has that name,
    the file it leads to.

    Raises:
        DocumentExists: the name is taken, and `replace` is false.
        DocumentNotWritable: it cannot be written; what was there is as it was.
    """
    target = Path(os.path.realpath(path)) if replace and os.path.islink(path) else path
    mode = _check(target, replace=replace)
    try:
        with whole_file(target, replace=replace, mode=_MODE) as file:
            if mode is not None and sys.platform != "win32":
                os.fchmod(file.fileno(), mode)
            yield file
    except FileExistsError as error:
        raise DocumentExists(path=str(path)) from error
    except OSError as error:
        raise _not_writable(path, error) from error


def write_document(path: Path, content: bytes, *, replace: bool = False) -> None:
    """Write a document of this content: see `whole_document`."""
    with whole_document(path, replace=replace) as file:
        file.write(content)


def _check(path: Path, *, replace: bool) -> int | None:
    """See to it that only files are replaced; the mode of the one that is, None if there is none."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _not_writable(path, error) from error
    if stat.S_ISDIR(found.st_mode):
        raise DocumentNotWritable(path=str(path), reason=os.strerror(errno.EISDIR))
    if not replace:
        raise DocumentExists(path=str(path))
    if not stat.S_ISREG(found.st_mode):
        raise DocumentNotWritable(path=str(path), reason="not a regular file")
    return stat.S_IMODE(found.st_mode)


def append_line(path: Path, line: str) -> None:
    """Append one line of JSON to a file, which is made if it is missing; durable once this returns.

    A last line that a killed program left torn is cut off first; one that only lacks its end gets it.

    Raises:
        DocumentNotWritable: it cannot be written, or its last line is no JSON and never was.
    """
    try:
        is_new = not path.exists()
        with _opened(path) as file:
            end = _mended(path, file)
            _write_all(file, end, line.encode("utf-8", "replace") + b"\n")
        if is_new:
            sync_folder(path.parent)
    except OSError as error:
        raise _not_writable(path, error) from error


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[FileIO]:
    """The file, which no other Alcove appends to at the same time."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
    with open(os.open(path, flags, _MODE), "r+b", buffering=0) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise DocumentNotWritable(path=str(path), reason="not a regular file")
        if sys.platform != "win32":
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def _mended(path: Path, file: FileIO) -> int:
    """Where the next line begins, after the last one has been cut off or ended."""
    size = file.seek(0, os.SEEK_END)
    tail = _tail(file, size)
    if not tail:
        return size
    if _is_json(tail):
        return size + file.write(b"\n")
    if tail[:1] not in b'{["':
        raise DocumentNotWritable(path=str(path), reason="its last line is not JSON")
    file.truncate(size - len(tail))
    return size - len(tail)


def _tail(file: FileIO, size: int) -> bytes:
    """What stands after the last line feed."""
    tail, at = b"", size
    while at > 0 and b"\n" not in tail:
        start = max(0, at - _BLOCK)
        file.seek(start)
        tail = file.read(at - start) + tail
        at = start
    file.seek(size)
    return tail[tail.rfind(b"\n") + 1 :]


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _write_all(file: FileIO, at: int, content: bytes) -> None:
    """Write and sync; on a full disk take back what did fit."""
    try:
        file.seek(at)
        while content:
            content = content[file.write(content) :]
        os.fsync(file.fileno())
    except OSError:
        file.truncate(at)
        raise


def _not_writable(path: Path, error: OSError) -> DocumentNotWritable:
    return DocumentNotWritable(path=str(path), reason=error.strerror or str(error))
