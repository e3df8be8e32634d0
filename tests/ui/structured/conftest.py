"""Shared by the tests of answer formats in the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import pytest
from pytestqt.qtbot import QtBot

from app.ui.actions import Command
from app.ui.widgets.choice_menu import Choice, ChoiceMenu

if TYPE_CHECKING:
    from app.ui.application import Program
    from app.ui.structured.editor import SchemaEditor

OpenMenu = Callable[["Program"], ChoiceMenu]
OpenEditor = Callable[["Program"], "SchemaEditor"]


@pytest.fixture
def open_menu(qtbot: QtBot) -> OpenMenu:
    """Give the command, and the menu that it opens."""

    def open_menu(program: Program) -> ChoiceMenu:
        program.window.actions_of[Command.ANSWER_FORMAT].trigger()
        menus = program.window.findChildren
        qtbot.waitUntil(lambda: any(menu.isVisible() for menu in menus(ChoiceMenu)), timeout=10_000)
        return next(menu for menu in menus(ChoiceMenu) if menu.isVisible())

    return open_menu


@pytest.fixture
def open_editor(qtbot: QtBot) -> OpenEditor:
    """Open the format in force in the editor, or a new one, and wait until it is examined."""

    def open_editor(program: Program) -> SchemaEditor:
        formats = program.window.formats
        formats.edit()
        qtbot.waitUntil(lambda: formats.editor is not None, timeout=10_000)
        assert formats.editor is not None
        wait_until_examined(formats.editor, qtbot)
        return formats.editor

    return open_editor


def wait_until_examined(editor: SchemaEditor, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not editor.is_examining, timeout=10_000)


def row_named(menu: ChoiceMenu, title: str) -> int:
    return titles(menu.rows()).index(title)


def titles(rows: Sequence[Choice]) -> list[str]:
    return [row.title for row in rows]


def choose(menu: ChoiceMenu, title: str, qtbot: QtBot) -> None:
    """Go to a row with the arrow keys and press Enter."""
    from PySide6.QtCore import Qt

    at = row_named(menu, title)
    for _ in range(menu.list.count()):
        if menu.list.currentRow() == at:
            break
        qtbot.keyClick(menu.list, Qt.Key.Key_Down if menu.list.currentRow() < at else Qt.Key.Key_Up)
    qtbot.keyClick(menu.list, Qt.Key.Key_Return)
