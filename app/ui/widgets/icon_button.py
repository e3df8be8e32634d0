"""A quiet button that shows one icon of the theme."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QToolButton, QWidget

from app.ui.theme import Theme
from app.ui.tokens import ICON_PX


class IconButton(QToolButton):
    """`label` is its accessible name and tooltip; the icon follows the theme."""

    def __init__(
        self,
        theme: Theme,
        icon: str,
        label: str,
        parent: QWidget | None = None,
        *,
        role: str = "muted",
        size_px: int = ICON_PX,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon = icon
        self._role = role
        self._size_px = size_px
        self.setIconSize(QSize(size_px, size_px))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.set_label(label)
        self._tint()

    def set_label(self, label: str) -> None:
        self.setAccessibleName(label)
        self.setToolTip(label)

    def set_icon(self, icon: str) -> None:
        """Show another icon of the theme."""
        self._icon = icon
        self._tint()

    def set_role(self, role: str) -> None:
        """Draw the icon in another colour of the theme."""
        self._role = role
        self._tint()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()

    def _tint(self) -> None:
        self.setIcon(self._theme.icon(self._icon, self._role, self._size_px))
