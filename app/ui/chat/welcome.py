"""What an empty chat shows: what runs where, and four questions to start with."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
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
        self._buttons = [QPushButton() for _ in STARTERS]
        for button in self._buttons:
            button.setProperty("kind", "starter")
            button.setMinimumHeight(_STARTER_PX)
            button.clicked.connect(lambda _checked=False, button=button: self.chosen.emit(button.text()))
        self._place()

    def show_model(self, name: str, is_demo: bool) -> None:
        self._sentence.setText(self._tr("{model}, on this computer", model=name))
        for button, question in zip(self._buttons, STARTERS, strict=True):
            button.setText(question if is_demo else self._tr(question))

    def set_ready(self, is_ready: bool) -> None:
        """While a question is being sent no other can be chosen."""
        for button in self._buttons:
            button.setEnabled(is_ready)

    def _place(self) -> None:
        inner = QWidget()
        inner.setMaximumWidth(_WIDTH_PX)
        grid = QGridLayout(inner)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(SPACE_S)
        for at, button in enumerate(self._buttons):
            grid.addWidget(button, at // 2, at % 2)
            grid.setColumnStretch(at % 2, 1)
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
