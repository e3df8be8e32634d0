"""What an empty chat shows: what runs where, and four questions to start with."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.core.words import mark
from app.i18n import Texts
from app.ui.tokens import SPACE_S, SPACE_XL

STARTERS = (
    mark("What is Alcove?"),
    mark("What can I do with Alcove?"),
    mark("Where are my chats stored?"),
    mark("How do I use gpt-oss-20b?"),
)
_WIDTH_PX = 560
_STARTER_PX = 44


class Welcome(QWidget):
    """`chosen` gives the question to ask.

    The demo model knows its questions in English only, so with it they are shown and asked so.
    """

    chosen = Signal(str)

    def __init__(self, tr: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tr = tr
        self._sentence = QLabel()
        self._sentence.setProperty("kind", "title")
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._sentence.setWordWrap(True)
        self.buttons = [QPushButton() for _ in STARTERS]
        for button in self.buttons:
            button.setProperty("kind", "starter")
            button.setMinimumHeight(_STARTER_PX)
            button.clicked.connect(lambda _checked=False, button=button: self.chosen.emit(button.text()))
        self._place()

    def show_model(self, name: str, is_demo: bool) -> None:
        self._sentence.setText(self._tr("{model}, on this computer", model=name))
        for button, question in zip(self.buttons, STARTERS, strict=True):
            button.setText(question if is_demo else self._tr(question))

    def set_ready(self, is_ready: bool) -> None:
        """While a question is being sent no other can be chosen."""
        for button in self.buttons:
            button.setEnabled(is_ready)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        widest = max(button.sizeHint().width() for button in self.buttons)
        fits_two = event.size().width() - 2 * SPACE_XL >= 2 * widest + SPACE_S
        self._arrange(columns=2 if fits_two else 1)

    def _arrange(self, columns: int) -> None:
        for at, button in enumerate(self.buttons):
            self._grid.addWidget(button, at // columns, at % columns)
        for column in range(2):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)

    def _place(self) -> None:
        inner = QWidget()
        inner.setMaximumWidth(_WIDTH_PX)
        self._grid = QGridLayout(inner)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(SPACE_S)
        self._arrange(columns=2)
        centred = QHBoxLayout()
        centred.addStretch(1)
        centred.addWidget(inner, 1000)
        centred.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_XL, SPACE_XL, SPACE_XL, SPACE_XL)
        column.setSpacing(SPACE_XL)
        column.addStretch(2)
        column.addWidget(self._sentence)
        column.addLayout(centred)
        column.addStretch(3)
