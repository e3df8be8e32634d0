"""What the rows of the transcript share: a centred column, actions on hover, a context menu."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, Signal
from PySide6.QtGui import QContextMenuEvent, QEnterEvent, QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from app.i18n import Texts
from app.ui.chat.entry import Entry
from app.ui.chat.row_actions import RowActions
from app.ui.theme import Theme
from app.ui.tokens import TEXT_COLUMN_PX

SIDE_PX = 42
NARROW_SIDE_PX = 12
NARROW_PX = 560


class Row(QWidget):
    """One message. `lay_out` places its parts at a width and gives the height it needs.

    A row is at home in the transcript, which gives it its geometry; `grown` asks for a new one.
    """

    edit = Signal(int)
    regenerate = Signal(int)
    switch = Signal(int)
    save = Signal(int)
    append = Signal(int, bool)
    """(message, whether a file is to be chosen)"""
    traced = Signal(int, int, int)
    """Asks to show what the message answers: (message, from this character on, up to this one)."""
    reached = Signal(QRect)
    """Where the keys came to within the row."""
    grown = Signal()
    link_activated = Signal(str)

    def __init__(self, theme: Theme, tr: Texts, entry: Entry, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = theme
        self.tr_ = tr
        self.entry = entry
        self.laid_out_px = 0
        """The width it was last laid out for; 0 while something changed since."""

    @property
    def row_actions(self) -> RowActions | None:
        """The row of buttons, once there is one."""
        raise NotImplementedError

    def lay_out(self, width: int) -> int:
        raise NotImplementedError

    def selected_text(self) -> str:
        raise NotImplementedError

    def show_entry(self, entry: Entry) -> None:
        """Show a newer state of the same message."""
        raise NotImplementedError

    def set_last(self, is_last: bool) -> None:
        """The last row's actions are always in sight."""

    def copy(self) -> None:
        """Put the message's text on the clipboard, as it was written."""
        QGuiApplication.clipboard().setText(self.entry.message.text)

    def connect_actions(self, actions: RowActions) -> None:
        actions.copy.connect(self.copy)
        actions.edit.connect(lambda: self.edit.emit(self.entry.message.id))
        actions.regenerate.connect(lambda: self.regenerate.emit(self.entry.message.id))
        actions.switch.connect(self.switch)

    def fill_menu(self, menu: QMenu) -> None:
        """What can be done with this message, in words."""
        if selected := self.selected_text():
            menu.addAction(self.tr_("Copy selection"), lambda: QGuiApplication.clipboard().setText(selected))
        for button in self.row_actions.buttons if self.row_actions else ():
            action = menu.addAction(button.icon(), button.accessibleName())
            action.setEnabled(button.isEnabled())
            action.triggered.connect(button.click)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        if self.row_actions:
            self.row_actions.set_hovered(True)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if self.row_actions:
            self.row_actions.set_hovered(False)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        self.fill_menu(menu)
        if not menu.isEmpty():
            menu.popup(event.globalPos())


def column(width: int) -> tuple[int, int]:
    """Where the text column begins in a row of this width, and how wide it is."""
    side = SIDE_PX if width >= NARROW_PX else NARROW_SIDE_PX
    inner = min(TEXT_COLUMN_PX, width - 2 * side)
    return (width - inner) // 2, inner
