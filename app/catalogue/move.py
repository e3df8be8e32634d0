"""Bring model files into another folder: linked where the disk can do that, else copied, whole or not at all.

A move first brings everything there, then lets the new folder count, and only then takes away what lies
in the old one: wherever it is stopped, one of the two folders is whole. Done again it goes on with the
files that are not there yet.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.catalogue.download import locked
from app.catalogue.job import Job
from app.catalogue.names import FOLDER, Names
from app.catalogue.pace import Rate, left_s
from app.catalogue.room import check_room, check_size
from app.core.download import Moved, MoveProgress
from app.core.errors import TargetTaken
from app.userdata import make_folder, whole_file

_READ_BYTES = 4 << 20
_PAUSE_S = 0.25
RESERVE_BYTES = 1 << 30
_BESIDE = ("part", "blocks")
"""What of a file lies out of sight, and goes along with it."""


@dataclass(frozen=True, slots=True)
class Errand:
    """One file to be brought from `source` to `target`."""

    source: Path
    target: Path
    size_bytes: int


class _Bring(Job):
    """Brings files to their targets; what is done before and after that, a subclass knows."""

    may_link = False

    def __init__(self, path: Path, reserve_bytes: int) -> None:
        super().__init__(path)
        self._reserve_bytes = reserve_bytes
        self._errands: Sequence[Errand] = ()
        self._brought_bytes = 0
        self._told_at = 0.0
        self._rate = Rate()

    def _done_bytes(self) -> int:
        return self._brought_bytes

    def _bring_all(self) -> None:
        """Bring what is not there yet.

        Raises:
            TargetTaken: another file has its name.
            NoRoom, TooLargeForDisk: the disk does not take them; nothing was changed.
        """
        missing = [errand for errand in self._errands if not _is_there(errand)]
        for errand in missing:
            make_folder(errand.target.parent)
        to_copy = missing if not self.may_link else [each for each in missing if not _may_link(each)]
        for errand in to_copy:
            check_size(errand.target, errand.size_bytes)
        if to_copy:
            needed_bytes = sum(errand.size_bytes for errand in to_copy)
            check_room(to_copy[0].target, needed_bytes, self._reserve_bytes)
        for errand in self._errands:
            self._stop.check()
            if errand in missing:
                self._bring(errand)
            else:
                self._tell(errand.size_bytes)

    def _bring(self, errand: Errand) -> None:
        if self.may_link and _link(errand):
            self._tell(errand.size_bytes)
            return
        times = errand.source.stat()
        try:
            with (
                errand.source.open("rb", buffering=0) as source,
                whole_file(errand.target, replace=False) as copy,
            ):
                while data := source.read(_READ_BYTES):
                    self._stop.check()
                    copy.write(data)
                    self._tell(len(data))
        except FileExistsError:
            raise TargetTaken(path=str(errand.target)) from None
        os.utime(errand.target, ns=(times.st_atime_ns, times.st_mtime_ns))

    def _tell(self, size_bytes: int) -> None:
        self._brought_bytes += size_bytes
        total_bytes = sum(errand.size_bytes for errand in self._errands)
        now = time.monotonic()
        if now - self._told_at >= _PAUSE_S or self._brought_bytes >= total_bytes:
            self._told_at = now
            rate = self._rate.add(now, self._brought_bytes)
            left = left_s(max(0, total_bytes - self._brought_bytes), rate)
            self._put(MoveProgress(self._brought_bytes, total_bytes, rate, left))


class Copy(_Bring):
    """Copies one file, which then has a life of its own. Starts at once; the last event is `Moved`."""

    def __init__(self, source: Path, target: Path, reserve_bytes: int = RESERVE_BYTES) -> None:
        super().__init__(target, reserve_bytes)
        self._source = source
        self._thread.start()

    def _work(self) -> None:
        with locked(Names.of(self.path)):
            self._errands = [_errand(self._source, self.path)]
            self._bring_all()
        self._put(Moved(self.path.parent))


class Move(_Bring):
    """Moves all models of one folder into another, with what was fetched of those that are not whole yet."""

    may_link = True

    def __init__(
        self,
        paths: Sequence[Path],
        old: Path,
        new: Path,
        arrived: Callable[[], None],
        reserve_bytes: int = RESERVE_BYTES,
    ) -> None:
        """`paths` are the files below `old`; `arrived` is called once the folder `new` has to count."""
        super().__init__(new, reserve_bytes)
        self._old = old
        self._targets = {path: new / path.relative_to(old) for path in paths}
        self._let_new_count = arrived
        self._thread.start()

    def _work(self) -> None:
        with contextlib.ExitStack() as stack:
            for pair in self._targets.items():
                for path in pair:
                    stack.enter_context(locked(Names.of(path)))
            self._errands = list(self._all_errands())
            make_folder(self.path)
            self._bring_all()
            self._let_new_count()
            left_behind = tuple(each.source for each in self._errands if not _unlink(each.source))
        self._tidy()
        self._put(Moved(self.path, left_behind))

    def _all_errands(self) -> Iterator[Errand]:
        for source, target in self._targets.items():
            if source.exists():
                yield _errand(source, target)
            for kind in _BESIDE:
                beside = getattr(Names.of(source), "record" if kind == "blocks" else kind)
                if beside.exists():
                    yield _errand(beside, target.parent / FOLDER / beside.name)

    def _tidy(self) -> None:
        """Locks that nobody needs any more, and folders that have become empty."""
        for source in self._targets:
            names = Names.of(source)
            _unlink(names.lock)
            for folder in (names.lock.parent, source.parent, self._old):
                with contextlib.suppress(OSError):  # there is something else in it
                    folder.rmdir()


def _errand(source: Path, target: Path) -> Errand:
    return Errand(source, target, source.stat().st_size)


def _is_there(errand: Errand) -> bool:
    """Whether the file was brought before.

    Raises:
        TargetTaken: something else has its name.
    """
    if not os.path.lexists(errand.target):
        return False
    there, here = errand.target.stat(), errand.source.stat()
    if (there.st_size, there.st_mtime_ns) != (here.st_size, here.st_mtime_ns):
        raise TargetTaken(path=str(errand.target))
    return True


def _may_link(errand: Errand) -> bool:
    return errand.source.stat().st_dev == errand.target.parent.stat().st_dev


def _link(errand: Errand) -> bool:
    """Give the file its second name, where the disk knows such."""
    try:
        os.link(os.path.realpath(errand.source), errand.target)
    except FileExistsError:
        raise TargetTaken(path=str(errand.target)) from None
    except OSError:
        return False  # another disk, or a format without links: it is copied
    return True


def _unlink(path: Path) -> bool:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return False
    return True
