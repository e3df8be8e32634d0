"""An unused model is unloaded and comes back with the next question; short memory is said."""

from __future__ import annotations

from typing import Any

from pytestqt.qtbot import QtBot

from app.hardware.machine import Memory, Power
from app.services.idle import Idle
from app.ui.application import Program
from tests.helpers.window import ask, texts


def with_idle(program: Program, idle: Idle) -> None:
    object.__setattr__(program.opening.alcove, "idle", idle)


def test_an_unused_model_gives_its_memory_back_and_is_loaded_for_the_next_question(
    start: Any, qtbot: QtBot
) -> None:
    program = start({"final": "Still here."}, settings={"unload_on_mains_min": 30})
    now = [0.0]
    alcove = program.opening.alcove
    with_idle(program, Idle(alcove.models, alcove.settings_file, lambda: now[0], lambda: Power.MAINS))
    ask(program, qtbot, "one")
    now[0] = 1799.0
    program.commands.idle.look()
    qtbot.waitUntil(lambda: program.commands.idle._timer.interval() < 2000)
    assert not alcove.models.must_load
    now[0] = 1801.0
    program.commands.idle.look()
    qtbot.waitUntil(lambda: program.window.loading.model is None, timeout=10_000)
    assert alcove.models.must_load
    ask(program, qtbot, "two")
    assert texts(program) == ["one", "Still here.", "two", "Still here."]
    assert program.window.loading.is_ready


def test_short_memory_is_warned_of_once(start: Any, qtbot: QtBot) -> None:
    program = start({"final": "Yes."})
    alcove = program.opening.alcove
    short = Memory(total_bytes=8_000_000_000, available_bytes=100_000_000)
    with_idle(program, Idle(alcove.models, alcove.settings_file, measure_memory=lambda: short))
    told: list[int] = []
    program.commands.idle.memory_short.connect(told.append)
    program.commands.idle.look()
    qtbot.waitUntil(lambda: program.window.page.notices.current is not None)
    assert "100 MB" in program.window.page.notices.current.accessibleName()
    program.commands.idle.look()
    ask(program, qtbot, "one")
    assert told == [100_000_000]
