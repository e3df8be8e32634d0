"""The list of keys, made from the commands that have some."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QLabel, QVBoxLayout, QWidget

from app.i18n import Texts
from app.ui.actions import COMMANDS
from app.ui.tokens import SPACE_S, SPACE_XL


def key_lines(tr: Texts, enter_sends: bool) -> list[tuple[str, str]]:
    """(keys, what they do), the composer's own first."""
    send, line = ("Return", "Shift+Return") if enter_sends else ("Shift+Return", "Return")
    own = [
        (_native(send), tr("Send")),
        (_native(line), tr("New line")),
        (_native("Up"), tr("Edit the last question, in an empty field")),
    ]
    return own + [(_native(c.keys), tr(c.text)) for c in COMMANDS.values() if c.keys]


class ShortcutsDialog(QDialog):
    """Two columns: what to press, what it does."""

    def __init__(self, tr: Texts, enter_sends: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keyboard shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        title = QLabel(tr("Keyboard shortcuts"))
        title.setProperty("kind", "title")
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE_XL)
        grid.setVerticalSpacing(SPACE_S)
        grid.setColumnStretch(0, 1)
        for at, (keys, text) in enumerate(key_lines(tr, enter_sends)):
            grid.addWidget(QLabel(text), at, 0)
            pressed = QLabel(keys)
            pressed.setProperty("kind", "keys")
            grid.addWidget(pressed, at, 1, Qt.AlignmentFlag.AlignRight)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_XL, SPACE_XL, SPACE_XL, SPACE_XL)
        column.setSpacing(SPACE_XL)
        column.addWidget(title)
        column.addLayout(grid)
        self.setMinimumWidth(440)


def _native(keys: str) -> str:
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
