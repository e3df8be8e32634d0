"""The SHA-256 of files that were read through before, so that nobody waits for the same hash twice.

A file that has another size or another time since then counts as never read.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from pathlib import Path

import msgspec

from app.core.errors import ProfileError
from app.core.shelf import Verdict
from app.userdata import make_folder, whole_file

_LOG = logging.getLogger("alcove.catalogue")
_MOST = 500


@dataclass(frozen=True, slots=True)
class Hashed:
    """What was found when the file at `path` was read through."""

    path: str
    size_bytes: int
    mtime_ns: int
    sha256: str
    verdict: Verdict


class Hashes:
    """A small JSON file. May be used from any thread, and beside other programs: the last one wins."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def get(self, file: Path) -> Hashed | None:
        """What is known of this file as it is now."""
        with self._lock:
            known = self._read().get(str(file))
        return known if known is not None and known == _as_it_is(file, known.sha256, known.verdict) else None

    def note(self, file: Path, sha256: str, verdict: Verdict) -> None:
        """Remember what a file has, or that nothing is known of it any more (UNCHECKED).

        Where that cannot be written it is found out again the next time.
        """
        new = _as_it_is(file, sha256, verdict)
        with self._lock:
            known = self._read()
            known.pop(str(file), None)
            if new is not None and verdict is not Verdict.UNCHECKED:
                known[new.path] = new
            self._write(list(known.values())[-_MOST:])

    def _read(self) -> dict[str, Hashed]:
        try:
            found = msgspec.json.decode(self._path.read_bytes(), type=list[Hashed])
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return {}  # none yet, or not ours: nothing is lost but the time of a check
        return {each.path: each for each in found}

    def _write(self, known: list[Hashed]) -> None:
        try:
            make_folder(self._path.parent)
            with whole_file(self._path) as file:
                file.write(msgspec.json.encode(known))
        except (OSError, ProfileError) as error:
            _LOG.info("hashes cannot be remembered: %s", error)


def _as_it_is(file: Path, sha256: str, verdict: Verdict) -> Hashed | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return Hashed(str(file), status.st_size, status.st_mtime_ns, sha256, verdict)
