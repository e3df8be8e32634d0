"""Shared by the tests of models in the window: a hub on this computer, and a window that asks it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from pytestqt.qtbot import QtBot

from tests.helpers.hub_server import HubServer

if TYPE_CHECKING:
    from app.ui.application import Program
    from app.ui.models.models_dialog import ModelsDialog

NAME = "gpt-oss-20b-mxfp4.gguf"
CONTENT = random.Random(3).randbytes(3_000_000)

OpenDialog = Callable[["Program"], "ModelsDialog"]


@pytest.fixture
def hub() -> Iterator[HubServer]:
    """A hub with one file."""
    with HubServer({NAME: CONTENT}) as server:
        yield server


@pytest.fixture
def open_models(qtbot: QtBot) -> OpenDialog:
    """Give the command and wait until its window knows what lies on this computer."""

    def open_models(program: Program) -> ModelsDialog:
        from app.ui.actions import Command

        program.window.actions_of[Command.MODELS].trigger()
        dialog = program.window.models.dialog
        assert dialog is not None
        qtbot.waitUntil(lambda: dialog.work.disk is not None and bool(dialog.installed.mine.rows))
        return dialog

    return open_models


@pytest.fixture
def first_run(start: Any, qtbot: QtBot, hub: HubServer) -> Program:
    """A window over a profile in which no model was ever chosen."""
    settings = {"model": "", "recent_models": (), "hub_endpoint": hub.endpoint}
    program: Program = start({"final": "Yes."}, settings=settings)
    qtbot.waitUntil(lambda: program.window.models.first_run is not None)
    work = program.window.models.work
    qtbot.waitUntil(lambda: work.advice is not None and work.disk is not None, timeout=20_000)
    return program
