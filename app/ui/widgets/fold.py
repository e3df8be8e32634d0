"""A row with a chevron that shows and hides what lies under it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QToolButton, QVBoxLayout, QWidget

from app.ui.theme import Theme
from app.ui.tokens import SPACE_M, SPACE_XS

_ICON_PX = 14


class FoldButton(QToolButton):
    """The row itself: a chevron that points down while open, and a title."""

    def __init__(self, theme: Theme, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCheckable(True)
        self.setProperty("kind", "fold")
        self.setIconSize(QSize(_ICON_PX, _ICON_PX))
        self.set_title(title)
        self._point()
        self.toggled.connect(self._point)

    def set_title(self, title: str) -> None:
        self.setText(title)
        self.setAccessibleName(title)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._point()

    def _point(self) -> None:
        name = "chevron-down" if self.isChecked() else "chevron-right"
        self.setIcon(self._theme.icon(name, size_px=_ICON_PX))


class Fold(QWidget):
    """`toggled` tells that a person opened or closed it. Put what is folded into `body`."""

    toggled = Signal(bool)

    def __init__(self, theme: Theme, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._button = FoldButton(theme, title)
        self._frame = QFrame()
        self._frame.setProperty("kind", "fold")
        self._frame.hide()
        self.body = QVBoxLayout(self._frame)
        self.body.setContentsMargins(SPACE_M, 0, 0, 0)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(SPACE_XS)
        rows.addWidget(self._button, 0, Qt.AlignmentFlag.AlignLeft)
        rows.addWidget(self._frame)
        self._button.clicked.connect(self._click)

    @property
    def is_open(self) -> bool:
        return self._button.isChecked()

    def set_title(self, title: str) -> None:
        self._button.set_title(title)

    def set_open(self, is_open: bool) -> None:
        """Open or close without telling."""
        self._button.setChecked(is_open)
        self._frame.setVisible(is_open)

    def _click(self, is_open: bool) -> None:
        self.set_open(is_open)
        self.toggled.emit(is_open)
