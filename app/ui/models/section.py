"""A headed list of models in their window, and the page such lists stand on."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.ui.models.model_row import ModelRow
from app.ui.tokens import SPACE_L, SPACE_M, SPACE_XS


class Section(QWidget):
    """A heading and rows; `say` puts a sentence in place of rows."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[ModelRow] = []
        self._words = QLabel()
        self._words.setProperty("kind", "muted")
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setWordWrap(True)
        head = QLabel(title)
        head.setProperty("kind", "section")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACE_XS)
        if title:
            self._column.addWidget(head)
        self._column.addWidget(self._words)
        self._words.hide()

    def say(self, text: str, *, is_fault: bool = False) -> None:
        self._words.setProperty("kind", "danger" if is_fault else "muted")
        self._words.style().unpolish(self._words)
        self._words.style().polish(self._words)
        self._words.setText(text)
        self._words.setVisible(bool(text))

    def clear(self) -> None:
        for row in self.rows:
            row.hide()
            row.deleteLater()
        self.rows = []

    def add(self, row: ModelRow) -> ModelRow:
        self.rows.append(row)
        self._column.addWidget(row)
        return row


class Page(QScrollArea):
    """Widgets one below the other, scrolled where there is no room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QFrame()
        inner.setProperty("kind", "inspector")
        self.column = QVBoxLayout(inner)
        self.column.setContentsMargins(0, SPACE_M, SPACE_L, SPACE_M)
        self.column.setSpacing(SPACE_L)
        self.setWidget(inner)

    def put(self, *widgets: QWidget) -> None:
        for widget in widgets:
            self.column.addWidget(widget)
        self.column.addStretch(1)
