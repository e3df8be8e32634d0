"""A thin bar beside a few words, for how much of something is used."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QWidget

from app.ui.tokens import SPACE_S

_PARTS = 1000


class Meter(QWidget):
    """`text` ("3.1k of 16k") to the left, the bar to the right; from 100 % on the bar is red."""

    def __init__(self, label: str, parent: QWidget | None = None, *, bar_px: int = 64) -> None:
        super().__init__(parent)
        self._text = QLabel()
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setProperty("kind", "muted")
        self._bar = QProgressBar()
        self._bar.setRange(0, _PARTS)
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(bar_px)
        self._bar.setAccessibleName(label)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_S)
        row.addWidget(self._text)
        row.addWidget(self._bar)

    def show_use(self, fraction: float, text: str, description: str = "") -> None:
        """Show `fraction` (0 to 1; more is too much) and `text`; `description` is the tooltip."""
        is_full = fraction >= 1
        self._text.setText(text)
        self._bar.setValue(round(_PARTS * min(1.0, max(0.0, fraction))))
        self._bar.setAccessibleDescription(text)
        self.setToolTip(description)
        if bool(self._bar.property("full")) != is_full:
            self._bar.setProperty("full", is_full)
            self._bar.style().unpolish(self._bar)
            self._bar.style().polish(self._bar)
