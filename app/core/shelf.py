"""Model files that lie on this computer: ours on the shelf, and those that other programs keep."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from app.core.catalogue import Entry, RemoteFile
from app.core.errors import ModelError
from app.core.model import ModelFacts
from app.core.words import mark


class Verdict(StrEnum):
    """What is known of the bytes of a file since they last changed."""

    UNCHECKED = "unchecked"
    GOOD = "good"
    DAMAGED = "damaged"
    UNKNOWN = "unknown"

    @property
    def text(self) -> str:
        return _VERDICTS[self]


_VERDICTS = {
    Verdict.UNCHECKED: mark("not checked yet"),
    Verdict.GOOD: mark("verified"),
    Verdict.DAMAGED: mark("damaged"),
    Verdict.UNKNOWN: mark("not known to Alcove"),
}


@dataclass(frozen=True, slots=True)
class ShelfItem:
    """A file on the shelf: what it is, or (`problem`) why it cannot be used.

    `sha256` is "" until it was checked; `entry` is what the catalogue knows it as.
    """

    path: Path
    size_bytes: int
    facts: ModelFacts | None
    problem: ModelError | None
    verdict: Verdict = Verdict.UNCHECKED
    sha256: str = ""
    entry: Entry | None = None


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A download that can go on: what of `file` is here already, and where it is to lie."""

    target: Path
    file: RemoteFile
    done_bytes: int


class Program(StrEnum):
    """Who left a model on this disk; the value is its name."""

    LM_STUDIO = "LM Studio"
    JAN = "Jan"
    GPT4ALL = "GPT4All"
    LLAMA_CPP = "llama.cpp"
    HUGGING_FACE = "Hugging Face"
    OLLAMA = "Ollama"
    DOWNLOADS = "Downloads"


class Way(StrEnum):
    """How a neighbour's file can be had: read where it lies, as a second name of it, or as a copy."""

    IN_PLACE = "in place"
    LINK = "link"
    COPY = "copy"


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A GGUF that another program left: what it is, or (`problem`) why it does not fit.

    `name` is what the program calls it; `sha256` what the program says it has, not checked here, "" where
    it says nothing. There are no `ways` to a file that does not fit.
    """

    path: Path
    program: Program
    name: str
    size_bytes: int
    facts: ModelFacts | None
    problem: ModelError | None
    ways: tuple[Way, ...] = ()
    sha256: str = ""
    entry: Entry | None = None
    is_on_shelf: bool = False
