"""The main job in the real window: ask, read, stop, edit, ask again, walk the branches, rename, delete."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.core.message import Role, Status
from app.ui.actions import Command
from tests.helpers.window import ask, give, texts, wait_for_answer

SHORT = {"question": "short", "reasoning": "Let me think.", "final": "One **bold** word."}
LONG = {"question": "long", "final": "word " * 2000, "tokens_per_s": 200}
OTHER = {"final": "Something else."}


def test_a_question_is_answered_and_kept(start: Any, qtbot: QtBot) -> None:
    program = start(SHORT)
    page = program.window.page
    ask(program, qtbot, "short one")
    assert texts(program) == ["short one", "One **bold** word."]
    assert program.window.session.path[-1].reasoning.strip() == "Let me think."
    assert page.transcript.last_answer_text().strip() == "One **bold** word."
    assert page.composer.field.toPlainText() == ""
    assert page.header.title.text() == "short one"
    kept = program.opening.chat.open(program.window.session.conversation_id)
    assert [m.status for m in kept.active_path] == [Status.COMPLETE] * 2
    give(program, Command.COPY_ANSWER)
    assert QGuiApplication.clipboard().text().strip() == "One **bold** word."
    give(program, Command.COPY_CHAT)
    assert "## You\n\nshort one\n\n## Answer\n\nOne **bold** word." in QGuiApplication.clipboard().text()


def test_esc_stops_and_keeps_what_was_written(start: Any, qtbot: QtBot) -> None:
    program = start(LONG)
    ask(program, qtbot, "long one", waits=False)
    qtbot.waitUntil(lambda: len(program.window.page.transcript.last_answer_text()) > 20)
    assert not program.window.page.composer.field.toPlainText()
    qtbot.keyClick(program.window, Qt.Key.Key_Escape)
    wait_for_answer(program, qtbot)
    last = program.window.session.path[-1]
    assert last.status is Status.CANCELLED
    assert 20 < len(last.text) < 5000


def test_the_round_button_sends_and_then_stops(start: Any, qtbot: QtBot) -> None:
    program = start(LONG)
    composer = program.window.page.composer
    assert not composer.button.isEnabled()
    qtbot.keyClicks(composer.field, "long one")
    composer.button.click()
    qtbot.waitUntil(lambda: program.window.session.is_answering)
    assert composer.button.accessibleName() == "Stop"
    composer.button.click()
    wait_for_answer(program, qtbot)
    assert composer.button.accessibleName() == "Send"


def test_edit_regenerate_and_branches(start: Any, qtbot: QtBot) -> None:
    program = start(SHORT, OTHER)
    session, composer = program.window.session, program.window.page.composer
    ask(program, qtbot, "short one")
    qtbot.keyClicks(composer.field, "half a thought")
    give(program, Command.EDIT_LAST)
    assert composer.field.toPlainText() == "short one"
    composer.field.setPlainText("something new")
    qtbot.keyClick(composer.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: texts(program)[:1] == ["something new"])
    wait_for_answer(program, qtbot)
    assert texts(program) == ["something new", "Something else."]
    assert composer.field.toPlainText() == "half a thought"
    assert program.window.page.header.title.text() == "something new"
    qtbot.keyClick(program.window, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: texts(program)[:1] == ["short one"])
    give(program, Command.REGENERATE)
    qtbot.waitUntil(lambda: session.is_answering)
    wait_for_answer(program, qtbot)
    assert len(session.conversation.siblings(session.path[-1].id)) == 2
    kept = program.opening.chat.open(session.conversation_id)
    assert [m.role for m in kept.active_path] == [Role.USER, Role.ASSISTANT]
    assert len(kept.messages) == 5


def test_up_in_an_empty_field_edits_and_esc_goes_back(start: Any, qtbot: QtBot) -> None:
    program = start(SHORT)
    composer = program.window.page.composer
    ask(program, qtbot, "short one")
    qtbot.keyClick(composer.field, Qt.Key.Key_Up)
    assert composer.field.toPlainText() == "short one"
    qtbot.keyClick(composer.field, Qt.Key.Key_Escape)
    assert composer.field.toPlainText() == ""
    assert composer.draft.editing is None


def test_shift_enter_makes_a_line_and_the_keys_can_be_swapped(start: Any, qtbot: QtBot) -> None:
    program = start(SHORT)
    field = program.window.page.composer.field
    qtbot.keyClicks(field, "a")
    qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert field.toPlainText() == "a\n"
    program.window.page.composer.set_enter_sends(False)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.toPlainText() == "a\n\n"
    assert program.window.session.path == ()


def test_rename_delete_and_undo(start: Any, qtbot: QtBot) -> None:
    program = start(SHORT)
    window = program.window
    ask(program, qtbot, "short one")
    give(program, Command.RENAME)
    window.page.header.title.setText("Another name")
    qtbot.keyClick(window.page.header.title, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: [s.title for s in program.opening.chat.list()] == ["Another name"])
    qtbot.waitUntil(lambda: window.sidebar.titles() == ["Another name"])
    give(program, Command.DELETE)
    qtbot.waitUntil(lambda: window.page.notices.current is not None)
    qtbot.waitUntil(lambda: window.sidebar.titles() == [])
    assert window.session.conversation is None
    window.page.notices.current.acted.emit()
    qtbot.waitUntil(lambda: window.sidebar.titles() == ["Another name"])
    qtbot.waitUntil(lambda: texts(program) == ["short one", "One **bold** word."])


def test_backspace_deletes_no_chat(start: Any, qtbot: QtBot) -> None:
    program = start(SHORT)
    ask(program, qtbot, "short one")
    program.window.sidebar.list_view.setFocus()
    qtbot.keyClick(program.window.sidebar.list_view, Qt.Key.Key_Backspace)
    qtbot.wait(100)
    assert len(program.opening.chat.list()) == 1


def test_another_chat_can_be_read_while_one_is_answered(start: Any, qtbot: QtBot) -> None:
    program = start(SHORT, LONG)
    session = program.window.session
    ask(program, qtbot, "short one")
    first = session.conversation_id
    give(program, Command.NEW_CHAT)
    assert program.window.page.welcome.isVisible()
    ask(program, qtbot, "long one", waits=False)
    qtbot.waitUntil(lambda: session.is_answering and session.conversation_id != first)
    second = session.conversation_id
    session.open(first)
    qtbot.waitUntil(lambda: session.conversation_id == first)
    assert not session.is_answering
    assert texts(program) == ["short one", "One **bold** word."]
    session.open(second)
    qtbot.waitUntil(lambda: session.conversation_id == second)
    assert session.is_answering
    qtbot.waitUntil(lambda: len(program.window.page.transcript.last_answer_text()) > 50)
    session.stop()
    wait_for_answer(program, qtbot)


def test_drafts_are_kept_per_chat(start: Any, qtbot: QtBot) -> None:
    program = start(SHORT)
    composer = program.window.page.composer
    ask(program, qtbot, "short one")
    kept = program.window.session.conversation_id
    qtbot.keyClicks(composer.field, "not yet")
    give(program, Command.NEW_CHAT)
    assert composer.field.toPlainText() == ""
    program.window.session.open(kept)
    qtbot.waitUntil(lambda: composer.field.toPlainText() == "not yet")


def test_a_starter_asks(start: Any, qtbot: QtBot) -> None:
    program = start(OTHER)
    qtbot.keyClicks(program.window.page.composer.field, "a draft")
    program.window.page.welcome.buttons[0].click()
    wait_for_answer(program, qtbot)
    assert texts(program) == ["What is Alcove?", "Something else."]
    assert program.window.page.composer.field.toPlainText() == "a draft"


@pytest.mark.parametrize("closes_while", ["answering", "loading"])
def test_closing_keeps_what_was_written(start: Any, qtbot: QtBot, closes_while: str) -> None:
    program = start(LONG, load_s=5 if closes_while == "loading" else 0, waits=closes_while == "answering")
    ask(program, qtbot, "long one", waits=False)
    qtbot.waitUntil(lambda: program.window.session.is_answering, timeout=10_000)
    if closes_while == "answering":
        qtbot.waitUntil(lambda: len(program.window.page.transcript.last_answer_text()) > 20)
    program.window.close()
    program.close()
    again = start(OTHER)
    (summary,) = again.opening.chat.list()
    question, answer = again.opening.chat.open(summary.id).active_path
    assert question.text == "long one"
    assert answer.status in (Status.CANCELLED, Status.INTERRUPTED)
    assert closes_while == "loading" or len(answer.text) > 20
