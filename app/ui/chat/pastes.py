"""Long pasted texts as blocks above the field: what it is, how much, and a way to take it out."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.i18n import Texts
from app.i18n.quantities import size_text
from app.ui.theme import Theme
from app.ui.widgets.elided_label import ElidedLabel
from app.ui.widgets.icon_button import IconButton

_PREVIEW = 200


class Pastes(QWidget):
    """The pasted blocks of one draft, in order; takes no room when there is none."""

    changed = Signal()

    def __init__(self, theme: Theme, tr: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tr = tr
        self._texts: list[str] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self.hide()

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(self._texts)

    def show_texts(self, texts: tuple[str, ...]) -> None:
        """Show these in place of what was shown, without telling."""
        self._texts = list(texts)
        while item := self._column.takeAt(0):
            if row := item.widget():
                row.hide()
                row.deleteLater()
        for at, text in enumerate(texts):
            self._column.addWidget(self._row(at, text))
        self.setVisible(bool(texts))

    def add(self, text: str) -> None:
        self.show_texts((*self._texts, text))
        self.changed.emit()

    def remove(self, at: int) -> None:
        self.show_texts((*self._texts[:at], *self._texts[at + 1 :]))
        self.changed.emit()

    def _row(self, at: int, text: str) -> QFrame:
        row = QFrame()
        row.setProperty("kind", "track")
        size = size_text(len(text.encode("utf-8", "replace")))
        what = QLabel(self._tr("Pasted text, {size}", size=size))
        what.setProperty("kind", "small")
        preview = ElidedLabel(text[:_PREVIEW])
        preview.setProperty("kind", "muted")
        remove = IconButton(self._theme, "close", self._tr("Take this text out"), size_px=14)
        remove.clicked.connect(lambda: self.remove(at))
        line = QHBoxLayout(row)
        line.setContentsMargins(10, 2, 4, 2)
        line.setSpacing(10)
        line.addWidget(what)
        line.addWidget(preview, 1)
        line.addWidget(remove)
        return row
