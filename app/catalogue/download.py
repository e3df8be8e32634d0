"""Fetch one model file: resumable at any byte, checked against its SHA-256 before it gets its name.

Whatever interrupts it, a lost connection, a full disk or the end of this program, what was fetched is
kept beside the target and the next download goes on with it. One at a time fetches a file, also across
programs.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from app.catalogue.check import CheckTeller
from app.catalogue.checker import Checker, hash_file
from app.catalogue.connection import Work
from app.catalogue.crew import END_PATIENCE_S, Crew
from app.catalogue.hub import Hub
from app.catalogue.job import Job
from app.catalogue.names import Names
from app.catalogue.pace import Rate, Throttle, Tuning, left_s
from app.catalogue.part import Part
from app.catalogue.record import Identity
from app.catalogue.room import check_room, check_size
from app.core.catalogue import RemoteFile
from app.core.download import Damaged, DownloadProgress, Fetched
from app.core.errors import ContentWrong, DownloadBusy, ProfileLocked, TargetTaken
from app.userdata import ProfileLock, make_folder, sync_folder

_TICK_S = 0.02
_TRIES = 2
"""How often a file is fetched from its first byte before its SHA-256 is taken to be wrong for good."""


class Download(Job):
    """Starts at once; its last event is `Fetched`, or `Stopped` after `cancel`."""

    def __init__(self, hub: Hub, file: RemoteFile, target: Path, tuning: Tuning | None = None) -> None:
        """`target` is the file to be made; its folder is made where it is missing."""
        super().__init__(target)
        self._hub = hub
        self._file = file
        self._names = Names.of(target)
        self._tuning = tuning or Tuning()
        self._part: Part | None = None
        self._thread.start()

    def _done_bytes(self) -> int:
        return self._part.done_bytes if self._part is not None else 0

    def _work(self) -> None:
        with locked(self._names):
            self._make()
        fetched_bytes = self._part.came_bytes if self._part is not None else 0
        self._put(Fetched(self.path, self._file.size_bytes, self._file.sha256, fetched_bytes))

    def _make(self) -> None:
        if os.path.lexists(self._names.target):
            self._accept_what_is_there()
        else:
            check_size(self._names.target, self._file.size_bytes)
            self._fetch()

    def _accept_what_is_there(self) -> None:
        """A file that is what was to be fetched is as good as fetched."""
        target = self._names.target
        if not target.is_file() or target.stat().st_size != self._file.size_bytes:
            raise TargetTaken(path=str(target))
        sha256, _ = self._hash_target(self._tuning.block_bytes)
        if sha256 != self._file.sha256:
            raise TargetTaken(path=str(target))

    def _hash_target(self, block_bytes: int) -> tuple[str, list[bytes]]:
        teller = CheckTeller(self._file.size_bytes, self._put, self._tuning.progress_s)
        with self._names.target.open("rb", buffering=0) as file:
            return hash_file(file, block_bytes, self._stop, teller.done)

    def _fetch(self) -> None:
        """Fetch what is missing of the part file, check it, and give it its name."""
        self._part = part = Part.open(self._names, Identity(self._file, self._tuning.block_bytes))
        try:
            check_room(self._names.target, part.missing_bytes, self._tuning.reserve_bytes)
            for _ in range(_TRIES):
                if self._fill(part) == self._file.sha256:
                    part.finish()
                    os.replace(self._names.part, self._names.target)
                    sync_folder(self._names.target.parent)
                    return
                part.lose_all()
                self._put(Damaged(None))
            part.discard()
            raise ContentWrong(file=self._file.path)
        finally:
            part.close()

    def _fill(self, part: Part) -> str:
        """Fetch all that is missing; gives the SHA-256 of the whole."""
        web = self._hub.web(self._stop, self._tuning.stall_s)
        throttle = Throttle(self._tuning.bytes_per_s)
        work = Work(self._hub.source(web, self._file), part, throttle, self._stop, self._tuning)
        crew = Crew(work, self._names.target, self._put)
        checker = Checker(part, self._names, self._stop, lambda block: self._put(Damaged((block,))))
        try:
            self._lead(crew, checker, part)
            if checker.error is not None:
                raise checker.error
        except BaseException:
            self._stop.set()  # whatever ends the download ends all that works for it
            part.close()
            raise
        finally:
            checker.join(END_PATIENCE_S)
            if crew.end():  # a connection that hangs on still needs what it uses
                web.close()
        return checker.sha256

    def _lead(self, crew: Crew, checker: Checker, part: Part) -> None:
        """Until all is here and checked."""
        rate, told_at = Rate(), -self._tuning.progress_s
        while not checker.has_ended:
            now = time.monotonic()
            crew.step(now)
            if now - told_at >= self._tuning.progress_s:
                told_at = now
                self._tell(rate.add(now, part.came_bytes), crew, checker, part)
            self._stop.sleep(_TICK_S)
        self._tell(rate.add(time.monotonic(), part.came_bytes), crew, checker, part)

    def _tell(self, bytes_per_s: float, crew: Crew, checker: Checker, part: Part) -> None:
        done_bytes, total_bytes = part.done_bytes, self._file.size_bytes
        time_s = left_s(total_bytes - done_bytes, bytes_per_s)
        checked_bytes = checker.checked_bytes
        self._put(DownloadProgress(done_bytes, total_bytes, checked_bytes, bytes_per_s, time_s, crew.size))


@contextlib.contextmanager
def locked(names: Names) -> Iterator[None]:
    """Be the only one at work on this file, in any program.

    Raises:
        DownloadBusy: someone else is.
        ProfileNotWritable, DiskFull: the folder cannot be written to.
    """
    make_folder(names.lock.parent)
    lock = ProfileLock(names.lock)
    try:
        lock.acquire()
    except ProfileLocked:
        raise DownloadBusy(path=str(names.target)) from None
    try:
        yield
    finally:
        lock.release()
