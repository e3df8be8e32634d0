"""Model files as the window sees them: what lies where, downloads and moves under way, and advice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

from app.core.catalogue import Entry, RemoteFile
from app.core.shelf import Neighbour, Way
from app.ui.background import Background, Lane
from app.ui.models.live import Live
from app.ui.opening import Opening

if TYPE_CHECKING:
    from app.core.shelf import Unfinished
    from app.services.advice import Advice
    from app.services.on_disk import OnDisk

T = TypeVar("T")


class ModelWork(QObject):
    """Lives as long as the window, so that a download goes on whichever view is open.

    Nothing is asked of the network but by `fetch`, `list`, `resume` and `repair`.
    """

    listed = Signal(object)
    """`OnDisk`."""
    found = Signal(object)
    """What other programs left, each a `Neighbour`."""
    advised = Signal(object)
    """The `Advice` for this computer."""
    listing = Signal(object)
    """The `Listing` of a repository."""
    began = Signal(object)
    """A `Live` transfer that views may follow."""
    placed = Signal(object)
    """The path of a file that is here now and can be used."""
    failed = Signal(object)

    def __init__(self, opening: Opening, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self._opening = opening
        self._background = background
        self.live: list[Live] = []
        self.disk: OnDisk | None = None
        self.advice: Advice | None = None

    # Looking

    def look(self) -> None:
        """What lies on this computer; `listed` follows."""

        def work() -> OnDisk:
            from app.services.on_disk import look

            alcove = self._opening.alcove
            return look(alcove.library, alcove.models, alcove.settings_file.load())

        self._run(work, self._looked)

    def look_around(self) -> None:
        """What other programs left on this disk; `found` follows."""
        self._run(lambda: self._opening.alcove.library.neighbours().found, self.found.emit)

    def advise(self) -> None:
        """What this computer can run; `advised` follows."""

        def work() -> Advice:
            from app.services.advice import advise_here

            alcove = self._opening.alcove
            return advise_here(alcove.library, alcove.models)

        def done(advice: Advice) -> None:
            self.advice = advice
            self.advised.emit(advice)

        self._run(work, done)

    def ask(self, work: Callable[[], T], done: Callable[[T], None], lane: Lane = Lane.FILES) -> None:
        """Have something asked of the services; `failed` tells what went wrong."""
        self._background.run(self, work, done, self.failed.emit, lane)

    def list(self, repository: str, failed: Callable[[Exception], None]) -> None:
        """The files of a repository of the hub; `listing` follows."""

        def work() -> object:
            return self._opening.alcove.transfers.list(repository)

        self._background.run(self, work, self.listing.emit, failed, Lane.OWN)

    # Fetching

    def stop_all(self) -> None:
        """The window closes: what came is kept."""
        for live in self.live:
            if live.is_busy:
                live.pause()

    def of(self, key: object) -> Live | None:
        """What is under way for this entry, file or path."""
        return next((live for live in self.live if live.key == key and not live.has_ended), None)

    def of_file(self, file: RemoteFile) -> Live | None:
        """What is under way for a file of a hub, whether it was asked for by itself or by its entry."""
        entry = self.disk.entry_of(file) if self.disk is not None else None
        return self.of(file) or (self.of(entry) if entry is not None else None)

    def fetch(self, entry: Entry) -> None:
        """Download what an entry of the catalogue stands for."""

        def begin() -> object:
            transfers = self._opening.alcove.transfers
            return transfers.fetch(transfers.find(entry))

        self._start(entry, entry.title, begin)

    def fetch_file(self, file: RemoteFile) -> None:
        """Download one file of a repository."""
        name = file.path.rpartition("/")[2]
        self._start(file, name, lambda: self._opening.alcove.transfers.fetch(file))

    def resume(self, unfinished: Unfinished) -> None:
        """Go on with a download that was broken off, by whatever."""
        key = (self.disk.entry_of(unfinished.file) if self.disk is not None else None) or unfinished.file
        name = unfinished.target.name
        self._start(key, name, lambda: self._opening.alcove.transfers.resume(unfinished))

    def verify(self, path: Path) -> None:
        self._start(
            path,
            path.name,
            lambda: self._opening.alcove.transfers.verify(path),
            can_pause=False,
            brings=False,
        )

    def repair(self, path: Path) -> None:
        self._start(
            path,
            path.name,
            lambda: self._opening.alcove.transfers.repair(path),
            can_pause=False,
            brings=False,
        )

    def move(self, folder: Path) -> None:
        """Move all models into another folder."""
        self._start(
            folder,
            str(folder),
            lambda: self._opening.alcove.library.move(folder),
            can_pause=False,
            brings=False,
        )

    def bring(self, neighbour: Neighbour, way: Way) -> None:
        """Use a neighbour's file: where it lies, under a second name, or as a copy."""
        if way is Way.IN_PLACE:
            self.placed.emit(neighbour.path)
        elif way is Way.LINK:
            self._run(lambda: self._opening.alcove.library.link(neighbour), self._brought)
        else:

            def copy() -> object:
                return self._opening.alcove.library.copy(neighbour)

            self._start(neighbour.path, neighbour.name, copy, can_pause=False)

    def discard(self, live: Live) -> None:
        """Stop it; what came of a download is thrown away, and nothing else is."""
        if live.can_pause:
            live.stop(then=lambda path: self._throw_away(live, path))
        else:
            live.stop(then=lambda _: self.look())

    def throw_away(self, target: Path) -> None:
        """Throw away what was fetched of a file that is not whole yet."""
        self._run(lambda: self._opening.alcove.library.discard(target), lambda _: self.look())

    def remove(self, path: Path) -> None:
        """Put a file of the shelf into the system's trash."""
        self._run(lambda: self._opening.alcove.library.remove(path), lambda _: self.look())

    def keep_token(self, token: str, live: Live) -> None:
        """Keep a token in the system keyring alone, then try again."""

        def failed(error: Exception) -> None:
            live.ended.emit(error)

        def work() -> None:
            self._opening.alcove.transfers.keep_token(token)

        def kept(_: None) -> None:
            live.start()
            self.look()

        self._background.run(self, work, kept, failed, Lane.OWN)

    def forget_token(self, origin: str) -> None:
        """Remove the token of a hub from the system keyring."""

        def work() -> None:
            from app.services.transfer import Route

            self._opening.alcove.transfers.forget_token(Route(origin))

        self._background.run(self, work, lambda _: self.look(), self.failed.emit, Lane.OWN)

    # Inside

    def _start(
        self,
        key: object,
        name: str,
        begin: Callable[[], object],
        *,
        can_pause: bool = True,
        brings: bool = True,
    ) -> None:
        live = self.of(key)
        if live is None:
            live = Live(key, name, begin, self._background, self, can_pause=can_pause, brings=brings)
            live.done.connect(self._brought)
            live.ended.connect(lambda _: self.look())
            self.live = [each for each in self.live if not each.has_ended and each.key != key] + [live]
            self.began.emit(live)
        live.start()

    def _throw_away(self, live: Live, path: Path | None) -> None:
        self.live = [each for each in self.live if each is not live]
        if path is None:
            self.look()
        else:
            self.throw_away(path)

    def _brought(self, path: object) -> None:
        self.look()
        self.placed.emit(path)

    def _looked(self, disk: OnDisk) -> None:
        self.disk = disk
        self.listed.emit(disk)

    def _run(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        self._background.run(self, work, done, self.failed.emit, Lane.FILES)
