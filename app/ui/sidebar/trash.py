"""The chats deleted in the last 30 days, and the way back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QDateTime, QLocale, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.core.conversation import Summary
from app.i18n import Texts
from app.ui.tokens import SPACE_L, SPACE_M, SPACE_XL


class TrashDialog(QDialog):
    """`restored` gives the id of a chat to put back."""

    restored = Signal(int)

    def __init__(self, deleted: Sequence[Summary], tr: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tr = tr
        self.setWindowTitle(tr("Deleted chats"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._list = QTreeWidget()
        self._list.setColumnCount(2)
        self._list.setHeaderHidden(True)
        self._list.setRootIsDecorated(False)
        self._list.setStyleSheet("QTreeView::item { border-radius: 0; }")  # two columns, one row
        self._list.header().setStretchLastSection(False)
        self._list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self._list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self._list.setAccessibleName(tr("Deleted chats"))
        for summary in deleted:
            self._list.addTopLevelItem(self._item(summary))
        if first := self._list.topLevelItem(0):
            self._list.setCurrentItem(first)
        self._list.itemActivated.connect(lambda _item, _column: self.restore_current())
        self._restore = QPushButton(tr("Put back"))
        self._restore.clicked.connect(self.restore_current)
        self._place(has_any=bool(deleted))
        self.resize(520, 420)

    def _item(self, summary: Summary) -> QTreeWidgetItem:
        when = QDateTime.fromSecsSinceEpoch(int(summary.deleted_at or 0))
        shown = self.locale().toString(when, QLocale.FormatType.ShortFormat)
        item = QTreeWidgetItem([summary.title or self._tr("New chat"), shown])
        item.setData(0, Qt.ItemDataRole.UserRole, summary.id)
        return item

    def restore_current(self) -> None:
        if item := self._list.currentItem():
            self.restored.emit(item.data(0, Qt.ItemDataRole.UserRole))
            self._list.takeTopLevelItem(self._list.indexOfTopLevelItem(item))
        self._restore.setEnabled(self._list.topLevelItemCount() > 0)

    def _place(self, has_any: bool) -> None:
        words = QLabel(
            self._tr("Deleted chats are kept for 30 days, then they are gone for good.")
            if has_any
            else self._tr("There are no deleted chats.")
        )
        words.setProperty("kind", "muted")
        close = QPushButton(self._tr("Close"))
        close.clicked.connect(self.close)
        self._restore.setProperty("kind", "primary")
        self._restore.setEnabled(has_any)
        row = QHBoxLayout()
        row.setSpacing(SPACE_M)
        row.addStretch(1)
        row.addWidget(close)
        row.addWidget(self._restore)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_XL, SPACE_XL, SPACE_XL, SPACE_L)
        column.setSpacing(SPACE_M)
        column.addWidget(words)
        column.addWidget(self._list, 1)
        column.addLayout(row)
