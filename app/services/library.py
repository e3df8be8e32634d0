"""The model files at hand: those on our shelf and those other programs left, brought, moved and removed.

For front ends: `items` and `neighbours` look at the disk anew each time they are asked, so ask in the
background. `copy` and `move` give a job: take its events until `Moved` or `Stopped`, or `cancel` it. A
file that a person names or drops needs none of this: `Models.load` takes it from where it is.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from app.catalogue.hashes import Hashed, Hashes
from app.catalogue.index import read_index
from app.catalogue.job import Job
from app.catalogue.move import RESERVE_BYTES, Copy, Move
from app.catalogue.names import local_name
from app.catalogue.neighbours import Neighbours, find_neighbours, link
from app.catalogue.programs import Surroundings
from app.catalogue.room import free_bytes
from app.catalogue.shelf import Shelf, model_files
from app.catalogue.unfinished import discard, unfinished
from app.core.catalogue import Entry, RemoteFile
from app.core.settings import Settings
from app.core.shelf import Neighbour, ShelfItem, Unfinished
from app.userdata import Places, SettingsFile, resource


def models_folder(settings: Settings, places: Places) -> Path:
    """The folder a person chose for models, or the one in the profile; it may not be there yet."""
    return Path(settings.models_folder) if settings.models_folder else places.models


class Library:
    """May be used from any thread."""

    def __init__(
        self,
        settings_file: SettingsFile,
        places: Places,
        moved: Callable[[Path, Path], None],
        here: Surroundings | None = None,
        reserve_bytes: int = RESERVE_BYTES,
    ) -> None:
        """`moved` is told the old and the new folder; `here` is where neighbours are looked for."""
        self._settings_file = settings_file
        self._places = places
        self._moved = moved
        self._here = here
        self._reserve_bytes = reserve_bytes
        self.hashes = Hashes(places.hashes)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The catalogue, in the order in which it is recommended."""
        return read_index(resource("catalogue.json"))

    @property
    def folder(self) -> Path:
        return models_folder(self._settings_file.load(), self._places)

    @property
    def free_bytes(self) -> int:
        """What is free on the disk of the folder."""
        return free_bytes(self.folder / "any")

    @property
    def shelf(self) -> Shelf:
        return Shelf(self.folder, self.entries, self.hashes)

    def items(self) -> tuple[ShelfItem, ...]:
        """What lies on the shelf, broken files with the reason."""
        return self.shelf.items()

    def item(self, path: Path) -> ShelfItem:
        """What is known of one file, wherever it lies."""
        return self.shelf.item(path.absolute())

    def unfinished(self) -> tuple[Unfinished, ...]:
        """Downloads that can go on, and those under way."""
        return unfinished(self.folder)

    def neighbours(self) -> Neighbours:
        """What other programs left on this disk; nothing is looked up beyond it."""
        return find_neighbours(self.folder, self.entries, self._here)

    def link(self, neighbour: Neighbour) -> Path:
        """Give a neighbour's file a second name on the shelf: it takes no room and outlives the first.

        Raises:
            TargetTaken: another file has that name.
            NotLinkable: the disk or its rights do not allow it.
            ProfileNotWritable: the folder cannot be made.
        """
        return link(neighbour.path, self._place(neighbour))

    def copy(self, neighbour: Neighbour) -> Job:
        """Copy a neighbour's file onto the shelf, as `path` of the job tells."""
        return Copy(neighbour.path, self._place(neighbour), self._reserve_bytes)

    def remove(self, path: Path, *, for_good: bool = False) -> None:
        """Put a file of the shelf into the system's trash, or delete it; never one that lies elsewhere.

        Raises:
            ModelMissing, NotRemovable, DownloadBusy: see `Shelf.remove`.
        """
        self.shelf.remove(path, for_good=for_good)

    def discard(self, target: Path) -> None:
        """Throw away what was fetched of a file that is not whole yet; a whole one stays.

        Raises:
            DownloadBusy: it is being fetched right now.
            ProfileNotWritable, DiskFull: the folder cannot be written to.
        """
        discard(target)

    def move(self, folder: Path) -> Job:
        """Move all models into another folder, which counts once everything is there.

        A cancelled move leaves the old folder as it was; the next one goes on with what is missing.
        """
        old, new = self.folder, folder.expanduser().absolute()
        paths = {*model_files(old), *(each.target for each in unfinished(old))}
        if old.resolve() == new.resolve():
            return Move((), old, new, lambda: None)
        known = {path: found for path in paths if (found := self.hashes.get(path)) is not None}
        return Move(sorted(paths), old, new, lambda: self._follow(old, new, known), self._reserve_bytes)

    def _follow(self, old: Path, new: Path, known: dict[Path, Hashed]) -> None:
        """Let the new folder count, for what was remembered of the files in the old one, too."""
        settings = self._settings_file.load()
        self._settings_file.change(
            models_folder=str(new),
            model=_in_new_folder(settings.model, old, new),
            recent_models=tuple(_in_new_folder(name, old, new) for name in settings.recent_models),
        )
        for path, found in known.items():
            self.hashes.note(new / path.relative_to(old), found.sha256, found.verdict)
        self._moved(old, new)

    def _place(self, neighbour: Neighbour) -> Path:
        named = RemoteFile("", "", neighbour.name, neighbour.size_bytes, neighbour.sha256)
        return self.folder / local_name(named)


def _in_new_folder(name: str, old: Path, new: Path) -> str:
    path = Path(name)
    return str(new / path.relative_to(old)) if name and path.is_relative_to(old) else name
