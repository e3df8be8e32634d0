"""The exit codes of the program, one table."""

from __future__ import annotations

from enum import IntEnum

from app.core.errors import AlcoveError, EngineError, ModelError, ProfileError


class ExitCode(IntEnum):
    DONE = 0
    USAGE = 2
    """Usage, or no display."""
    MODEL = 3
    """The model cannot be used."""
    SOME_FAILED = 4
    SCHEMA = 5
    PROFILE = 6
    """The profile or its database cannot be used."""
    INTERRUPTED = 130


def exit_code(error: AlcoveError) -> ExitCode:
    if isinstance(error, ModelError | EngineError):
        return ExitCode.MODEL
    return ExitCode.PROFILE if isinstance(error, ProfileError) else ExitCode.USAGE
