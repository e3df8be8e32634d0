"""The chat list as it is seen and touched: select, open its menu, rename in place, delete."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemDelegate, QAbstractItemView, QListView, QMenu, QWidget

from app.core.conversation import Summary
from app.i18n import Texts
from app.ui.sidebar.chat_list import ROW, ChatList
from app.ui.sidebar.rows import ChatRows, more_rect
from app.ui.theme import Theme


class ChatListView(QListView):
    """Emits what the person wants; which chat is in view is told to it by `select`."""

    opened = Signal(int)
    delete_wanted = Signal(int, str)

    def __init__(self, chats: ChatList, theme: Theme, tr: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chats = chats
        self._theme = theme
        self._tr = tr
        self.setModel(chats)
        self.setItemDelegate(ChatRows(theme, self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setAccessibleName(tr("Chats"))
        self.clicked.connect(self._open)
        self.activated.connect(self._open)
        theme.changed.connect(self.viewport().update)

    def select(self, conversation_id: int | None) -> None:
        """Mark this chat as the one in view."""
        index = self._chats.index_of(conversation_id)
        if not index.isValid():
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())
        elif index != self.currentIndex():
            self.setCurrentIndex(index)

    def is_editing(self) -> bool:
        return self.state() is QAbstractItemView.State.EditingState

    def edit_title(self, index: QModelIndex) -> None:
        if index.isValid():
            self.edit(index)

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        """Enter and Esc end the editing here; the next row is not opened for editing."""
        super().closeEditor(editor, QAbstractItemDelegate.EndEditHint.NoHint)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Reached by keys: Enter and the arrows have a chat to begin with."""
        super().focusInEvent(event)
        first = self._chats.first()
        by_mouse = event.reason() is Qt.FocusReason.MouseFocusReason
        if first is not None and not by_mouse and self._summary(self.currentIndex()) is None:
            self.select(first.id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        summary = self._summary(self.currentIndex())
        if event.key() == Qt.Key.Key_Delete and summary:
            self.delete_wanted.emit(summary.id, self._chats.title(summary))
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        on_more = more_rect(self.visualRect(index)).contains(event.position().toPoint())
        if on_more and event.button() == Qt.MouseButton.LeftButton:
            self._show_menu(index)
        else:
            super().mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        self._show_menu(self.currentIndex() if by_key else self.indexAt(event.pos()))

    def _show_menu(self, index: QModelIndex) -> None:
        summary = self._summary(index)
        if summary is None:
            return
        title = self._chats.title(summary)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self._theme.icon("edit"), self._tr("Rename"), lambda: self.edit_title(index))
        menu.addAction(
            self._theme.icon("trash"), self._tr("Delete"), lambda: self.delete_wanted.emit(summary.id, title)
        )
        menu.popup(self.viewport().mapToGlobal(self.visualRect(index).bottomLeft()))

    def _open(self, index: QModelIndex) -> None:
        if summary := self._summary(index):
            self.opened.emit(summary.id)

    def _summary(self, index: QModelIndex) -> Summary | None:
        row = index.data(ROW) if index.isValid() else None
        return row if isinstance(row, Summary) else None
