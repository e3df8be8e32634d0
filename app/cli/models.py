"""`models`: what can be done with model files; each action has its own function."""

from __future__ import annotations

import sys
from getpass import getpass

from app.assembly import Alcove
from app.cli import fetching, fit, info, shelf
from app.cli.arguments import (
    FetchModel,
    FindNeighbours,
    FitModel,
    ListModels,
    ModelInfo,
    ModelsCommand,
    RemoveModels,
    RepairModels,
    SearchModels,
    Token,
    VerifyModels,
)
from app.cli.exit_codes import ExitCode
from app.cli.screen import Screen
from app.services.transfer import Route


def run(command: ModelsCommand, alcove: Alcove, screen: Screen) -> int:
    match command:
        case ListModels():
            return shelf.list_models(command, alcove, screen)
        case SearchModels():
            return fetching.search(command, alcove, screen)
        case FetchModel():
            return fetching.fetch(command, alcove, screen)
        case VerifyModels():
            return fetching.verify(command, alcove, screen)
        case RepairModels():
            return fetching.repair(command, alcove, screen)
        case RemoveModels():
            return shelf.remove(command, alcove, screen)
        case FitModel():
            return fit.run(command, alcove, screen)
        case ModelInfo():
            return info.run(command, alcove, screen)
        case FindNeighbours():
            return shelf.neighbours(command, alcove, screen)
        case Token():
            return _token(command, alcove)


def _token(arguments: Token, alcove: Alcove) -> int:
    """A token is never an argument, which others on this computer could read."""
    route = Route(arguments.endpoint)
    if not arguments.is_kept:
        alcove.transfers.forget_token(route)
        return ExitCode.DONE
    asked = alcove.tr("Token: ")
    token = (getpass(asked) if sys.stdin.isatty() else sys.stdin.readline()).strip()
    alcove.transfers.keep_token(token, route)
    return ExitCode.DONE
