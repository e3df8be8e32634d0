"""The folder where our models lie: what each is, whether its bytes are as they should be, and its end."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from app.catalogue.download import locked
from app.catalogue.hashes import Hashes
from app.catalogue.index import entry_with
from app.catalogue.names import Names, local_name
from app.catalogue.unfinished import discard
from app.catalogue.walk import Walk
from app.core.catalogue import Entry, RemoteFile
from app.core.errors import ModelError, ModelMissing, NotRemovable
from app.core.model import ModelFacts
from app.core.shelf import ShelfItem, Verdict
from app.core.words import mark
from app.gguf.facts import read_facts

DEPTH = 3
"""A person may sort their models into folders."""


def model_files(folder: Path) -> tuple[Path, ...]:
    """The model files in a folder, without a look into them."""
    return tuple(Walk().gguf_files(folder, DEPTH))


class Shelf:
    """One folder of models. Nothing outside of it is ever changed."""

    def __init__(self, folder: Path, entries: Iterable[Entry], hashes: Hashes) -> None:
        self.folder = folder
        self._entries = tuple(entries)
        self._hashes = hashes

    def items(self) -> tuple[ShelfItem, ...]:
        """The files with what their headers tell; a broken one comes with the reason."""
        return tuple(self.item(path) for path in model_files(self.folder))

    def item(self, path: Path) -> ShelfItem:
        """What is known of one file; it may lie anywhere."""
        facts, problem = look_into(path)
        known = self._hashes.get(path)
        if known is None:
            return ShelfItem(path, size_of(path), facts, problem)
        entry = entry_with(self._entries, known.sha256)
        verdict = known.verdict
        if entry is not None and verdict is Verdict.UNKNOWN:  # the catalogue has come to know it
            verdict = Verdict.GOOD
        return ShelfItem(path, size_of(path), facts, problem, verdict, known.sha256, entry)

    def place(self, file: RemoteFile) -> Path:
        """Where a file of a hub is to lie."""
        return self.folder / local_name(file)

    def holds(self, path: Path) -> bool:
        """Whether this lies in the folder, whatever `..` or links its name is made of."""
        root, parent = os.path.realpath(self.folder), os.path.realpath(path.absolute().parent)
        return Path(parent).is_relative_to(root)

    def remove(self, path: Path, *, for_good: bool = False) -> None:
        """Put a file into the system's trash, or delete it; a link goes, and not what it leads to.

        What was fetched of a file that is not whole yet is of no use in a trash, and is deleted.

        Raises:
            ModelMissing: there is nothing of that name.
            NotRemovable: it lies elsewhere, is no file, or the system does not let it go.
            DownloadBusy: it is being fetched or repaired right now.
        """
        path = path.absolute()
        names = Names.of(path)
        if not self.holds(path):
            raise NotRemovable(path=str(path), reason=mark("it does not lie in the folder of models"))
        if not os.path.lexists(path):
            if not names.part.exists():
                raise ModelMissing(path=str(path))
        elif path.is_dir():
            raise NotRemovable(path=str(path), reason=mark("it is a folder"))
        else:
            with locked(names):
                _remove(path, for_good)
        discard(path)
        self._hashes.note(path, "", Verdict.UNCHECKED)


def look_into(path: Path) -> tuple[ModelFacts | None, ModelError | None]:
    """What a file's header tells, or why it cannot be used."""
    try:
        return read_facts(path), None
    except ModelError as error:
        return None, error


def size_of(path: Path) -> int:
    """0 where there is nothing any more."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _remove(path: Path, for_good: bool) -> None:
    # On Windows a file may be larger than the trash; the system then deletes it.
    from send2trash import send2trash

    try:
        if for_good:
            path.unlink()
        else:
            send2trash(str(path))
    except OSError as error:
        raise NotRemovable(path=str(path), reason=error.strerror or str(error)) from error
