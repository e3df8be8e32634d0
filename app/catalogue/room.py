"""Whether a disk has room for a file, and takes files that large."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterable
from pathlib import Path

import psutil

from app.core.errors import AlcoveError, NoRoom, TooLargeForDisk
from app.userdata import profile_error

FAT_LIMIT_BYTES = (4 << 30) - 1
_FAT = frozenset({"vfat", "msdos", "fat", "fat32", "fat16"})


def check_room(target: Path, missing_bytes: int, reserve_bytes: int) -> None:
    """Refuse a download for which its disk has no room.

    `missing_bytes` are still to be written into the folder of `target`; `reserve_bytes` are to stay free.

    Raises:
        NoRoom: and what is there already is left as it is.
    """
    free = free_bytes(target)
    needed_bytes = missing_bytes + reserve_bytes if missing_bytes else 0
    if needed_bytes > free:
        raise NoRoom(path=str(target), needed_bytes=needed_bytes, free_bytes=free)


def free_bytes(target: Path) -> int:
    """What is free on the disk of this file, whose folder need not be there yet."""
    return shutil.disk_usage(next(folder for folder in target.parents if folder.exists())).free


def check_size(target: Path, size_bytes: int) -> None:
    """Refuse a file that is larger than its disk's format allows.

    Raises:
        TooLargeForDisk: the disk is formatted with FAT, which ends at 4 GiB.
    """
    if size_bytes > FAT_LIMIT_BYTES and format_of(target, _mounts()).lower() in _FAT:
        raise TooLargeForDisk(path=str(target), size_bytes=size_bytes, limit_bytes=FAT_LIMIT_BYTES)


def format_of(path: Path, mounts: Iterable[tuple[str, str]]) -> str:
    """The file system `path` lies on, "" where it is not known; `mounts` are folders and their formats."""
    places = {path, *path.parents}
    found = [(len(Path(folder).parts), kind) for folder, kind in mounts if Path(folder) in places]
    return max(found, default=(0, ""))[1]


def _mounts() -> Iterable[tuple[str, str]]:
    return ((found.mountpoint, found.fstype) for found in psutil.disk_partitions(all=True))


def write_error(error: OSError, target: Path, size_bytes: int) -> AlcoveError:
    """The error of ours for what the operating system said while the file was written."""
    if error.errno == errno.EFBIG:
        return TooLargeForDisk(path=str(target), size_bytes=size_bytes, limit_bytes=FAT_LIMIT_BYTES)
    return profile_error(error, target)
