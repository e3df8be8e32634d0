"""The inspector: what a person sets there acts on the next answer and belongs to the chat."""

from __future__ import annotations

from typing import Any

from pytestqt.qtbot import QtBot

from app.core.sampling import PARAMETERS, Effort, Sampling
from app.ui.actions import Command
from app.ui.widgets.number_field import NumberField
from tests.helpers.window import ask, give, texts

COUNT = {"final": " ".join(str(n) for n in range(1, 101)), "tokens_per_s": 2000}


def test_every_parameter_has_its_place(start: Any, qtbot: QtBot) -> None:
    program = start(COUNT)
    sliders = program.window.inspector.page.sliders
    for parameter in PARAMETERS:
        assert sliders.row(parameter.name).value == parameter.default


def test_a_slider_acts_on_the_next_answer_and_is_kept(start: Any, qtbot: QtBot) -> None:
    program = start(COUNT)
    window, sliders = program.window, program.window.inspector.page.sliders
    field = sliders.row("max_tokens").findChild(NumberField)
    field.setText("5")
    field.setModified(True)
    qtbot.keyClick(field, "\r")
    ask(program, qtbot, "count")
    assert texts(program)[1] == "1 2 3 4 5"
    kept = program.opening.chat.open(window.session.conversation_id)
    assert kept.options.sampling == Sampling(max_tokens=5)
    sliders.reset()
    assert window.session.options.sampling == Sampling()
    give(program, Command.REGENERATE)
    qtbot.waitUntil(lambda: texts(program)[1].endswith("100"), timeout=10_000)


def test_effort_and_instructions_belong_to_the_chat(start: Any, qtbot: QtBot) -> None:
    program = start(COUNT)
    window = program.window
    ask(program, qtbot, "first")
    first = window.session.conversation_id
    window.page.header.effort.chosen.emit("high")
    window.inspector.page.instructions.field.setPlainText("Count in words.")
    give(program, Command.NEW_CHAT)
    assert window.session.options.sampling.effort is Effort.MEDIUM
    assert window.inspector.page.instructions.field.toPlainText() == ""
    window.session.open(first)
    qtbot.waitUntil(lambda: window.inspector.page.instructions.field.toPlainText() == "Count in words.")
    assert window.page.header.effort.value == "high"
    kept = program.opening.chat.open(first).options
    assert (kept.instructions, kept.sampling.effort) == ("Count in words.", Effort.HIGH)


def test_statistics_of_the_last_answer(start: Any, qtbot: QtBot) -> None:
    program = start(COUNT)
    page = program.window.inspector.page
    assert page.answer.isHidden()
    ask(program, qtbot, "count")
    assert not page.answer.isHidden()
    assert page.answer.lines[0] == ("Tokens", "100")
    assert ("Context", "8,192 tokens") in page.engine.lines
