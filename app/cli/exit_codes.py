"""The exit codes of the program, one table."""

from __future__ import annotations

from enum import IntEnum

from app.core.errors import (
    AlcoveError,
    DownloadError,
    EngineError,
    ModelError,
    NoToken,
    ProfileError,
    SchemaRefused,
    VaultError,
)


class ExitCode(IntEnum):
    DONE = 0
    USAGE = 2
    """Usage, or no display."""
    MODEL = 3
    """The model cannot be used."""
    SOME_FAILED = 4
    """An answer does not fit its schema, some items of a batch have none that does, or a model file is
    damaged or could not be fetched."""
    SCHEMA = 5
    """The schema is refused."""
    PROFILE = 6
    """The profile or its database cannot be used."""
    INTERRUPTED = 130


def exit_code(error: AlcoveError) -> ExitCode:
    if isinstance(error, NoToken):
        return ExitCode.USAGE
    if isinstance(error, ModelError | EngineError):
        return ExitCode.MODEL
    if isinstance(error, SchemaRefused):
        return ExitCode.SCHEMA
    if isinstance(error, DownloadError | VaultError):
        return ExitCode.SOME_FAILED
    return ExitCode.PROFILE if isinstance(error, ProfileError) else ExitCode.USAGE
