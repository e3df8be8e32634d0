"""What the person tells the model about every answer of a chat."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from app.i18n import Texts
from app.ui.tokens import SPACE_S

_HEIGHT_PX = 76
LIMIT = 20_000
"""Longer instructions would leave no room for a conversation."""


class InstructionsField(QPlainTextEdit):
    """Plain text, cut at the limit when pasted."""

    def insertFromMimeData(self, source: QMimeData) -> None:
        room = max(0, LIMIT - len(self.toPlainText()))
        self.insertPlainText(source.text()[:room])


class Instructions(QWidget):
    """`changed` gives the text whenever a person changed it."""

    changed = Signal(str)

    def __init__(self, tr: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = InstructionsField()
        self.field.setProperty("kind", "field")
        self.field.setFixedHeight(_HEIGHT_PX)
        self.field.setTabChangesFocus(True)
        self.field.setPlaceholderText(tr("For example: answer briefly, in plain words."))
        self.field.setAccessibleName(tr("Instructions"))
        self.field.setToolTip(tr("Told to the model before every answer of this chat."))
        self.field.textChanged.connect(lambda: self.changed.emit(self.field.toPlainText()))
        title = QLabel(tr("Instructions"))
        title.setProperty("kind", "section")
        title.setBuddy(self.field)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        column.addWidget(title)
        column.addWidget(self.field)

    def show_text(self, text: str) -> None:
        """Show this text, without telling; what is being typed is not disturbed."""
        if text != self.field.toPlainText():
            was_blocked = self.field.blockSignals(True)
            self.field.setPlainText(text)
            self.field.blockSignals(was_blocked)
