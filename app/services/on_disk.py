"""What lies on this computer, in one look: the shelf, files from elsewhere, downloads that can go on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.catalogue.index import entry_with

if TYPE_CHECKING:
    from app.core.catalogue import Entry, RemoteFile
    from app.core.settings import Settings
    from app.core.shelf import ShelfItem, Unfinished
    from app.services.library import Library
    from app.services.models import Models


@dataclass(frozen=True, slots=True)
class OnDisk:
    """`recent` are models that were opened from outside the folder; `entries` is the catalogue."""

    items: tuple[ShelfItem, ...]
    recent: tuple[Path, ...]
    unfinished: tuple[Unfinished, ...]
    folder: Path
    free_bytes: int
    entries: tuple[Entry, ...]
    settings: Settings

    def entry_of(self, file: RemoteFile) -> Entry | None:
        """The entry of the catalogue that this file of a hub is."""
        return entry_with(self.entries, file.sha256)


def look(library: Library, models: Models, settings: Settings) -> OnDisk:
    """Reads the headers of the files on the shelf."""
    items = library.items()
    known = {item.path for item in items}
    paths = (choice.path for choice in models.choices())
    return OnDisk(
        items,
        tuple(path for path in paths if path is not None and path.absolute() not in known),
        library.unfinished(),
        library.folder,
        library.free_bytes,
        library.entries,
        settings,
    )
