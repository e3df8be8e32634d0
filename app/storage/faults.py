"""What SQLite says went wrong, told in the program's own errors."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import apsw

from app.core.errors import DatabaseCorrupt, DiskFull, ProfileError, ProfileNotWritable

_DAMAGE = (apsw.CorruptError, apsw.NotADBError, apsw.FormatError)
_ACCESS = (apsw.ReadOnlyError, apsw.CantOpenError, apsw.PermissionsError, apsw.BusyError, apsw.LockedError)
_FULL_BYTES = 64 * 1024


@contextlib.contextmanager
def told(path: Path) -> Iterator[None]:
    """Within, faults of the disk or the file become `ProfileError`s; faults of ours stay as they are."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise DatabaseCorrupt(path=str(path), reason=str(error)) from error
    except (*_DAMAGE, *_ACCESS, apsw.FullError, apsw.IOError) as error:
        raise _fault(error, path) from error


def _fault(error: apsw.Error, path: Path) -> ProfileError:
    if isinstance(error, _DAMAGE):
        return DatabaseCorrupt(path=str(path), reason=str(error))
    # Where room runs out for the WAL's index, SQLite speaks of an I/O error.
    if isinstance(error, apsw.FullError) or (isinstance(error, apsw.IOError) and _is_full(path.parent)):
        return DiskFull(path=str(path))
    return ProfileNotWritable(path=str(path), reason=str(error))


def _is_full(folder: Path) -> bool:
    return folder.is_dir() and shutil.disk_usage(folder).free < _FULL_BYTES
