"""Choosing an answer format: from the menu, by keys alone, for the chat in view."""

from __future__ import annotations

import json
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.answer_format import AnswerFormat, Notation
from app.ui.actions import Command
from app.ui.widgets.choice_menu import ChoiceMenu
from tests.helpers.window import ask, give
from tests.ui.structured.conftest import choose, titles

pytestmark = pytest.mark.qt_log_ignore("does not support (grabbing|raise)", extend=True)

ANSWER = {"final": '{"sentiment":"positive","confidence":0.9,"reason":"It says so."}'}
OWN = AnswerFormat(
    "Mine", json.dumps({"description": "Two ways", "enum": ["yes", "no"]}, indent=2), Notation.CHOICE
)
LIBRARY = [
    *("Contact", "Invoice", "Meeting minutes", "Quarterly report", "Product", "Event", "Bug report"),
    *("Citation", "Translation pair", "Sentiment", "Table"),
]


def test_the_menu_lists_the_library_with_a_line_about_each(start: Any, open_menu: Any) -> None:
    menu = open_menu(start(ANSWER))
    rows = menu.rows()
    assert titles(rows) == ["Free text", "Library", *LIBRARY, "", "New format…"]
    assert all(row.detail for row in rows if row.title in LIBRARY)
    assert [row.title for row in rows if row.is_chosen] == ["Free text"]
    menu.close()


def test_a_format_is_chosen_by_keys_and_belongs_to_the_chat(start: Any, open_menu: Any, qtbot: QtBot) -> None:
    program = start(ANSWER)
    window = program.window
    block = window.inspector.page.format
    assert not block.notation.isVisible() and not block.edit_button.isVisible()
    choose(open_menu(program), "Sentiment", qtbot)
    assert window.session.options.format.name == "Sentiment"
    assert block.button.accessibleName() == "Answer format: Sentiment"
    assert window.page.composer.format_button.accessibleName() == "Answer format: Sentiment"
    qtbot.waitUntil(block.note.isVisible, timeout=10_000)
    ask(program, qtbot, "how is it?")
    assert window.session.path[-1].format.name == "Sentiment"
    kept = program.opening.chat.open(window.session.conversation_id)
    assert kept.options.format == window.session.options.format
    give(program, Command.NEW_CHAT)
    assert window.session.options.format is None
    assert block.button.accessibleName() == "Answer format: Free text"
    assert not block.note.isVisible()


def test_free_text_takes_the_format_away(start: Any, open_menu: Any, qtbot: QtBot) -> None:
    program = start(ANSWER)
    choose(open_menu(program), "Event", qtbot)
    menu = open_menu(program)
    assert [row.title for row in menu.rows() if row.is_chosen] == ["Event"]
    assert menu.list.currentItem().text() == "Event"
    choose(menu, "Free text", qtbot)
    assert program.window.session.options.format is None


def test_a_notation_that_the_schema_cannot_take_says_why(start: Any, open_menu: Any, qtbot: QtBot) -> None:
    program = start(ANSWER)
    block = program.window.inspector.page.format
    choose(open_menu(program), "Sentiment", qtbot)
    qtbot.waitUntil(block.note.isVisible, timeout=10_000)
    plain, xml, table, choice = block.notation.buttons()
    assert (plain.isEnabled(), xml.isEnabled()) == (True, True)
    assert (table.isEnabled(), choice.isEnabled()) == (False, False)
    assert table.toolTip().startswith("A table needs a list of records")
    assert choice.accessibleDescription().startswith("A choice needs some texts")
    xml.click()
    assert program.window.session.options.format.notation is Notation.XML
    choose(open_menu(program), "Table", qtbot)
    qtbot.waitUntil(lambda: block.note.isVisible() and table.isEnabled(), timeout=10_000)


def test_what_is_not_enforced_is_named(start: Any, qtbot: QtBot) -> None:
    program = start(ANSWER)
    session, block = program.window.session, program.window.inspector.page.format
    schema = '{"type": "array", "items": {"pattern": "^.$", "format": "colour"}, "uniqueItems": true}'
    program.commands._take_format(AnswerFormat("Colours", schema))
    assert session.options.format.name == "Colours"
    qtbot.waitUntil(block.note.isVisible, timeout=10_000)
    assert block.note.text() == (
        "Only checked once the answer is finished: uniqueItems. Not enforced: format (items)."
    )
    assert block.note.toolTip() == "uniqueItems\nformat (items)"


def test_own_formats_are_listed_deleted_and_put_back(start: Any, open_menu: Any, qtbot: QtBot) -> None:
    program = start(ANSWER)
    library = program.opening.alcove.formats
    library.save(OWN)
    menu = open_menu(program)
    assert titles(menu.rows())[:4] == ["Free text", "My formats", "Mine", "Library"]
    choose(menu, "Mine", qtbot)
    assert program.window.session.options.format == OWN
    menu = open_menu(program)
    assert titles(menu.rows())[-3:] == ["New format…", "Edit “Mine”…", "Delete “Mine”"]
    qtbot.keyClick(menu.list, Qt.Key.Key_Delete)
    notices = program.window.page.notices
    qtbot.waitUntil(lambda: notices.current is not None)
    assert not [known for known in library.list() if known.is_own]
    assert program.window.session.options.format == OWN
    menu = open_menu(program)
    assert (menu.rows()[1].title, menu.rows()[1].is_chosen) == ("Mine", True)
    menu.close()
    notices.current.acted.emit()
    qtbot.waitUntil(lambda: [known.format for known in library.list() if known.is_own] == [OWN])


def test_a_format_of_the_library_cannot_be_deleted(start: Any, open_menu: Any, qtbot: QtBot) -> None:
    menu = open_menu(start(ANSWER))
    qtbot.keyClick(menu.list, Qt.Key.Key_Down)
    qtbot.keyClick(menu.list, Qt.Key.Key_Delete)
    assert menu.isVisible()
    qtbot.keyClick(menu.list, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not program_has_menu(menu))


def program_has_menu(menu: ChoiceMenu) -> bool:
    from shiboken6 import isValid

    return isValid(menu) and menu.isVisible()


def test_the_keys_open_the_menu_wherever_one_writes(start: Any, qtbot: QtBot) -> None:
    program = start(ANSWER)
    window = program.window
    for field in (window.page.composer.field, window.inspector.page.instructions.field):
        field.setFocus()
        QTest.keyClick(field, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda: QApplication.activePopupWidget() is not None, timeout=10_000)
        QApplication.activePopupWidget().close()  # type: ignore[union-attr]
    window.toggle_inspector()
    window.page.composer.format_button.click()
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is not None, timeout=10_000)
    QApplication.activePopupWidget().close()  # type: ignore[union-attr]
