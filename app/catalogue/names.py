"""What things are called on disk: the file under its name, and out of sight what a download needs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from app.core.catalogue import RemoteFile

FOLDER = ".alcove"
"""Beside the models: unfinished files, records of blocks, locks. Nothing in it is a model to be shown."""

ENDING = ".gguf"
_LONGEST = 120
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Names:
    """The paths that belong to one model file."""

    target: Path
    part: Path
    record: Path
    lock: Path

    @classmethod
    def of(cls, target: Path) -> Names:
        """`target` is where the whole file is to lie."""
        folder = target.parent / FOLDER
        part, record, lock = (folder / f"{target.name}.{kind}" for kind in ("part", "blocks", "lock"))
        return cls(target, part, record, lock)


def local_name(file: RemoteFile) -> str:
    """A safe name in any folder of any system, made from the last part of the file's path in its repository.

    No name that arrives with the data itself is ever used.
    """
    name = _UNSAFE.sub("_", file.path.rpartition("/")[2])
    stem = name[: -len(ENDING)] if name.lower().endswith(ENDING) else name
    stem = stem.strip("._ -")[:_LONGEST].rstrip("._ -") or "model"
    return f"_{stem}{ENDING}" if _RESERVED.fullmatch(stem) else stem + ENDING
