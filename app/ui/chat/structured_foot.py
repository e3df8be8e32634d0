"""The foot of a structured answer: save it, copy it as JSON, append it to a file of answers."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton, QWidget

from app.i18n import Texts
from app.ui.theme import Theme
from app.ui.tokens import SPACE_S, SPACE_XS

_COPIED_MS = 1500
_ICON_PX = 16


class StructuredFoot(QWidget):
    """`save` and `append` ask for what their buttons say; `append` tells whether a file is to be chosen.

    It reaches `SPACE_S` further to the left than the texts in it.
    """

    save = Signal()
    append = Signal(bool)

    def __init__(self, theme: Theme, tr: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tr = tr
        self._json = ""
        self._target = ""
        self._save = self._button("download", tr("Save as…"), "primary", "on_accent")
        self._copy = self._button("copy", tr("Copy JSON"), "quiet")
        self._append = self._button("append", tr("Append to…"), "quiet")
        self._save.clicked.connect(self.save)
        self._copy.clicked.connect(self.copy)
        self._append.clicked.connect(lambda: self.append.emit(not self._target))

    @property
    def buttons(self) -> tuple[QPushButton, ...]:
        return tuple(button for button in (self._save, self._copy, self._append) if not button.isHidden())

    def offer(self, json_text: str, *, fits: bool) -> None:
        """What there is to copy; only an answer that fits may become a file."""
        self._json = json_text
        self._save.setVisible(fits)
        self._append.setVisible(fits)

    def set_target(self, name: str) -> None:
        """The file that answers are appended to, by its name; empty where none was chosen yet."""
        self._target = name
        _label(self._append, self._tr("Append to {name}", name=name) if name else self._tr("Append to…"))

    def copy(self) -> None:
        """Put the answer on the clipboard as JSON, and say so for a moment."""
        QGuiApplication.clipboard().setText(self._json)
        _label(self._copy, self._tr("Copied"))
        self._copy.setIcon(self._theme.icon("check", size_px=_ICON_PX))
        QTimer.singleShot(_COPIED_MS, self._copy, self._label_copy)

    def lay_out(self, width: int) -> int:
        """Take this width; the height needed, which the caller then gives."""
        left = top = height = 0
        for button in self.buttons:
            size = button.sizeHint()
            if left and left + size.width() > width:
                left, top = 0, top + height + SPACE_XS
            if button is self._save:
                left += SPACE_S  # the others keep so much within them
            height = max(height, size.height())
            button.setGeometry(
                left, top + (height - size.height()) // 2, min(size.width(), width), size.height()
            )
            left += size.width() + SPACE_S
        return top + height

    def _label_copy(self) -> None:
        _label(self._copy, self._tr("Copy JSON"))
        self._copy.setIcon(self._theme.icon("copy", size_px=_ICON_PX))

    def _button(self, icon: str, text: str, kind: str, role: str = "muted") -> QPushButton:
        button = QPushButton(self)
        button.setIcon(self._theme.icon(icon, role, _ICON_PX))
        _label(button, text)
        button.setProperty("kind", kind)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button


def _label(button: QPushButton, text: str) -> None:
    """Name a button; the space keeps the text a little away from the icon."""
    button.setText(" " + text.replace("&", "&&"))
    button.setAccessibleName(text)
