"""Where things lie on disk: our resources, a person's folders, the settings file, the profile's lock."""

from __future__ import annotations

import contextlib
import errno
import gzip
import json
import logging
import lzma
import os
import re
import secrets
import shutil
import sys
import threading
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from app.core.errors import (
    DiskFull,
    ModelMissing,
    ModelUnreadable,
    ProfileError,
    ProfileLocked,
    ProfileNotWritable,
)
from app.core.settings import Settings

NAME = "Alcove"
_LOG = logging.getLogger("alcove.userdata")
DEMO_NAME = "alcove-demo"
_OLD_COPY_S = 24 * 3600
_PART = re.compile(r"\.([0-9]{1,10})-[0-9a-f]{8}\.part")
"""How the name of a file goes on that is still being written, and by which process."""
_LONGEST_STEM = 200
_NO_LINKS = (errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EMLINK)
_ENDINGS = (".xz", ".gz")


def resource(*parts: str) -> Path:
    """A file that ships with the program: in a clone, in an installed wheel, or in a frozen program."""
    here = Path(__file__).parent
    frozen = getattr(sys, "_MEIPASS", None)
    roots = [Path(frozen) / "resources"] if frozen else [here / "resources", here.parent / "resources"]
    root = next((root for root in roots if root.is_dir()), roots[-1])
    return root.joinpath(*parts)


@dataclass(frozen=True, slots=True)
class Places:
    """The folders and files of one profile."""

    data: Path
    config: Path
    cache: Path
    database: Path
    backups: Path
    schemas: Path
    models: Path
    hashes: Path
    settings: Path
    log: Path
    lock: Path

    def make(self) -> None:
        """Make the folders that are missing, for this person's eyes only.

        Raises:
            ProfileNotWritable, DiskFull: a folder cannot be made.
        """
        for folder in (self.data, self.config, self.cache):
            make_folder(folder)


def places(profile: Path | None) -> Places:
    """The places of the person's own profile, or everything below the folder `profile`."""
    if profile is not None:
        data = config = profile.expanduser().absolute()
        cache = data / "cache"
    else:
        import platformdirs  # costs time that the window's first paint need not wait for

        folders = platformdirs.PlatformDirs(NAME, appauthor=False)
        data, config, cache = folders.user_data_path, folders.user_config_path, folders.user_cache_path
    return Places(
        data=data,
        config=config,
        cache=cache,
        database=data / "alcove.db",
        backups=data / "backups",
        schemas=data / "schemas",
        models=data / "models",
        hashes=data / "hashes.json",
        settings=config / "settings.json",
        log=data / "alcove.log",
        lock=data / "alcove.lock",
    )


def make_folder(folder: Path) -> None:
    """Make a folder and its missing parents, mode 0700.

    Raises:
        ProfileNotWritable, DiskFull: it cannot be made, or something else has its name.
    """
    try:
        for missing in reversed([part for part in (folder, *folder.parents) if not part.exists()]):
            missing.mkdir(mode=0o700, exist_ok=True)
        if not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    except OSError as error:
        raise profile_error(error, folder) from error


def profile_error(error: OSError, path: Path) -> ProfileError:
    """The error of ours for what the operating system said when `path` was to be written."""
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return DiskFull(path=str(path))
    return ProfileNotWritable(path=str(path), reason=error.strerror or str(error))


@contextlib.contextmanager
def whole_file(path: Path, *, replace: bool = True, mode: int = 0o600) -> Iterator[BinaryIO]:
    """Write a file that appears under its name whole and durable, or not at all.

    The umask takes from `mode` as ever. Remains of processes that were killed while writing this file go.

    Raises:
        FileExistsError: the name is taken, and `replace` is false; however late it was taken.
        OSError: it cannot be written.
    """
    stem = path.name.encode("utf-8", "ignore")[:_LONGEST_STEM].decode("utf-8", "ignore")
    _remove_remains(path.parent, stem)
    part = path.with_name(f"{stem}.{os.getpid()}-{secrets.token_hex(4)}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if replace:
            os.replace(part, path)
        else:
            _rename_to_new(part, path)
        sync_folder(path.parent)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _remove_remains(folder: Path, stem: str) -> None:
    """Remove what writers of this file left that run no more."""
    try:
        names = [entry.name for entry in os.scandir(folder)]
    except OSError:
        return  # whoever may not look into a folder may still write there, and says so if not
    for name in names:
        found = _PART.fullmatch(name[len(stem) :]) if name.startswith(stem) else None
        if found and not _is_being_written(folder / name, int(found[1])):
            with contextlib.suppress(OSError):  # somebody else removed it, or on Windows still has it open
                (folder / name).unlink()


def _is_being_written(part: Path, writer: int) -> bool:
    import psutil

    try:
        # A process of today may have the number of one that is long dead.
        is_fresh = time.time() - part.stat().st_mtime < _OLD_COPY_S
    except OSError:
        return True
    return is_fresh and psutil.pid_exists(writer)


def _rename_to_new(part: Path, path: Path) -> None:
    """Rename, but never over another file, not even one that appears at this moment."""
    if sys.platform == "win32":
        part.rename(path)
        return
    try:
        os.link(part, path)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # A memory stick, say: the name is taken first. Killed here, a program leaves an empty file.
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
        os.replace(part, path)
    else:
        part.unlink()


def sync_folder(folder: Path) -> None:
    """Make a rename in this folder survive a power cut; Windows does so by itself."""
    if sys.platform != "win32":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


class SettingsFile:
    """The settings as JSON. May be used from any thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()

    def load(self) -> Settings:
        """The settings; the defaults where the file is missing or makes no sense (it is then kept aside)."""
        try:
            # "utf-8-sig": editors on Windows write a byte order mark.
            values = json.loads(self._path.read_text("utf-8-sig"))
        except (FileNotFoundError, NotADirectoryError):
            return Settings()
        except OSError as error:
            _LOG.warning("settings cannot be read: %s", error.strerror)
            return Settings()
        except (ValueError, RecursionError):
            return self._keep_aside()
        return Settings.from_values(values) if isinstance(values, dict) else self._keep_aside()

    def save(self, settings: Settings) -> None:
        """Write the settings whole or not at all.

        Raises:
            ProfileNotWritable, DiskFull: they could not be written; the file is as it was.
        """
        text = json.dumps(settings.to_values(), ensure_ascii=False, indent=2)
        try:
            with self._lock, whole_file(self._path) as file:
                file.write(text.encode("utf-8", "backslashreplace") + b"\n")
        except OSError as error:
            raise profile_error(error, self._path) from error

    def change(self, **values: Any) -> Settings:
        """Load, set these fields and save, as one; gives the new settings."""
        with self._lock:
            settings = replace(self.load(), **values)
            self.save(settings)
        return settings

    def _keep_aside(self) -> Settings:
        bad = self._path.with_suffix(".bad.json")
        try:
            os.replace(self._path, bad)
            _LOG.info("settings made no sense; kept aside as %s", bad.name)
        except OSError as error:
            _LOG.warning("bad settings cannot be kept aside: %s", error.strerror)
        return Settings()


if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _try_lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def lock_file(path: Path) -> int:
    """Open a file, made if it is missing, that no other program has locked.

    The handle holds the lock until it is closed, which the system does for a program that is killed.

    Raises:
        BlockingIOError: another has it.
        OSError: it cannot be made.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _try_lock(handle)
    except OSError as error:
        os.close(handle)
        if error.errno in (errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK):
            raise BlockingIOError(error.errno, error.strerror) from error
        raise
    return handle


class ProfileLock:
    """One writer per profile. The operating system holds the lock, so a killed program leaves none behind."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def acquire(self) -> None:
        """Take the lock without waiting.

        Raises:
            ProfileLocked: another Alcove has it.
            ProfileNotWritable, DiskFull: the lock file cannot be made.
        """
        try:
            self._handle = lock_file(self._path)
        except BlockingIOError as error:
            raise ProfileLocked(path=str(self._path.parent)) from error
        except OSError as error:
            raise profile_error(error, self._path) from error

    def release(self) -> None:
        """Give the lock back; the file stays, as removing it would let two programs lock two files."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def demo_model(places: Places) -> Path:
    """The demo model, unpacked into the cache on first use.

    The name holds the packed file's hash: a new version of the program unpacks its own.

    Raises:
        ModelMissing, ModelUnreadable: it does not ship with this program, or is damaged there.
        ProfileNotWritable, DiskFull: the cache cannot be written.
    """
    import hashlib  # costs time, too

    packed = _packed_demo()
    digest = hashlib.sha256(packed.read_bytes()).hexdigest()[:12]
    path = places.cache / f"{DEMO_NAME}-{digest}.gguf"
    if not path.exists():
        make_folder(places.cache)
        try:
            with _open_packed(packed) as source, whole_file(path) as target:
                shutil.copyfileobj(source, target, 1 << 20)
            _remove_old_copies(path)
        except (lzma.LZMAError, gzip.BadGzipFile, zlib.error, EOFError) as error:
            raise ModelUnreadable(path=str(packed), reason=str(error)) from error
        except OSError as error:
            raise profile_error(error, path) from error
    return path


def _packed_demo() -> Path:
    found = [resource("models", f"{DEMO_NAME}.gguf{ending}") for ending in _ENDINGS]
    packed = next((path for path in found if path.exists()), None)
    if packed is None:
        raise ModelMissing(path=str(found[0]))
    return packed


def _open_packed(path: Path) -> lzma.LZMAFile | gzip.GzipFile:
    return lzma.open(path) if path.suffix == ".xz" else gzip.open(path)


def _remove_old_copies(current: Path) -> None:
    """Remove demos of other versions and remains of a killed unpacking, but none being written now."""
    for old in current.parent.glob(f"{DEMO_NAME}-*"):
        if old != current and time.time() - old.stat().st_mtime > _OLD_COPY_S:
            old.unlink()
