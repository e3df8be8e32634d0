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


@dataclass(frozen=True, slots=True)
class ListModels:
    """The models on the shelf and the downloads that can go on."""

    as_json: bool = False


@dataclass(frozen=True, slots=True)
class SearchModels:
    """The catalogue, or the entries with these words in them; "owner/name" asks the hub for its files."""

    words: str = ""
    endpoint: str = ""
    as_json: bool = False


@dataclass(frozen=True, slots=True)
class FetchModel:
    """Fetch an entry of the catalogue, or "owner/name" or "owner/name/FILE"; "" is what is recommended.

    `bytes_per_s` None means as the settings say, 0 no limit.
    """

    name: str = ""
    endpoint: str = ""
    bytes_per_s: int | None = None
    as_json: bool = False


@dataclass(frozen=True, slots=True)
class VerifyModels:
    """Compare files with what their SHA-256 should be."""

    paths: tuple[Path, ...]
    as_json: bool = False


@dataclass(frozen=True, slots=True)
class RepairModels:
    """Fetch those blocks of files anew that have changed."""

    paths: tuple[Path, ...]
    endpoint: str = ""
    bytes_per_s: int | None = None
    as_json: bool = False


@dataclass(frozen=True, slots=True)
class RemoveModels:
    """Put files of the shelf into the trash, or delete them."""

    paths: tuple[Path, ...]
    for_good: bool = False
    as_json: bool = False


@dataclass(frozen=True, slots=True)
class FitModel:
    """How a model would be loaded; no path means the original gpt-oss-20b, no machine this computer."""

    path: Path | None = None
    machine: Path | None = None
    context_tokens: int | None = None
    as_json: bool = False


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What a model is made of; no path means the one last chosen."""

    path: Path | None = None
    as_json: bool = False


@dataclass(frozen=True, slots=True)
class FindNeighbours:
    """The models that other programs left; one of them may be taken onto the shelf."""

    link: Path | None = None
    copy: Path | None = None
    as_json: bool = False


@dataclass(frozen=True, slots=True)
class Token:
    """Keep the token of a hub, read from stdin, or forget it."""

    is_kept: bool
    endpoint: str = ""


ModelsCommand = (
    ListModels
    | SearchModels
    | FetchModel
    | VerifyModels
    | RepairModels
    | RemoveModels
    | FitModel
    | ModelInfo
    | FindNeighbours
    | Token
)

Command = Ask | Extract | Chat | Chats | Doctor | ModelsCommand


@dataclass(frozen=True, slots=True)
class Invocation:
    """The whole command line; no command means the window."""

    command: Command | None = None
    profile: Path | None = None
    is_throwaway: bool = False
