"""GGUF files that other programs left on this disk: which program, what each is, and how it can be had.

Nothing is written to, and nothing is looked up beyond this disk. A llamafile is no GGUF but a program
with one inside, and is left out.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from app.catalogue.index import entry_with
from app.catalogue.programs import Root, Surroundings, roots
from app.catalogue.shelf import look_into, size_of
from app.catalogue.walk import Limits, Walk
from app.core.catalogue import Entry
from app.core.errors import NotLinkable, TargetTaken
from app.core.shelf import Neighbour, Program, Way
from app.userdata import make_folder

_DIGEST = re.compile(r"(?:sha256[:-])?([0-9a-f]{64})")
_OLLAMA_MODEL = "application/vnd.ollama.image.model"
_OLLAMA_LIBRARY = ("registry.ollama.ai", "library")
_MANIFEST_LIMIT_BYTES = 1 << 20
_MANIFEST_DEPTH = 4
_DEPTHS = {Program.DOWNLOADS: 1}


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What was found; `is_cut`: a limit was reached, so that there may be more."""

    found: tuple[Neighbour, ...]
    is_cut: bool


@dataclass(frozen=True, slots=True)
class _Find:
    """A file, and what its program calls it and says of its SHA-256."""

    program: Program
    path: Path
    name: str
    sha256: str = ""


def find_neighbours(
    shelf: Path, entries: Iterable[Entry], here: Surroundings | None = None, limits: Limits | None = None
) -> Neighbours:
    """Look through the folders of all programs for files that are not on the shelf itself.

    `shelf` is the folder of our models: a file on another disk cannot be linked into it.
    """
    known, walk = tuple(entries), Walk(limits)
    found: dict[tuple[int, int], Neighbour] = {}
    on_shelf = {_identity(path) for path in Walk().gguf_files(shelf)}
    for root in roots(here or Surroundings.here()):
        for find in _finds(root, walk):
            identity = _identity(find.path)
            if identity is not None and identity not in found and not _lies_in(find.path, shelf):
                found[identity] = _neighbour(find, shelf, known, identity in on_shelf)
    return Neighbours(tuple(found.values()), walk.is_over)


def _finds(root: Root, walk: Walk) -> Iterator[_Find]:
    if root.program is Program.OLLAMA:
        yield from _in_ollama(root.folder, walk)
        return
    for path in walk.gguf_files(root.folder, _DEPTHS.get(root.program)):
        if root.program is Program.HUGGING_FACE:
            yield _in_hugging_face(path, root.folder)
        else:
            yield _Find(root.program, path, path.relative_to(root.folder).as_posix())


def _in_hugging_face(path: Path, root: Path) -> _Find:
    """A snapshot's name leads to a blob that is named by its SHA-256."""
    repository, *rest = path.relative_to(root).parts
    name = "/".join((*repository.removeprefix("models--").split("--"), *rest[2:]))
    blob = Path(os.path.realpath(path))
    digest = _DIGEST.fullmatch(blob.name)
    return _Find(Program.HUGGING_FACE, blob, name, digest[1] if digest else "")


class _Layer(msgspec.Struct):
    mediaType: str = ""  # noqa: N815
    digest: str = ""


class _Manifest(msgspec.Struct):
    layers: tuple[_Layer, ...] = ()


def _in_ollama(root: Path, walk: Walk) -> Iterator[_Find]:
    """A manifest names the blobs a model is made of; one of them is its GGUF."""
    for path in walk.files(root / "manifests", _MANIFEST_DEPTH):
        for digest in _model_digests(path):
            blob = root / "blobs" / f"sha256-{digest}"
            if blob.is_file():
                yield _Find(Program.OLLAMA, blob, _ollama_name(path.relative_to(root / "manifests")), digest)


def _model_digests(manifest: Path) -> Iterator[str]:
    try:
        with manifest.open("rb") as file:
            layers = msgspec.json.decode(file.read(_MANIFEST_LIMIT_BYTES), type=_Manifest).layers
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return  # another kind of file, or not ours to read
    for layer in layers:
        digest = _DIGEST.fullmatch(layer.digest)  # and nothing else: it becomes part of a path
        if layer.mediaType == _OLLAMA_MODEL and digest:
            yield digest[1]


def _ollama_name(manifest: Path) -> str:
    """As Ollama itself says it: "gpt-oss:20b" for its own, with host and owner for others'."""
    *folders, tag = manifest.parts
    if tuple(folders[:2]) == _OLLAMA_LIBRARY:
        folders = folders[2:]
    elif folders[:1] == [_OLLAMA_LIBRARY[0]]:
        folders = folders[1:]
    return f"{'/'.join(folders)}:{tag}"


def _neighbour(find: _Find, shelf: Path, entries: tuple[Entry, ...], is_on_shelf: bool) -> Neighbour:
    facts, problem = look_into(find.path)
    ways: tuple[Way, ...] = ()
    if facts is not None:
        ways = (Way.IN_PLACE, Way.LINK, Way.COPY) if can_link(find.path, shelf) else (Way.IN_PLACE, Way.COPY)
    return Neighbour(
        path=find.path,
        program=find.program,
        name=find.name,
        size_bytes=size_of(find.path),
        facts=facts,
        problem=problem,
        ways=ways,
        sha256=find.sha256,
        entry=entry_with(entries, find.sha256),
        is_on_shelf=is_on_shelf,
    )


def can_link(path: Path, folder: Path) -> bool:
    """Whether a file may be given a second name in this folder, which need not be there yet.

    Linux lets nobody link what they could not write to.
    """
    there = next(place for place in (folder, *folder.parents) if place.exists())
    try:
        if path.stat().st_dev != there.stat().st_dev:
            return False
    except OSError:
        return False
    return sys.platform != "linux" or os.access(path, os.R_OK | os.W_OK)


def link(path: Path, target: Path) -> Path:
    """Give the file a second name; gives that.

    Raises:
        TargetTaken: something else has it.
        NotLinkable: another disk, a format without links, or not ours to link.
        ProfileNotWritable: the folder cannot be made.
    """
    make_folder(target.parent)
    try:
        os.link(os.path.realpath(path), target)
    except FileExistsError:
        raise TargetTaken(path=str(target)) from None
    except OSError as error:
        raise NotLinkable(path=str(path), reason=error.strerror or str(error)) from error
    return target


def _identity(path: Path) -> tuple[int, int] | None:
    """What a file has in common with its other names."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _lies_in(path: Path, folder: Path) -> bool:
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))
