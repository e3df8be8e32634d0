"""Every command of the window once: its words, its keys, and the one action all menus and buttons share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from app.core.words import mark
from app.i18n import Texts
from app.ui.keys import KeysFirst
from app.ui.theme import Theme
from app.ui.widgets.icon_button import IconButton


class Command(StrEnum):
    NEW_CHAT = "new_chat"
    SEARCH = "search"
    STOP = "stop"
    REGENERATE = "regenerate"
    EDIT_LAST = "edit_last"
    PREVIOUS_BRANCH = "previous_branch"
    NEXT_BRANCH = "next_branch"
    COPY_ANSWER = "copy_answer"
    COPY_CHAT = "copy_chat"
    RENAME = "rename"
    DELETE = "delete"
    TRASH = "trash"
    OPEN_MODEL = "open_model"
    MODELS = "models"
    ABOUT_MODEL = "about_model"
    MODEL_FIT = "model_fit"
    ANSWER_FORMAT = "answer_format"
    BATCH = "batch"
    SIDEBAR = "sidebar"
    INSPECTOR = "inspector"
    SETTINGS = "settings"
    SHORTCUTS = "shortcuts"
    QUIT = "quit"


@dataclass(frozen=True, slots=True)
class Declared:
    """What a command is called and which keys call it (`Ctrl` is Cmd on macOS)."""

    text: str
    keys: str = ""


COMMANDS: Mapping[Command, Declared] = {
    Command.NEW_CHAT: Declared(mark("New chat"), "Ctrl+N"),
    Command.SEARCH: Declared(mark("Search chats"), "Ctrl+K"),
    Command.STOP: Declared(mark("Stop"), "Esc"),
    Command.REGENERATE: Declared(mark("Write the answer again"), "Ctrl+R"),
    Command.EDIT_LAST: Declared(mark("Edit the last question"), "Ctrl+E"),
    Command.PREVIOUS_BRANCH: Declared(mark("Previous version"), "Alt+Left"),
    Command.NEXT_BRANCH: Declared(mark("Next version"), "Alt+Right"),
    Command.COPY_ANSWER: Declared(mark("Copy the last answer"), "Ctrl+Shift+C"),
    Command.COPY_CHAT: Declared(mark("Copy the whole chat")),
    Command.RENAME: Declared(mark("Rename"), "F2"),
    Command.DELETE: Declared(mark("Delete"), "Ctrl+Shift+Backspace"),
    Command.TRASH: Declared(mark("Deleted chats")),
    Command.OPEN_MODEL: Declared(mark("Open a model file…"), "Ctrl+O"),
    Command.MODELS: Declared(mark("Models…"), "Ctrl+Shift+M"),
    Command.ABOUT_MODEL: Declared(mark("About this model…")),
    Command.MODEL_FIT: Declared(mark("How it fits here…")),
    Command.ANSWER_FORMAT: Declared(mark("Answer format…"), "Ctrl+J"),
    Command.BATCH: Declared(mark("Many documents at once…"), "Ctrl+Shift+J"),
    Command.SIDEBAR: Declared(mark("Show or hide the sidebar"), "Ctrl+B"),
    Command.INSPECTOR: Declared(mark("Show or hide the inspector"), "Ctrl+I"),
    Command.SETTINGS: Declared(mark("Settings"), "Ctrl+,"),
    Command.SHORTCUTS: Declared(mark("Keyboard shortcuts"), "F1"),
    Command.QUIT: Declared(mark("Quit"), "Ctrl+Q"),
}


class Actions:
    """One `QAction` per command, living in `window` so that its keys work everywhere in it."""

    def __init__(self, window: QWidget, tr: Texts) -> None:
        self._actions = {command: _action(window, tr, command) for command in Command}
        self._keys = KeysFirst(self._actions.values(), window)

    def __getitem__(self, command: Command) -> QAction:
        return self._actions[command]

    def connect(self, command: Command, act: Callable[[], object]) -> None:
        """Have `act` called when the command is given, by whatever way."""
        self._actions[command].triggered.connect(lambda _checked=False: act())

    def enable(self, **enabled: bool) -> None:
        """Set which commands make sense now, by their names."""
        for name, is_enabled in enabled.items():
            self._actions[Command(name)].setEnabled(is_enabled)


def command_button(theme: Theme, actions: Actions, command: Command, icon: str) -> IconButton:
    """A quiet button for a command."""
    action = actions[command]
    button = IconButton(theme, icon, action.text())
    button.setToolTip(action.toolTip())
    button.clicked.connect(action.trigger)
    action.enabledChanged.connect(button.setEnabled)
    return button


def tooltip(text: str, keys: str) -> str:
    """A hint that names the keys the way this system writes them."""
    shown = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
    return f"{text}  {shown}" if shown else text


def _action(window: QWidget, tr: Texts, command: Command) -> QAction:
    declared = COMMANDS[command]
    action = QAction(tr(declared.text), window)
    action.setObjectName(command)
    action.setToolTip(tooltip(tr(declared.text), declared.keys))
    if declared.keys:
        action.setShortcut(QKeySequence(declared.keys))
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
    window.addAction(action)
    return action
