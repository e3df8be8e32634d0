"""The text field of the composer: grows to eight lines, sends on Enter, takes huge pastes aside."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QSizeF, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

MAX_LINES = 8
PASTE_LIMIT = 8_000
"""Longer pastes (in characters) are kept as a block of their own: a field that lays out a line of
a megabyte anew with each key would stand still for seconds."""

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class PromptEdit(QPlainTextEdit):
    """`enter_sends` False swaps Enter and Shift+Enter; Ctrl+Enter always sends."""

    sent = Signal()
    up_in_empty = Signal()
    escaped = Signal()
    pasted = Signal(str)
    focus_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.enter_sends = True
        self.escape_matters = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(0)
        self.document().documentLayout().documentSizeChanged.connect(self._grow)
        self._grow(QSizeF(0, 1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER:
            self._enter(event)
        elif event.key() == Qt.Key.Key_Up and self.document().isEmpty():
            self.up_in_empty.emit()
        elif event.key() == Qt.Key.Key_Escape and self.escape_matters:
            self.escaped.emit()
        else:
            super().keyPressEvent(event)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Plain text only, whatever was copied or dropped."""
        text = source.text()
        if len(text) > PASTE_LIMIT:
            self.pasted.emit(text)
        elif text:
            self.insertPlainText(text)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasText() and not source.hasUrls()

    def focusInEvent(self, event: object) -> None:
        super().focusInEvent(event)  # type: ignore[arg-type]
        self.focus_changed.emit(True)

    def focusOutEvent(self, event: object) -> None:
        super().focusOutEvent(event)  # type: ignore[arg-type]
        self.focus_changed.emit(False)

    def _enter(self, event: QKeyEvent) -> None:
        held = event.modifiers()
        is_shifted = bool(held & Qt.KeyboardModifier.ShiftModifier)
        if held & Qt.KeyboardModifier.ControlModifier or is_shifted != self.enter_sends:
            self.sent.emit()
        else:
            self.insertPlainText("\n")
            self.ensureCursorVisible()

    def _grow(self, size: QSizeF) -> None:
        lines = min(MAX_LINES, max(1, round(size.height())))
        margins = self.contentsMargins()
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + margins.top() + margins.bottom() + 2)
        needs_bar = size.height() > MAX_LINES
        bar = Qt.ScrollBarPolicy.ScrollBarAsNeeded if needs_bar else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(bar)
