"""The settings dialog acts at once and is kept; the list of keys names every command that has some."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.core.settings import Language
from app.core.settings import Theme as Choice
from app.i18n import Texts
from app.ui.actions import COMMANDS, Command
from app.ui.settings.dialog import SettingsDialog
from app.ui.settings.shortcuts import key_lines
from app.ui.tokens import DARK, LIGHT
from tests.helpers.window import give

ANSWER = {"final": "Yes."}


def test_settings_act_at_once_and_are_kept(start: Any, qtbot: QtBot) -> None:
    program = start(ANSWER, settings={"theme": "light"})
    assert program.theme.tokens is LIGHT
    give(program, Command.SETTINGS)
    qtbot.waitUntil(lambda: program.window.findChild(SettingsDialog) is not None)
    dialog = program.window.findChild(SettingsDialog)
    dialog.theme.chosen.emit("dark")
    assert program.theme.tokens is DARK
    dialog.send_key.chosen.emit("shift")
    assert program.window.page.composer.field.enter_sends is False
    dialog.language.chosen.emit("zh_CN")
    dialog.context.setCurrentIndex(dialog.context.findData(16_384))
    dialog.context.activated.emit(dialog.context.currentIndex())
    dialog.threads.setText("3")
    dialog.threads.setModified(True)
    qtbot.keyClick(dialog.threads, Qt.Key.Key_Return)
    dialog.close()
    kept = program.opening.alcove.settings_file.load
    qtbot.waitUntil(lambda: kept().threads == 3)
    settings = kept()
    assert (settings.theme, settings.language) == (Choice.DARK, Language.CHINESE)
    assert (settings.enter_sends, settings.context_tokens) == (False, 16_384)
    assert settings.model.endswith("gpt-oss-20b.gguf")


def test_what_was_decided_elsewhere_is_not_taken_back(start: Any, qtbot: QtBot) -> None:
    program = start(ANSWER, settings={"theme": "light"})
    file = program.opening.alcove.settings_file
    file.change(threads=5, context_tokens=4096)
    give(program, Command.SETTINGS)
    qtbot.waitUntil(lambda: program.window.findChild(SettingsDialog) is not None)
    dialog = program.window.findChild(SettingsDialog)
    assert dialog.threads.text() == "5"
    dialog.theme.chosen.emit("dark")
    dialog.close()
    qtbot.waitUntil(lambda: file.load().theme is Choice.DARK)
    assert (file.load().threads, file.load().context_tokens) == (5, 4096)


def test_folds_are_remembered(start: Any, qtbot: QtBot) -> None:
    program = start(ANSWER)
    assert program.window.sidebar.isVisible()
    give(program, Command.SIDEBAR)
    give(program, Command.INSPECTOR)
    assert not program.window.sidebar.isVisible()
    assert not program.window.inspector.isVisible()
    kept = program.opening.alcove.settings_file.load
    qtbot.waitUntil(lambda: (kept().sidebar_open, kept().inspector_open) == (False, False))
    program.window.close()
    program.close()
    again = start(ANSWER)
    assert not again.window.sidebar.isVisible()
    assert not again.window.inspector.isVisible()


def test_a_narrow_window_folds_by_itself(start: Any, qtbot: QtBot) -> None:
    window = start(ANSWER).window
    window.resize(880, 700)
    qtbot.waitUntil(lambda: not window.inspector.isVisible())
    assert window.sidebar.isVisible()
    window.toggle_inspector()
    assert window.inspector.isVisible()
    window.resize(700, 700)
    qtbot.waitUntil(lambda: not window.sidebar.isVisible())
    window.resize(1280, 700)
    qtbot.waitUntil(lambda: window.sidebar.isVisible() and window.inspector.isVisible())


def test_the_list_of_keys_is_complete(qapp: object) -> None:
    lines = key_lines(Texts("en"), enter_sends=True)
    shown = {text for _, text in lines}
    assert {c.text for c in COMMANDS.values() if c.keys} <= shown
    keys = [keys for keys, _ in lines]
    assert len(keys) == len(set(keys))
