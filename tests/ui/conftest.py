"""The window on a stage: opened with a scripted engine, closed after the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

if TYPE_CHECKING:
    from app.ui.application import Program

Start = Callable[..., "Program"]


@pytest.fixture
def start(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[Start]:
    """Open the window with these answers and wait until the model is loaded."""
    from tests.helpers.window import open_window  # tests of single widgets need not load all this

    programs: list[Program] = []

    def start(*answers: dict[str, Any], waits: bool = True, **values: Any) -> Program:
        program = open_window(qapp, tmp_path / "profile", *answers, **values)
        programs.append(program)
        qtbot.waitUntil(lambda: program.window.inspector.page is not None, timeout=10_000)
        if waits:
            qtbot.waitUntil(lambda: program.window.loading.is_ready, timeout=20_000)
        return program

    yield start
    for program in programs:
        program.close()
