"""Draws the rows of the chat list: quiet headings, titles that are cut rather than wrapped."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.ui.sidebar.chat_list import ROW
from app.ui.theme import Theme
from app.ui.tokens import RADIUS_S, SMALL_PX, SPACE_M, SPACE_XS

ROW_PX = 36
MORE_PX = 28
"""The width of the button at a row's end that opens its menu."""


class ChatRows(QStyledItemDelegate):
    """Every row is equally high, so that the view need not ask ten thousand times."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(120, ROW_PX)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        painter.save()
        rect: QRect = option.rect
        text = index.data(Qt.ItemDataRole.DisplayRole)
        if isinstance(index.data(ROW), str):
            self._paint_heading(painter, rect, text)
        else:
            self._paint_chat(painter, rect, text, option)
        painter.restore()

    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        return QLineEdit(parent)

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        rect: QRect = option.rect
        editor.setGeometry(rect.adjusted(0, 1, 0, -1))

    def _paint_heading(self, painter: QPainter, rect: QRect, text: str) -> None:
        font = QFont(painter.font())
        font.setPixelSize(SMALL_PX)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(self._theme.tokens.muted))
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
        painter.drawText(rect.adjusted(2, 0, 0, -6), flags, text)

    def _paint_chat(self, painter: QPainter, rect: QRect, text: str, option: QStyleOptionViewItem) -> None:
        state: QStyle.StateFlag = option.state
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        is_hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        has_focus = bool(state & QStyle.StateFlag.State_HasFocus)
        self._paint_ground(painter, rect, is_selected, is_hovered, has_focus)
        room = rect.adjusted(SPACE_M - 2, 0, -(MORE_PX if is_hovered or is_selected else SPACE_M), 0)
        font = QFont(painter.font())
        font.setWeight(QFont.Weight.Medium if is_selected else QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(QColor(self._theme.tokens.text))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
        if is_hovered or is_selected:
            self._theme.icon("more").paint(painter, more_rect(rect))

    def _paint_ground(
        self, painter: QPainter, rect: QRect, is_selected: bool, is_hovered: bool, has_focus: bool
    ) -> None:
        if not (is_selected or is_hovered or has_focus):
            return
        tokens = self._theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(tokens.selected if is_selected else tokens.hover))
        painter.setPen(QColor(tokens.accent) if has_focus else Qt.PenStyle.NoPen)
        painter.drawRoundedRect(rect.adjusted(1, 2, -1, -2), RADIUS_S, RADIUS_S)


def more_rect(row: QRect) -> QRect:
    """Where a row's menu button is drawn."""
    side = MORE_PX - 2 * SPACE_XS
    top = row.top() + (row.height() - side) // 2
    return QRect(row.right() - MORE_PX + SPACE_XS, top, side, side)
