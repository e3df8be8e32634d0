"""One program at a time at work on a file: a lock beside it, which no program that is killed leaves taken."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

from app.core.errors import DocumentNotWritable
from app.core.words import mark
from app.userdata import lock_file

ENDING = ".alcove-lock"
"""What is added to the name of the file for its lock, which lies beside it while it is held."""


class Lock:
    """The right to be the only one at work on a file."""

    def __init__(self, file: Path) -> None:
        """Take it, without waiting.

        Raises:
            DocumentNotWritable: another is at work on the file, or nothing can be written beside it.
        """
        self._path = file.with_name(file.name + ENDING)
        try:
            self._handle: int | None = _taken(self._path)
        except BlockingIOError as error:
            reason = mark("another run into it is under way")
            raise DocumentNotWritable(path=str(file), reason=reason) from error
        except OSError as error:
            raise DocumentNotWritable(path=str(file), reason=error.strerror or str(error)) from error

    def release(self) -> None:
        """Give it back, and leave nothing behind."""
        if self._handle is None:
            return
        handle, self._handle = self._handle, None
        if sys.platform == "win32":  # which removes no open file, so that another's is safe
            os.close(handle)
        with contextlib.suppress(OSError):
            self._path.unlink()
        if sys.platform != "win32":
            os.close(handle)


def _taken(path: Path) -> int:
    """Tried anew where the last holder removed the file just as it was opened: that lock holds off nobody."""
    while True:
        handle = lock_file(path)
        if sys.platform == "win32" or _is_there(path, handle):
            return handle
        os.close(handle)


def _is_there(path: Path, handle: int) -> bool:
    try:
        return os.path.samestat(os.stat(path), os.fstat(handle))
    except FileNotFoundError:
        return False
