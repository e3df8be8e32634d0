"""What is known of model files before they are here: the catalogue's entries and what a repository holds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.core.words import mark


class Origin(StrEnum):
    """How a file relates to the weights OpenAI published."""

    ORIGINAL = "original"
    QUANTISED = "quantised"
    PRUNED = "pruned"

    @property
    def text(self) -> str:
        return _ORIGINS[self]


_ORIGINS = {
    Origin.ORIGINAL: mark("as published"),
    Origin.QUANTISED: mark("converted by others"),
    Origin.PRUNED: mark("pruned"),
}


class Caveat(StrEnum):
    """What has to be said of an entry before it is chosen; the value is the key in the catalogue."""

    SAVES_LITTLE = "saves_little"
    CHANGED_TEMPLATE = "changed_template"
    UNVERIFIED = "unverified"
    PRUNED_LIGHTLY = "pruned_lightly"

    @property
    def text(self) -> str:
        return _CAVEATS[self]


_CAVEATS = {
    Caveat.SAVES_LITTLE: mark("The experts stay in MXFP4, so that it is hardly smaller than the original."),
    Caveat.CHANGED_TEMPLATE: mark(
        "Its chat template was changed; Alcove writes its own and does not use it."
    ),
    Caveat.UNVERIFIED: mark("Nothing is known of its quality here."),
    Caveat.PRUNED_LIGHTLY: mark(
        "Four of the 32 experts in each layer were taken out; how good it is, its makers tested themselves, "
        "on 10 to 100 questions."
    ),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One choice of the catalogue. Its file is the one of the repository with the SHA-256, or where that is
    not known the first that fits `pattern`, in any case.

    `revision` is the commit it is pinned to, "" for the newest. What is not known here is "" or 0: the
    licence, the SHA-256, the size (to three or four digits; the hub knows it to the byte), and how much
    memory it takes with a context of 8192 tokens.
    """

    id: str
    title: str
    origin: Origin
    repository: str
    pattern: str
    licence: str = ""
    revision: str = ""
    sha256: str = ""
    size_bytes: int = 0
    memory_bytes: int = 0
    experts: int = 32
    caveats: tuple[Caveat, ...] = ()


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A GGUF file in a repository at one commit (40 hex digits); `path` is its place in there."""

    repository: str
    commit: str
    path: str
    size_bytes: int
    sha256: str

    @property
    def short_hash(self) -> str:
        """As much of the SHA-256 as tells files apart."""
        return self.sha256[:12]


@dataclass(frozen=True, slots=True)
class Listing:
    """What a repository holds at one commit, files by path; `architecture` is what the hub read in them,
    "" where it does not say.
    """

    repository: str
    commit: str
    architecture: str
    files: tuple[RemoteFile, ...]

    @property
    def may_be_gpt_oss(self) -> bool:
        return self.architecture in ("gpt-oss", "")
