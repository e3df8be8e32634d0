"""Rows of flat objects as a table: a column for each key; fills in while the rows are written."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QTableView, QToolTip, QWidget

from app.ui.theme import Theme
from app.ui.tokens import SMALL_PX, SPACE_S, SPACE_XL
from app.ui.widgets.end_follower import EndFollower
from app.ui.widgets.json_items import Index
from app.ui.widgets.table_rows import Row, TableCells, TableRows

ROW_PX, HEAD_PX = 36, 34
MOST_PX = 560
"""A higher table scrolls within itself."""
_NARROWEST_PX, _WIDEST_PX = 56, 320
_MEASURED_ROWS, _MEASURED_CHARACTERS = 200, 60


class DataTable(QTableView):
    """Shows rows; `lay_out` places it at a width and gives the height it needs.

    What is chosen is copied as tab-separated values. `reached` tells where the cell is that the keys came
    to. The wheel is the page's until the table has the focus.
    """

    reached = Signal(QRect)

    def __init__(self, theme: Theme, label: str, parent: QWidget | None = None) -> None:
        """`label` is its accessible name."""
        super().__init__(parent)
        self._rows = TableRows(self)
        self._follower = EndFollower(self.verticalScrollBar())
        self.setModel(self._rows)
        self.setItemDelegate(TableCells(theme, self._rows, self))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(label)
        self.viewport().setAutoFillBackground(False)
        self._prepare_headers()

    def set_value(self, rows: Sequence[Row], *, is_open: bool = False) -> None:
        """Show these rows; what did not change stays as it is. `is_open`: more will come."""
        self._follower.is_on = is_open
        columns = list(self._rows.columns)
        kept = self._rows.set_rows(rows)
        self._measure(kept if columns == self._rows.columns else 0)

    def lay_out(self, width: int) -> int:
        """Take this width; the height needed, which the caller then gives."""
        header = self.horizontalHeader()
        widths = sum(header.sectionSize(column) for column in range(header.count() - 1))
        last = header.sectionSizeHint(header.count() - 1) if header.count() else 0
        bar = self.horizontalScrollBar().sizeHint().height() if widths + last > width else 0
        return min(HEAD_PX + ROW_PX * len(self._rows.rows) + bar, MOST_PX)

    def selected_text(self) -> str:
        """The chosen cells as tab-separated values; the head with them where all are chosen."""
        chosen = self.selectedIndexes()
        if not chosen:
            return ""
        rows = sorted({index.row() for index in chosen})
        columns = sorted({index.column() for index in chosen})
        lines = [[self._rows.text(row, column) for column in columns] for row in rows]
        if len(chosen) == self._rows.rowCount() * self._rows.columnCount():
            lines.insert(0, [self._rows.columns[column] for column in columns])
        return "\n".join("\t".join(" ".join(cell.split()) for cell in line) for line in lines)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if current.isValid() and self.hasFocus():
            self.reached.emit(self.visualRect(current).translated(0, HEAD_PX))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.selected_text())
        else:
            super().keyPressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self._tip_at(event.pos()), self)
            return True
        return super().viewportEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        is_sideways = abs(event.angleDelta().x()) > abs(event.angleDelta().y())
        if is_sideways or self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        event.ignore()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """One selection at a time: a click elsewhere clears this one."""
        super().focusOutEvent(event)
        if event.reason() == Qt.FocusReason.MouseFocusReason:
            self.clearSelection()

    def _prepare_headers(self) -> None:
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(ROW_PX)
        header = self.horizontalHeader()
        header.setFixedHeight(HEAD_PX)
        header.setMinimumSectionSize(_NARROWEST_PX)
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setStretchLastSection(True)
        header.viewport().setAutoFillBackground(False)

    def _measure(self, first: int) -> None:
        """Make room for the head, and for the rows from `first` on."""
        head_font = QFont(QApplication.font())
        head_font.setPixelSize(SMALL_PX)
        head_font.setWeight(QFont.Weight.DemiBold)
        head, body = QFontMetrics(head_font), QFontMetrics(self.font())
        for column, key in enumerate(self._rows.columns):
            before = self.columnWidth(column) if first else head.horizontalAdvance(key)
            texts = (self._rows.text(row, column) for row in range(first, min(_MEASURED_ROWS, self._count())))
            widest = max((body.horizontalAdvance(text[:_MEASURED_CHARACTERS]) for text in texts), default=0)
            needed = max(widest + 2 * SPACE_S, before if first else before + SPACE_XL)
            self.setColumnWidth(column, max(_NARROWEST_PX, min(needed, _WIDEST_PX)))

    def _count(self) -> int:
        return len(self._rows.rows)

    def _tip_at(self, place: QPoint) -> str:
        """The whole text of a cell that is cut; what looks like markup stays text."""
        index = self.indexAt(place)
        if not index.isValid():
            return ""
        text = self._rows.text(index.row(), index.column())
        is_cut = self.fontMetrics().horizontalAdvance(text) > self.columnWidth(index.column()) - 2 * SPACE_S
        return text.replace("<", "\u2039") if is_cut else ""
