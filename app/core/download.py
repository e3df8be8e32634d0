"""What a download, a check or a move of model files tells while it runs, in order of arrival."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.core.errors import AlcoveError


@dataclass(frozen=True, slots=True)
class DownloadProgress:
    """`done_bytes` of `total_bytes` are here, `checked_bytes` of them also went through SHA-256.

    The rate is that of the last seconds; `left_s` is None while nothing can be said.
    """

    done_bytes: int
    total_bytes: int
    checked_bytes: int
    bytes_per_s: float
    left_s: float | None
    connections: int


@dataclass(frozen=True, slots=True)
class Retrying:
    """Something went wrong that may pass: it is tried again in `wait_s` seconds, `attempt` times so far."""

    error: AlcoveError
    wait_s: float
    attempt: int


@dataclass(frozen=True, slots=True)
class Damaged:
    """Blocks that were found wrong and are fetched again; None where nobody can tell which they are."""

    blocks: tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class Fetched:
    """The file is whole, has the right SHA-256 and lies under its name; the last event of a download.

    `fetched_bytes` came over the network this time.
    """

    path: Path
    size_bytes: int
    sha256: str
    fetched_bytes: int


@dataclass(frozen=True, slots=True)
class CheckProgress:
    """How much of a file has been read and hashed."""

    done_bytes: int
    total_bytes: int
    bytes_per_s: float
    left_s: float | None


@dataclass(frozen=True, slots=True)
class Checked:
    """The file's SHA-256, and whether it is the expected one; the last event of a check.

    `bad_blocks` are those that changed since they were last known to be good; empty where the file is
    good or no record of its blocks was kept.
    """

    path: Path
    sha256: str
    is_good: bool
    bad_blocks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MoveProgress:
    """How much of the files to be moved or copied is there."""

    done_bytes: int
    total_bytes: int
    bytes_per_s: float
    left_s: float | None


@dataclass(frozen=True, slots=True)
class Moved:
    """The files lie whole in `folder`; the last event of a move or a copy.

    `left_behind` could not be removed from where they were, such as a file in use on Windows.
    """

    folder: Path
    left_behind: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Stopped:
    """Cancelled; what was fetched is kept. The last event of any job."""

    done_bytes: int


DownloadEvent = (
    DownloadProgress | Retrying | Damaged | Fetched | CheckProgress | Checked | MoveProgress | Moved | Stopped
)
