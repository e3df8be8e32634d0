"""The table of a batch's items as it is seen; documents can be dropped on it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QTableView, QWidget

_DOCUMENT_PX, _STATE_PX, _FIELD_PX = 200, 90, 130
_REASON = 2
"""The column in which the reason of a failure begins."""


class ItemView(QTableView):
    """`dropped` gives the paths of what was dropped."""

    dropped = Signal(object)

    def __init__(self, hint: str, parent: QWidget | None = None) -> None:
        """`hint` is what an empty table says."""
        super().__init__(parent)
        self._hint = hint
        self.setProperty("kind", "items")
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setAcceptDrops(True)
        self.verticalHeader().hide()
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setStretchLastSection(True)

    def fit_columns(self) -> None:
        """The columns are others now."""
        self.clearSpans()
        for column in range(self.model().columnCount()):
            self.setColumnWidth(column, (_DOCUMENT_PX, _STATE_PX)[column] if column < _REASON else _FIELD_PX)

    def span_reason(self, row: int, has_failed: bool) -> None:
        """The reason of a failure takes the room of all the answer's columns."""
        columns = self.model().columnCount() - _REASON
        wanted = columns if has_failed else 1
        if columns > 1 and self.columnSpan(row, _REASON) != wanted:
            self.setSpan(row, _REASON, 1, wanted)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.model().rowCount() == 0:
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, self._hint)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.dropped.emit([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])
        event.acceptProposedAction()
