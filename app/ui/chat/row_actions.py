"""What can be done with a message, as a row of quiet buttons that show on hover and focus."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from app.i18n import Texts
from app.ui.chat.entry import Entry
from app.ui.theme import Theme
from app.ui.tokens import SPACE_XS
from app.ui.widgets.icon_button import IconButton

ICON_PX = 16
HEIGHT_PX = 28


class _Button(IconButton):
    """Stays where it is and can be reached by the Tab key while it is not shown."""

    def paintEvent(self, event: QPaintEvent) -> None:
        row = self.parent()
        if isinstance(row, RowActions) and row.is_shown:
            super().paintEvent(event)


class _Words(QLabel):
    """Muted words that come and go with the buttons."""

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("kind", "muted")

    def paintEvent(self, event: QPaintEvent) -> None:
        row = self.parent()
        if isinstance(row, RowActions) and row.is_shown:
            super().paintEvent(event)


class RowActions(QWidget):
    """Buttons for one message; each tells by the signal of its name that it was pressed."""

    copy = Signal()
    edit = Signal()
    regenerate = Signal()
    switch = Signal(int)

    def __init__(self, theme: Theme, tr: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tr = tr
        self._is_lasting = False
        self._is_hovered = False
        self.buttons: list[IconButton] = []
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(SPACE_XS)

    @property
    def is_shown(self) -> bool:
        return self._is_lasting or self._is_hovered or any(button.hasFocus() for button in self.buttons)

    def set_lasting(self, is_lasting: bool) -> None:
        """Show always (the last answer's), or on hover and focus alone."""
        self._is_lasting = is_lasting
        self._repaint()

    def set_hovered(self, is_hovered: bool) -> None:
        self._is_hovered = is_hovered
        self._repaint()

    def add_copy(self) -> None:
        self._add("copy", self._tr("Copy")).clicked.connect(self.copy)

    def add_edit(self) -> None:
        self._add("edit", self._tr("Edit")).clicked.connect(self.edit)

    def add_regenerate(self) -> None:
        self._add("regenerate", self._tr("Answer again")).clicked.connect(self.regenerate)

    def add_versions(self, entry: Entry) -> None:
        """< 2 / 3 >, where there are several."""
        if len(entry.versions) < 2:
            return
        before = self._add("chevron-left", self._tr("Previous version"))
        self._line.addWidget(_Words(f"{entry.version + 1} / {len(entry.versions)}", self))
        after = self._add("chevron-right", self._tr("Next version"))
        for button, step in ((before, -1), (after, 1)):
            neighbour = entry.neighbour(step)
            button.setEnabled(neighbour is not None)
            if neighbour is not None:
                button.clicked.connect(lambda _, target=neighbour: self.switch.emit(target))

    def add_words(self, text: str) -> None:
        """A few muted words at the right end."""
        self._line.addStretch(1)
        self._line.addWidget(_Words(text, self))

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self._repaint()
        return False

    def _add(self, icon: str, label: str) -> IconButton:
        button = _Button(self._theme, icon, label, self, size_px=ICON_PX)
        button.installEventFilter(self)
        self.buttons.append(button)
        self._line.addWidget(button)
        return button

    def _repaint(self) -> None:
        for child in self.findChildren(QWidget):
            child.update()
