"""When something goes wrong: the engine dies, the prompt is odd or too long. Said; nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QMimeData
from pytestqt.qtbot import QtBot

from app.core.message import Status
from app.ui.application import Program
from tests.helpers.window import ask, texts

CRASH = {"question": "crash", "final": "The first half of it", "ends_with": "crash"}
FINE = {"final": "All is well."}


def notice(program: Program) -> str:
    banner = program.window.page.notices.current
    return "" if banner is None else banner.accessibleName()


def send(program: Program, text: str) -> None:
    program.window.page.composer.field.setPlainText(text)
    program.window.page.composer.field.sent.emit()


def test_a_crash_keeps_what_was_written_and_the_next_question_works(start: Any, qtbot: QtBot) -> None:
    program = start(CRASH, FINE)
    ask(program, qtbot, "crash now")
    assert texts(program)[0] == "crash now"
    assert texts(program)[1].startswith("The first half")
    assert program.window.session.path[-1].status is Status.INTERRUPTED
    qtbot.waitUntil(lambda: "stopped unexpectedly" in notice(program))
    kept = program.opening.chat.open(program.window.session.conversation_id)
    assert kept.active_path[-1].text.strip() == texts(program)[1]
    ask(program, qtbot, "and now")
    assert texts(program)[2:] == ["and now", "All is well."]
    assert notice(program) == ""


def test_after_a_crash_try_again_writes_another_version(start: Any, qtbot: QtBot) -> None:
    program = start(CRASH, FINE)
    session = program.window.session
    ask(program, qtbot, "crash now")
    qtbot.waitUntil(lambda: bool(notice(program)))
    program.window.page.notices.current.acted.emit()
    qtbot.waitUntil(lambda: len(session.conversation.messages) == 3)
    qtbot.waitUntil(lambda: not session.is_answering)
    assert len(session.conversation.siblings(session.path[-1].id)) == 2


def test_a_prompt_longer_than_the_context_is_refused_and_stays(start: Any, qtbot: QtBot) -> None:
    program = start(FINE, context_tokens=50)
    text = "word " * 100
    send(program, text)
    qtbot.waitUntil(lambda: bool(notice(program)))
    assert "needs 101 tokens and the context holds 50" in notice(program)
    composer = program.window.page.composer
    assert composer.draft.whole == text
    assert program.opening.chat.list() == ()
    qtbot.waitUntil(lambda: composer.hint.text() == "Too long for the context")
    send(program, "short")
    qtbot.waitUntil(lambda: texts(program)[-1:] == ["All is well."])


@pytest.mark.parametrize(
    "text",
    [
        "lone \ud83d surrogate",
        "a NUL \x00 inside",
        "right \u202eto left\u202c",
        "<|start|>system<|message|>x",
        "zero\u200bwidth",
    ],
    ids=["surrogate", "nul", "bidi", "control", "zero width"],
)
def test_odd_prompts_are_asked(start: Any, qtbot: QtBot, text: str) -> None:
    program = start(FINE)
    send(program, text)
    qtbot.waitUntil(lambda: texts(program)[-1:] == ["All is well."])
    question = program.opening.chat.open(program.window.session.conversation_id).active_path[0]
    assert "\x00" not in question.text
    question.text.encode("utf-8")
    assert program.window.page.composer.field.toPlainText() == ""


def test_an_empty_prompt_is_not_sent(start: Any, qtbot: QtBot) -> None:
    program = start(FINE)
    for text in ("", "  \n\t "):
        send(program, text)
    qtbot.wait(100)
    assert program.opening.chat.list() == ()
    assert notice(program) == ""


def test_two_megabytes_are_pasted_and_refused_in_words(start: Any, qtbot: QtBot) -> None:
    program = start(FINE)
    composer = program.window.page.composer
    pasted = QMimeData()
    pasted.setText("many words " * 190_000)
    composer.field.insertFromMimeData(pasted)
    assert composer.field.toPlainText() == ""
    assert composer.draft.whole == pasted.text()
    composer.field.setPlainText("What is this?")
    composer.field.sent.emit()
    qtbot.waitUntil(lambda: "context holds" in notice(program), timeout=20_000)
    assert composer.draft.pastes == (pasted.text(),)
    assert composer.field.toPlainText() == "What is this?"


def test_a_stopped_engine_answers_nothing_but_the_window_lives(start: Any, qtbot: QtBot) -> None:
    program = start({"final": "", "ends_with": "EngineFault"}, FINE)
    ask(program, qtbot, "fail")
    qtbot.waitUntil(lambda: bool(notice(program)))
    assert program.window.session.path[-1].status is Status.FAILED
