"""The reasoning of an answer, folded under its time; streams in the fold while it is open."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from app.ui.theme import Theme
from app.ui.tokens import SPACE_L, SPACE_XS
from app.ui.widgets.fold import FoldButton
from app.ui.widgets.plain_view import PlainView

CHEVRON_PX = 6
"""How far its chevron lies within it: so much further left it begins."""
_LEFT_PX = CHEVRON_PX + 6


class Reasoning(QWidget):
    """The text is only laid out while the fold is open. `toggled` tells that a person opened or closed it."""

    toggled = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._text = ""
        self.button = FoldButton(theme, "", self)
        self.button.clicked.connect(self._click)
        self._bar = QFrame(self)
        self._bar.setProperty("kind", "fold")
        self._view: PlainView | None = None

    def show_text(self, title: str, text: str) -> None:
        if title != self.button.text():
            self.button.set_title(title)
        self._text = text
        if self.button.isChecked():
            self._open_view().show_text(text)

    def set_open(self, is_open: bool) -> None:
        """Open or close without telling."""
        self.button.setChecked(is_open)
        self._bar.setVisible(is_open)
        if is_open:
            self._open_view().show_text(self._text)
            self._open_view().show()
        elif self._view:
            self._view.hide()

    def selected_text(self) -> str:
        return self._view.selected_text() if self._view and self.button.isChecked() else ""

    def lay_out(self, width: int) -> int:
        size = self.button.sizeHint()
        self.button.setGeometry(0, 0, min(width, size.width()), size.height())
        bottom = size.height()
        if self.button.isChecked() and self._view:
            inner = width - _LEFT_PX - SPACE_L
            height = self._view.lay_out(inner)
            top = bottom + SPACE_XS
            self._bar.setGeometry(_LEFT_PX, top, 2, height)
            self._view.setGeometry(_LEFT_PX + SPACE_L, top, inner, height)
            bottom = top + height + SPACE_XS
        return bottom

    def _open_view(self) -> PlainView:
        if self._view is None:
            self._view = PlainView(self._theme, self, is_muted=True)
            self._view.setAccessibleName(self.button.text())
        return self._view

    def _click(self, is_open: bool) -> None:
        self.set_open(is_open)
        self.toggled.emit(is_open)
