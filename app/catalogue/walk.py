"""Find GGUF files below a folder, within limits and without leaving it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.catalogue.names import ENDING, FOLDER


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a search ends: folders below the root, entries looked at, and seconds in all."""

    depth: int = 6
    entries: int = 20_000
    seconds: float = 5.0


class Walk:
    """One search through several roots, whose limits hold for all of them together."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._seen = 0
        self._until = time.monotonic() + self._limits.seconds

    @property
    def is_over(self) -> bool:
        """Whether a limit was reached, so that there may be more than was found."""
        return self._seen > self._limits.entries or time.monotonic() > self._until

    def gguf_files(self, root: Path, depth: int | None = None) -> Iterator[Path]:
        """The GGUF files below `root`."""
        return (path for path in self.files(root, depth) if path.name.lower().endswith(ENDING))

    def files(self, root: Path, depth: int | None = None) -> Iterator[Path]:
        """All files below `root`, by name. Links to folders are not followed, nor links out of it.

        What may not be looked into holds nothing, as what is not there.
        """
        inside = Path(os.path.realpath(root))
        waiting = [(root, self._limits.depth if depth is None else depth)]
        while waiting:
            folder, left = waiting.pop()
            for entry in self._entries(folder):
                if entry.is_dir(follow_symlinks=False):
                    if left > 0 and entry.name != FOLDER:
                        waiting.append((folder / entry.name, left - 1))
                elif _is_inside(entry, inside):
                    yield folder / entry.name

    def _entries(self, folder: Path) -> list[os.DirEntry[str]]:
        found: list[os.DirEntry[str]] = []
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    self._seen += 1
                    if self.is_over:
                        break
                    found.append(entry)
        except OSError:
            return []  # missing, no folder, or not ours to look into
        return sorted(found, key=lambda entry: entry.name)


def _is_inside(entry: os.DirEntry[str], root: Path) -> bool:
    """Whether it is a file that lies below the root itself, and is not only linked to from there."""
    try:
        return entry.is_file() and Path(os.path.realpath(entry.path)).is_relative_to(root)
    except OSError:
        return False  # a link in a circle, or one that leads where we may not look
