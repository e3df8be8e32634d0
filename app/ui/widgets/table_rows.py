"""Rows of flat objects as a table model, changed in place, and the drawing of its cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.ui.theme import Theme
from app.ui.tokens import SPACE_S
from app.ui.widgets.json_items import Index, is_same, value_text

Row = Mapping[str, object]
_NO_PARENT = QModelIndex()
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class TableRows(QAbstractTableModel):
    """A column for each key there is in any row, in the order they come up."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns: list[str] = []
        self.rows: Sequence[Row] = ()

    def set_rows(self, rows: Sequence[Row]) -> int:
        """Show these; so many at the beginning stayed equal and were not touched."""
        columns = list(dict.fromkeys(key for row in rows for key in row))
        if columns != self.columns or len(rows) < len(self.rows):
            self.beginResetModel()
            self.columns, self.rows = columns, rows
            self.endResetModel()
            return 0
        old, self.rows = self.rows, rows[: len(self.rows)]
        kept = _common(old, rows)
        if kept < len(old):
            self.dataChanged.emit(self.index(kept, 0), self.index(len(old) - 1, len(columns) - 1))
        if len(rows) > len(old):
            self.beginInsertRows(QModelIndex(), len(old), len(rows) - 1)
            self.rows = rows
            self.endInsertRows()
        return kept

    def text(self, row: int, column: int) -> str:
        """A cell as it is read; empty where the row has no such key."""
        key = self.columns[column]
        return value_text(self.rows[row][key]) if key in self.rows[row] else ""

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and index.isValid():
            return self.text(index.row(), index.column())
        return None

    def headerData(self, section: int, side: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if side is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if self.is_numeric(0, section) else _LEFT
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section] if side is Qt.Orientation.Horizontal else str(section + 1)
        return None

    def is_numeric(self, row: int, column: int) -> bool:
        value = self.rows[row].get(self.columns[column]) if row < len(self.rows) else None
        return isinstance(value, int | float) and not isinstance(value, bool)

    def is_faint(self, row: int, column: int) -> bool:
        """Whether the cell's text only stands for a value that has none."""
        return self.rows[row].get(self.columns[column]) in (None, "")


class TableCells(QStyledItemDelegate):
    """Draws a cell: one line, cut where it is too long, numbers at the right; a thin rule below."""

    def __init__(self, theme: Theme, model: TableRows, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = model

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens, area = self._theme.tokens, QRect(option.rect)
        state: QStyle.StateFlag = option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, QColor(tokens.selected))
        self._paint_rules(painter, area, index)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QColor(tokens.accent))
            painter.drawRect(area.adjusted(0, 0, -1, -1))
        row, column = index.row(), index.column()
        painter.setPen(QColor(tokens.muted if self._model.is_faint(row, column) else tokens.text))
        metrics: QFontMetrics = option.fontMetrics
        text = self._model.text(row, column).replace("\n", " ")
        room = area.width() - 2 * SPACE_S
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        shift = room - metrics.horizontalAdvance(shown) if self._model.is_numeric(row, column) else 0
        baseline = area.top() + (area.height() + metrics.ascent() - metrics.descent()) // 2
        painter.drawText(QPoint(area.left() + SPACE_S + shift, baseline), shown)
        painter.restore()

    def _paint_rules(self, painter: QPainter, area: QRect, index: Index) -> None:
        """From the first column's text to the end of the last; a stronger one under the head."""
        left = area.left() + (0 if index.column() else SPACE_S)
        is_last = index.column() == len(self._model.columns) - 1
        width = area.right() + 1 - left - (SPACE_S if is_last else 0)
        painter.fillRect(left, area.bottom(), width, 1, QColor(self._theme.tokens.border))
        if index.row() == 0:
            painter.fillRect(left, area.top(), width, 1, QColor(self._theme.tokens.outline))


def _common(old: Sequence[Row], new: Sequence[Row]) -> int:
    """How many rows are equal at the beginning of both."""
    count = min(len(old), len(new))
    if count and is_same(old[: count - 1], new[: count - 1]):
        return count - 1 + is_same(old[count - 1], new[count - 1])
    return next((at for at in range(count) if not is_same(old[at], new[at])), count)
