"""The left column: new chat, search as you type, the chats by day, and what runs where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.core.conversation import Summary
from app.i18n import Texts
from app.ui.actions import Actions, Command, command_button
from app.ui.background import Background, Lane
from app.ui.opening import Opening
from app.ui.theme import Theme
from app.ui.widgets.elided_label import ElidedLabel

if TYPE_CHECKING:
    from app.ui.sidebar.chat_list import ChatList
    from app.ui.sidebar.view import ChatListView

SEARCH_MS = 80


class SearchField(QLineEdit):
    """Down goes to the list, Esc empties the field."""

    down = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down:
            self.down.emit()
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)


class Sidebar(QFrame):
    """Shows what `chat.list()` gives, or `chat.find()` while something is searched for."""

    opened = Signal(int)
    rename_wanted = Signal(int, str)
    delete_wanted = Signal(int, str)
    failed = Signal(object, object)

    def __init__(
        self,
        opening: Opening,
        background: Background,
        actions: Actions,
        theme: Theme,
        tr: Texts,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._opening = opening
        self._background = background
        self._actions = actions
        self._theme = theme
        self._tr = tr
        self._chats: ChatList
        self.list_view: ChatListView
        self._current: int | None = None
        self._asked = 0
        self.search = SearchField()
        self._nothing = QLabel()
        self._soon = QTimer(self, singleShot=True, interval=SEARCH_MS)
        self._place()
        self._soon.timeout.connect(self.refresh)
        theme.changed.connect(self._dress)
        self._dress()

    def build(self) -> None:
        """Make the list, which the first paint need not wait for."""
        from app.ui.sidebar.chat_list import ChatList
        from app.ui.sidebar.view import ChatListView

        self._chats = ChatList(self._tr, self)
        self.list_view = ChatListView(self._chats, self._theme, self._tr)
        self._column.replaceWidget(self._gap, self.list_view)
        self._gap.deleteLater()
        self._connect()

    def refresh(self) -> None:
        """Read the list anew; a newer call makes an older one's result void."""
        self._asked += 1
        asked, words = self._asked, self.search.text().strip()
        self._background.run(
            self,
            lambda: self._opening.chat.find(words) if words else self._opening.chat.list(),
            lambda found: self._show(found, words) if asked == self._asked else None,
            lambda error: self.failed.emit(error, self.refresh),
            Lane.LOOKUPS,
        )

    def select(self, conversation_id: int | None) -> None:
        """Mark this chat as the one in view."""
        self._current = conversation_id
        self.list_view.select(conversation_id)

    def focus_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def edit_current_title(self) -> None:
        self.list_view.edit_title(self.list_view.currentIndex())

    def titles(self) -> list[str]:
        """The titles listed now, from above."""
        return self._chats.titles()

    def has_list_focus(self) -> bool:
        return self.list_view.hasFocus()

    def _show(self, found: tuple[Summary, ...], words: str) -> None:
        if self.list_view.is_editing():  # a reset would take the editor away
            self._soon.start()
            return
        place = self.list_view.verticalScrollBar().value()
        self._chats.show(found)
        self.list_view.select(self._current)
        self.list_view.verticalScrollBar().setValue(place)
        if words:
            self._nothing.setText(self._tr("No chat has “{words}” in its title.", words=words))
        else:
            self._nothing.setText(self._tr("Your chats will be listed here."))
        self._nothing.setVisible(not found)

    def _open_first(self) -> None:
        if first := self._chats.first():
            self.opened.emit(first.id)

    def _connect(self) -> None:
        self.search.textChanged.connect(lambda _: self._soon.start())
        self.search.down.connect(self.list_view.setFocus)
        self.search.returnPressed.connect(self._open_first)
        self.list_view.opened.connect(self.opened)
        self.list_view.delete_wanted.connect(self.delete_wanted)
        self._chats.renamed.connect(self.rename_wanted)

    def _place(self) -> None:
        self.setProperty("kind", "sidebar")
        self._nothing.setProperty("kind", "muted")
        self._nothing.setTextFormat(Qt.TextFormat.PlainText)
        self._nothing.setWordWrap(True)
        self._nothing.setContentsMargins(2, 12, 2, 0)
        self._nothing.hide()
        self._gap = QWidget()
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 12, 10)
        column.setSpacing(0)
        column.addLayout(self._top())
        column.addSpacing(8)
        column.addWidget(self._new_chat_button())
        column.addSpacing(7)
        column.addWidget(self._search_field())
        column.addWidget(self._nothing)
        column.addWidget(self._gap, 1)
        column.addLayout(self._footer())

    def _top(self) -> QHBoxLayout:
        name = QLabel("Alcove")
        name.setProperty("kind", "title")
        row = QHBoxLayout()
        row.addWidget(name, 1)
        row.addWidget(command_button(self._theme, self._actions, Command.SIDEBAR, "sidebar"))
        return row

    def _new_chat_button(self) -> QPushButton:
        action = self._actions[Command.NEW_CHAT]
        self._new = QPushButton(" " + action.text())
        self._new.setProperty("kind", "primary")
        self._new.setToolTip(action.toolTip())
        self._new.setStyleSheet("text-align: left;")
        self._new.clicked.connect(action.trigger)
        return self._new

    def _search_field(self) -> SearchField:
        keys = self._actions[Command.SEARCH].shortcut().toString()
        self.search.setPlaceholderText(self._tr("Search") + "   " + keys.replace("+", " "))
        self.search.setAccessibleName(self._tr("Search chats by title"))
        self.search.setClearButtonEnabled(True)
        for clear in self.search.findChildren(QToolButton):
            clear.setAccessibleName(self._tr("Empty the search field"))
        self._search_icon = QAction(self._tr("Search"), self.search)
        self._search_icon.triggered.connect(self.focus_search)
        self.search.addAction(self._search_icon, QLineEdit.ActionPosition.LeadingPosition)
        return self.search

    def _footer(self) -> QHBoxLayout:
        self._shield = QLabel()
        where = ElidedLabel(self._tr("On this computer, offline"))
        where.setProperty("kind", "muted")
        meaning = self._tr("The model and your chats stay on this computer; nothing is sent anywhere.")
        self._shield.setToolTip(meaning)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self._shield)
        row.addSpacing(6)
        row.addWidget(where, 1)
        row.addWidget(command_button(self._theme, self._actions, Command.TRASH, "trash"))
        row.addWidget(command_button(self._theme, self._actions, Command.SETTINGS, "settings"))
        return row

    def _dress(self) -> None:
        self._new.setIcon(self._theme.icon("plus", "on_accent"))
        self._shield.setPixmap(self._theme.icon("shield", "accent").pixmap(18, 18))
        self._search_icon.setIcon(self._theme.icon("search"))
