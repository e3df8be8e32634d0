"""A wide button that shows what is chosen and opens the choice of something else."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from app.ui.theme import Theme
from app.ui.tokens import SPACE_M, SPACE_XL

_ICON_PX = 16
_ROOM_PX = SPACE_M + _ICON_PX + SPACE_XL + SPACE_M
"""What of its width is not the text's."""


class ChoiceButton(QPushButton):
    """`label` is what is chosen here, for screen readers; a text without room ends in an ellipsis."""

    def __init__(self, theme: Theme, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._label = label
        self._text = ""
        self._icon = ("", "muted")
        self.setProperty("kind", "choice")
        self.setIconSize(QSize(_ICON_PX, _ICON_PX))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_choice(self, text: str, icon: str, role: str = "muted") -> None:
        """What is chosen, and the icon for it in the colour `role`."""
        self._text = text
        self._icon = (icon, role)
        self.setAccessibleName(f"{self._label}: {text}")
        self._tint()
        self._elide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        side = _ICON_PX
        place = QRect(self.width() - SPACE_M - side, (self.height() - side) // 2, side, side)
        painter = QPainter(self)
        self._theme.icon("chevron-down", size_px=side).paint(painter, place)
        painter.end()

    def _tint(self) -> None:
        name, role = self._icon
        if name:
            self.setIcon(self._theme.icon(name, role, _ICON_PX))

    def _elide(self) -> None:
        room = self.width() - _ROOM_PX
        shown = self.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, room)
        self.setText(shown.replace("&", "&&"))
        self.setToolTip(self._text if shown != self._text else "")
