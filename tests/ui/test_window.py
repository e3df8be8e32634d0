"""The window itself: it opens as it was left, and the Tab key goes through it as one reads."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from app.ui.application import Program
from app.ui.widgets.number_field import NumberField
from tests.helpers.window import ask

ANSWER = {"final": "See [x](https://x.org).\n\n```py\nx\n```"}


def test_the_size_is_remembered(start: Any) -> None:
    program = start(ANSWER)
    assert (program.window.width(), program.window.height()) == (1280, 800)
    program.window.resize(1000, 700)
    _leave(program)
    again = start(ANSWER).window
    assert (again.width(), again.height(), again.isMaximized()) == (1000, 700, False)


def test_a_maximised_window_comes_back_so_and_knows_its_size(start: Any, qtbot: QtBot) -> None:
    program = start(ANSWER, settings={"window_width": 1000, "window_height": 700})
    program.window.showMaximized()
    qtbot.waitUntil(program.window.isMaximized)
    _leave(program)
    again = start(ANSWER).window
    assert again.isMaximized()
    again.showNormal()
    qtbot.waitUntil(lambda: (again.width(), again.height()) == (1000, 700))


@pytest.mark.parametrize(("left", "found"), [((9000, 9000), (1920, 1200)), ((-5, 0), (640, 480))])
def test_the_size_fits_the_screen(start: Any, left: tuple[int, int], found: tuple[int, int]) -> None:
    window = start(ANSWER, settings={"window_width": left[0], "window_height": left[1]}).window
    assert (window.width(), window.height()) == found


def test_the_tab_key_reaches_everything_as_one_reads(start: Any, qtbot: QtBot) -> None:
    program = start(ANSWER)
    ask(program, qtbot, "a question")
    program.window.page.composer.field.insertPlainText("a draft")
    program.window.sidebar.focus_search()
    forth = _round(Qt.Key.Key_Tab)
    wanted = [
        "Chats",
        "Deleted chats",
        "Settings",
        "Title of this chat",
        "Effort: Medium",
        "More",
        "Conversation",
        "Copy",
        "Message",
        "Send",
        "Temperature",
        "Instructions",
        "Show or hide the sidebar",
        "New chat",
    ]
    places = [forth.index(name) for name in wanted]
    assert places == sorted(places)
    assert "Effort: Low" not in forth and any(name.startswith("Model: ") for name in forth)
    back = _round(Qt.Key.Key_Backtab)
    assert back[-2::-1] + back[-1:] == forth


def test_the_keys_of_commands_work_in_every_field(start: Any, qtbot: QtBot) -> None:
    program = start(ANSWER)
    ask(program, qtbot, "a question")
    page, sidebar = program.window.page, program.window.sidebar
    page.composer.field.insertPlainText("a draft")
    QTest.keyClick(page.composer.field, Qt.Key.Key_Home)
    QTest.keyClick(page.composer.field, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    search = QApplication.focusWidget()
    assert search is not None and sidebar.isAncestorOf(search)
    assert page.composer.draft.text == "a draft"
    for field in (search, *program.window.inspector.findChildren(NumberField)[:1], page.composer.field):
        field.setFocus()
        QTest.keyClick(field, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
        assert page.composer.draft.text == "a question"
        page.composer.stop_editing()


def _round(key: Qt.Key) -> list[str]:
    """The names of what gets the focus until it is back where it began."""
    first = QApplication.focusWidget()
    names: list[str] = []
    while len(names) < 100:
        focus = QApplication.focusWidget()
        assert focus is not None
        QTest.keyClick(focus, key)
        focus = QApplication.focusWidget()
        assert focus is not None
        text = focus.text().strip() if isinstance(focus, QPushButton) else ""
        names.append(focus.accessibleName() or text)
        if focus is first:
            return names
    raise AssertionError(names)


def _leave(program: Program) -> None:
    program.window.close()
    program.close()
