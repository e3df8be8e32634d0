"""Loads that go on with less, and a graphics processor that calculates nonsense: said, with a way on."""

from __future__ import annotations

from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.core.errors import GpuMiscalculates
from app.core.events import SteppedDown
from app.core.model import LoadOptions
from app.ui.models.loading import _Load


@pytest.fixture
def program(start: Any) -> Any:
    return start({"final": "Hello."})


def test_a_load_that_takes_less_says_so(program: Any) -> None:
    loading = program.window.loading
    less = SteppedDown(LoadOptions(context_tokens=4096, gpu_layers=3), "out of memory.")
    loading._grew(_Load(None, False), [less])
    assert program.window.page.notices.current.accessibleName() == (
        "Memory was short (out of memory): loading again with 3 layers on the graphics card "
        "and a context of 4,096 tokens."
    )


def test_a_graphics_processor_that_errs_is_left_out_on_demand(program: Any, qtbot: QtBot) -> None:
    window, path = program.window, program.window.loading.path
    load = _Load(path, False)
    window.loading._current = load
    window.loading._ended(load, GpuMiscalculates(path=str(path), reason="flat logits"))
    notices = window.page.notices
    assert "nonsense" in notices.current.accessibleName()
    qtbot.waitUntil(lambda: window.loading.is_ready, timeout=20_000)
    with qtbot.waitSignal(window.loading.began, timeout=20_000):
        notices.current.acted.emit()
    qtbot.waitUntil(lambda: window.loading.is_ready, timeout=20_000)
    assert program.opening.alcove.settings_file.load().overrides.gpu_layers == 0
