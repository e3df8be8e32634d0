"""The chats as a list model: rows are made when looked at, so ten thousand open as quickly as ten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from app.core.conversation import Summary
from app.i18n import Texts
from app.ui.sidebar.groups import Row, grouped

Index = QModelIndex | QPersistentModelIndex
ROW = Qt.ItemDataRole.UserRole
_NO_PARENT = QModelIndex()


class ChatList(QAbstractListModel):
    """Headings and chats; an edited title is handed to `renamed`, the list itself shows what is kept."""

    renamed = Signal(int, str)

    def __init__(self, tr: Texts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tr = tr
        self._rows: list[Row] = []

    def show(self, summaries: Sequence[Summary]) -> None:
        self.beginResetModel()
        self._rows = grouped(summaries, date.today())
        self.endResetModel()

    def index_of(self, conversation_id: int | None) -> QModelIndex:
        """Where this chat stands; invalid if it is not in the list."""
        for at, row in enumerate(self._rows):
            if isinstance(row, Summary) and row.id == conversation_id:
                return self.index(at)
        return QModelIndex()

    def first(self) -> Summary | None:
        return next((row for row in self._rows if isinstance(row, Summary)), None)

    def titles(self) -> list[str]:
        return [self.title(row) for row in self._rows if isinstance(row, Summary)]

    def title(self, summary: Summary) -> str:
        return summary.title or self._tr("New chat")

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == ROW:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return self._tr(row) if isinstance(row, str) else self.title(row)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid() or isinstance(self._rows[index.row()], str):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEditable

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        row = self._rows[index.row()]
        title = str(value).strip()
        if role != Qt.ItemDataRole.EditRole or isinstance(row, str) or not title or title == self.title(row):
            return False
        self.renamed.emit(row.id, title)
        return True
