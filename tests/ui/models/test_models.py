"""Choosing a model: a bad file changes nothing, a large one is warned of, a load can be stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.services.models import ModelCheck
from app.ui.application import Program
from tests.helpers.window import ask, texts, trust, write_tiny_model

ANSWER = {"final": "Still here."}


def notice(program: Program) -> str:
    banner = program.window.page.notices.current
    return "" if banner is None else banner.accessibleName()


def other_model(tmp_path: Path) -> Path:
    return write_tiny_model(tmp_path / "other.gguf")


@pytest.mark.parametrize("kind", ["missing", "not gguf", "architecture", "truncated"])
def test_a_bad_file_gives_a_notice_and_the_model_stays(
    start: Any, qtbot: QtBot, tmp_path: Path, kind: str
) -> None:
    program = start(ANSWER)
    ask(program, qtbot, "one")
    path = tmp_path / "bad.gguf"
    if kind == "not gguf":
        path.write_text("<html>not found</html>")
    elif kind == "architecture":
        write_tiny_model(path, "llama")
    elif kind == "truncated":
        path.write_bytes(other_model(tmp_path).read_bytes()[:300])
    program.window.picker.chosen.emit(path)
    qtbot.waitUntil(lambda: "bad.gguf" in notice(program))
    assert program.window.loading.is_ready
    assert program.window.picker.text() == "gpt-oss-20b"
    assert texts(program) == ["one", "Still here."]
    ask(program, qtbot, "two")
    assert texts(program)[2:] == ["two", "Still here."]


@pytest.mark.qt_log_ignore("does not support (grabbing|raise)", extend=True)
def test_another_model_is_loaded_and_offered_the_next_time(start: Any, qtbot: QtBot, tmp_path: Path) -> None:
    program = start(ANSWER)
    program.window.picker.chosen.emit(other_model(tmp_path))
    trust(program, qtbot)
    qtbot.waitUntil(lambda: program.window.loading.name == "other" and program.window.loading.is_ready)
    assert program.window.picker.text() == "other"
    choices = program.opening.models.choices()
    assert [choice.name for choice in choices] == ["Alcove demo", "other", "gpt-oss-20b"]
    program.window.picker.open_menu()
    qtbot.waitUntil(lambda: program.window.picker.menu_in_view is not None)
    assert program.window.picker.menu_in_view.layoutDirection() is Qt.LayoutDirection.LeftToRight
    names = [action.text() for action in program.window.picker.menu_in_view.actions() if action.text()]
    assert names[:4] == ["Alcove demo, built in", "other", "gpt-oss-20b", "Open a model file…"]
    assert names[4:] == ["Models…", "About this model…", "How it fits here…"]
    program.window.picker.menu_in_view.close()


def test_a_load_shows_its_progress_and_can_be_stopped(start: Any, qtbot: QtBot, tmp_path: Path) -> None:
    program = start(ANSWER, load_s=3.0, waits=False)
    bar = program.window.page.load_bar
    qtbot.waitUntil(lambda: "left" in bar.text(), timeout=10_000)
    assert bar.text().startswith("Loading gpt-oss-20b: ")
    bar.stopped.emit()
    qtbot.waitUntil(lambda: not program.window.loading.is_loading)
    assert not bar.isVisible()
    assert program.window.loading.model is None


def test_stopping_another_load_brings_the_old_model_back(start: Any, qtbot: QtBot, tmp_path: Path) -> None:
    program = start(ANSWER, load_s=1.0)
    loading = program.window.loading
    program.window.picker.chosen.emit(other_model(tmp_path))
    trust(program, qtbot)
    qtbot.waitUntil(lambda: loading.is_loading)
    qtbot.waitUntil(lambda: "other" in program.window.page.load_bar.text())
    loading.cancel()
    qtbot.waitUntil(lambda: loading.is_ready, timeout=10_000)
    assert loading.name == "gpt-oss-20b"
    assert program.window.picker.text() == "gpt-oss-20b"


def test_a_question_asked_while_loading_is_answered_after_it(start: Any, qtbot: QtBot) -> None:
    program = start(ANSWER, load_s=1.0, waits=False)
    ask(program, qtbot, "early")
    assert texts(program) == ["early", "Still here."]
    qtbot.waitUntil(lambda: program.window.loading.is_ready)


def test_a_model_larger_than_memory_is_warned_of(
    start: Any, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = start(ANSWER)
    path = other_model(tmp_path)
    facts = program.opening.models.check(path).facts
    too_large = ModelCheck(facts, needed_bytes=99_000_000_000, free_bytes=8_000_000_000)
    monkeypatch.setattr(program.opening.models, "check", lambda _path: too_large)
    program.window.picker.chosen.emit(path)
    qtbot.waitUntil(lambda: "99.0 GB" in notice(program))
    assert program.window.loading.name == "gpt-oss-20b"
    monkeypatch.undo()
    program.window.page.notices.current.acted.emit()
    qtbot.waitUntil(lambda: program.window.loading.name == "other")


@pytest.mark.parametrize("over", ["window", "composer", "conversation", "models"])
@pytest.mark.qt_log_ignore("does not support (grabbing|raise|propagate)", extend=True)
def test_a_model_file_that_is_dropped_anywhere_is_opened(
    start: Any, qtbot: QtBot, tmp_path: Path, over: str
) -> None:
    program = start(ANSWER)
    window = program.window
    if over == "models":
        window.models.open_models()
    targets = {
        "window": window,
        "composer": window.page.composer.field.viewport(),
        "conversation": window.page,
        "models": window.models.dialog,
    }
    target = targets[over]
    assert target is not None
    drop(target, other_model(tmp_path))
    trust(program, qtbot)
    qtbot.waitUntil(lambda: window.loading.name == "other" and window.loading.is_ready)
    assert window.page.composer.field.toPlainText() == ""


def test_what_is_no_model_file_is_not_taken_for_one(start: Any, qtbot: QtBot, tmp_path: Path) -> None:
    program = start(ANSWER)
    path = tmp_path / "notes.txt"
    path.write_text("no model")
    assert not drop(program.window, path)


def drop(target: QWidget, path: Path) -> bool:
    """Drag a file over a widget and let it go, as the window system tells it; whether it was taken."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    place, actions = target.rect().center(), Qt.DropAction.CopyAction
    button, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    below: QWidget | None = target
    while below is not None:  # one that does not want it leaves it to what it lies on
        over = QDragEnterEvent(place, actions, data, button, keys)
        over.ignore()
        if below.acceptDrops():
            QApplication.sendEvent(below, over)
        if over.isAccepted():
            return QApplication.sendEvent(below, QDropEvent(QPointF(place), actions, data, button, keys))
        below = below.parentWidget()
    return False
