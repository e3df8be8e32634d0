"""How far the engine is before the first word: a sentence and a bar, never a bare spinner."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QProgressBar, QWidget

from app.core.events import LoadProgress, PromptProgress
from app.i18n import Texts
from app.ui.chat.wording import progress
from app.ui.tokens import SPACE_S

_PARTS = 1000
_BAR_PX = 320


class Waiting(QWidget):
    def __init__(self, tr: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._tr = tr
        self._words = QLabel(self)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setProperty("kind", "muted")
        self._bar = QProgressBar(self)
        self._bar.setRange(0, _PARTS)
        self._bar.setTextVisible(False)
        self.show_progress(None)

    def show_progress(self, event: LoadProgress | PromptProgress | None) -> None:
        text, fraction = progress(event, self._tr)
        self._words.setText(text)
        self._bar.setValue(round(_PARTS * fraction))
        self._bar.setAccessibleName(text)

    def lay_out(self, width: int) -> int:
        line = self._words.sizeHint().height()
        self._words.setGeometry(0, 0, width, line)
        self._bar.setGeometry(0, line + SPACE_S, min(_BAR_PX, width), self._bar.sizeHint().height())
        return line + SPACE_S + self._bar.height() + SPACE_S
