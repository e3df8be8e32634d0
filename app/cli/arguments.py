"""What the command line asked for, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.core.answer_format import FileKind
from app.core.conversation import Options
from app.core.sampling import Sampling


@dataclass(frozen=True, slots=True)
class Ask:
    """One question, answered on stdout; "-" reads it from stdin. Without a model the demo answers.

    `schema` is a file with a JSON Schema that the answer has to fit.
    """

    prompt: str
    model: Path | None = None
    options: Options = Options()
    as_json: bool = False
    save: bool = False
    schema: Path | None = None


@dataclass(frozen=True, slots=True)
class Extract:
    """One schema filled in from many inputs. Without `out` the result goes to stdout, where nothing is kept
    of a run that is stopped; without `kind` the name of `out` tells it.
    """

    schema: Path
    inputs: tuple[Path, ...]
    prompt: str = ""
    kind: FileKind | None = None
    out: Path | None = None
    jobs: int = 1
    resume: bool = False
    replaces: bool = False
    with_source: bool = False
    model: Path | None = None
    sampling: Sampling = Sampling()


@dataclass(frozen=True, slots=True)
class Chat:
    """A conversation in the terminal."""

    model: Path | None = None


@dataclass(frozen=True, slots=True)
class Chats:
    """The list of conversations."""

    as_json: bool = False


@dataclass(frozen=True, slots=True)
class Doctor:
    """What the program is made of and runs on."""

    as_json: bool = False


Command = Ask | Extract | Chat | Chats | Doctor


@dataclass(frozen=True, slots=True)
class Invocation:
    """The whole command line; no command means the window."""

    command: Command | None = None
    profile: Path | None = None
    is_throwaway: bool = False
