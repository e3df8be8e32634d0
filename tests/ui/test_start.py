"""Starting: one window per profile, profiles that cannot be used, languages, names for screen readers."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QApplication,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
)
from pytestqt.qtbot import QtBot

from app.core.errors import DatabaseCorrupt, ProfileLocked
from app.ui.application import Attendants, Program, is_locked, run
from app.ui.instance import ring
from app.userdata import ProfileLock, places
from tests.helpers.scripted import scripted_command
from tests.helpers.window import ask, prepare_profile

ANSWER = {"final": "Yes."}

SECOND_START = """
import sys
from pathlib import Path
from app.ui.application import run
sys.exit(run(Path(sys.argv[1]), lambda: []))
"""


def test_a_second_start_raises_the_window_and_ends(start: Any, qtbot: QtBot, tmp_path: Path) -> None:
    program = start(ANSWER)
    raised: list[float] = []
    program.raise_window = lambda: raised.append(time.monotonic())
    attendants = Attendants(program)
    attendants.attend()
    assert is_locked(tmp_path / "profile")
    second = subprocess.Popen(
        [sys.executable, "-c", SECOND_START, str(tmp_path / "profile")], stderr=subprocess.PIPE, text=True
    )
    with second:
        qtbot.waitUntil(lambda: bool(raised) and second.poll() is not None, timeout=20_000)
        assert second.stderr is not None
        assert "brought to the front" in second.stderr.read()
    assert second.returncode == 0
    attendants.close()
    assert not ring(tmp_path / "profile")


def test_a_profile_held_by_another_command_is_said(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(QMessageBox, "critical", lambda *words: said.append(words[-1]))
    monkeypatch.setattr("app.ui.application.make_application", lambda: qapp)
    profile = tmp_path / "profile"
    prepare_profile(profile)
    lock = ProfileLock(places(profile).lock)
    lock.acquire()
    assert run(profile, list) == 6
    lock.release()
    assert said == [f"Another Alcove is using the profile at “{profile}”: close it first."]
    assert not is_locked(profile)


def test_a_damaged_database_is_said_and_left(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> None:
    profile = tmp_path / "profile"
    prepare_profile(profile)
    database = places(profile).database
    database.write_bytes(b"not a database" * 1000)
    program = Program(qapp, profile, lambda: scripted_command(profile, ANSWER))
    program.show()
    qtbot.waitUntil(lambda: program.error is not None)
    assert isinstance(program.error, DatabaseCorrupt)
    program.close()
    assert database.read_bytes() == b"not a database" * 1000


def test_a_lock_taken_meanwhile_is_said(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> None:
    profile = tmp_path / "profile"
    prepare_profile(profile)
    lock = ProfileLock(places(profile).lock)
    lock.acquire()
    program = Program(qapp, profile, lambda: scripted_command(profile, ANSWER))
    program.show()
    qtbot.waitUntil(lambda: isinstance(program.error, ProfileLocked))
    program.close()
    lock.release()


def test_a_window_closed_at_once_leaves_nothing(qapp: QApplication, tmp_path: Path) -> None:
    prepare_profile(tmp_path / "profile")
    program = Program(qapp, tmp_path / "profile", lambda: scripted_command(tmp_path, ANSWER))
    program.show()
    program.close()


def test_chinese(start: Any, qtbot: QtBot) -> None:
    program = start(ANSWER, settings={"language": "zh_CN"})
    assert program.tr.language == "zh_CN"
    assert "本机" in program.window.page.composer.field.placeholderText()
    ask(program, qtbot, "你好")


def test_every_control_has_a_name_and_a_role(start: Any, qtbot: QtBot) -> None:
    program = start(ANSWER)
    ask(program, qtbot, "a question")
    kinds = (QAbstractButton, QAbstractSlider, QLineEdit, QPlainTextEdit)
    nameless = []
    for kind in kinds:
        for widget in program.window.findChildren(kind):
            interface = QAccessible.queryAccessibleInterface(widget)
            is_scroll_bar = type(widget).__name__ == "QScrollBar"
            is_inner = widget.objectName().startswith(("qt_", "ScrollLeft"))
            if not is_scroll_bar and not is_inner and not interface.text(QAccessible.Text.Name):
                nameless.append((type(widget).__name__, widget.objectName(), widget.parent()))
            assert interface.role() is not QAccessible.Role.NoRole
    assert nameless == []
