"""What lies beside the models: downloads that were broken off, and where a file once came from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from app.catalogue.download import locked
from app.catalogue.names import FOLDER, Names
from app.catalogue.record import Record
from app.core.catalogue import RemoteFile
from app.core.shelf import Unfinished


def unfinished(folder: Path) -> tuple[Unfinished, ...]:
    """The downloads into this folder that were broken off, by name; those under way, too."""
    return tuple(_unfinished(folder))


def _unfinished(folder: Path) -> Iterator[Unfinished]:
    for part in sorted((folder / FOLDER).glob("*.part")):
        target = folder / part.name.removesuffix(".part")
        record = _read(target)
        if record is not None:
            yield Unfinished(target, record.identity.file, sum(slot.filled for slot in record.slots))


def discard(target: Path) -> None:
    """Throw away what was fetched of a file that is not whole yet; a whole one stays.

    Raises:
        DownloadBusy: it is being fetched right now.
        ProfileNotWritable, DiskFull: the folder cannot be written to.
    """
    names = Names.of(target)
    with locked(names):
        names.part.unlink(missing_ok=True)
        if not target.exists():
            names.record.unlink(missing_ok=True)


def came_from(target: Path) -> RemoteFile | None:
    """What this file is on its hub, so that it can be repaired; None where it did not come from one."""
    record = _read(target)
    return record.identity.file if record is not None and record.identity.file.repository else None


def _read(target: Path) -> Record | None:
    try:
        record = Record.open(Names.of(target).record)
    except OSError:
        return None
    if record is not None:
        record.close()
    return record
