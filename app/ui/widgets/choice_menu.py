"""A menu of choices with a line about each, which opens at a button and is used by hand or by keys."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.ui.theme import Theme
from app.ui.tokens import RADIUS_S, SMALL_PX, SPACE_L, SPACE_S, SPACE_XS

WIDTH_PX = 340
HIGHEST_PX = 680
_ICON_PX = 16
_LEFT_PX = 34
_AROUND = QSize(2 * SPACE_XS + 2, 2 * SPACE_XS + 2)
"""What the menu is larger than its rows: the border, which the style sheet draws, and some room."""
_DETAIL_PX, _PLAIN_PX, _HEADING_PX, _LINE_PX = 46, 32, 28, 9
_ROW = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class Choice:
    """One row; `value` is what choosing it gives. A row without a value is a heading, or a line between."""

    value: object = None
    title: str = ""
    detail: str = ""
    icon: str = ""
    is_chosen: bool = False
    can_remove: bool = False


class ChoiceMenu(QFrame):
    """`chosen` gives the value of a row, `removed` that of one on which Delete was pressed."""

    chosen = Signal(object)
    removed = Signal(object)

    def __init__(self, theme: Theme, label: str, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("kind", "menu")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.list = ChoiceList(theme, label)
        self.list.setItemDelegate(_Rows(theme, self.list))
        self.list.itemClicked.connect(self._choose)
        self.list.itemActivated.connect(self._choose)
        self.list.delete_pressed.connect(self._remove)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_XS, SPACE_XS, SPACE_XS, SPACE_XS)
        column.addWidget(self.list)
        self.setFocusProxy(self.list)

    def add(self, choice: Choice) -> None:
        """One more row below the others."""
        item = QListWidgetItem(choice.title)
        item.setData(_ROW, choice)
        item.setData(
            Qt.ItemDataRole.AccessibleTextRole, ". ".join(filter(None, (choice.title, choice.detail)))
        )
        item.setSizeHint(QSize(0, _height(choice)))
        if choice.value is None:
            item.setFlags(Qt.ItemFlag.NoItemFlags)
        self.list.addItem(item)
        if choice.is_chosen or (choice.value is not None and self.list.currentItem() is None):
            self.list.setCurrentItem(item)

    def open_at(self, anchor: QWidget) -> None:
        """Show it below `anchor`, or above where there is more room."""
        self.list.fit(min(HIGHEST_PX, max(_room(anchor)) - 2 * SPACE_L))
        size = self.list.size() + _AROUND
        self.setGeometry(QRect(_place(anchor, size), size))
        self.show()
        self.list.setFocus(Qt.FocusReason.PopupFocusReason)
        self.list.scrollToItem(self.list.currentItem(), QAbstractItemView.ScrollHint.PositionAtCenter)

    def rows(self) -> tuple[Choice, ...]:
        return tuple(self.list.item(at).data(_ROW) for at in range(self.list.count()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def _choose(self, item: QListWidgetItem) -> None:
        choice: Choice = item.data(_ROW)
        if choice.value is not None:
            self.close()
            self.chosen.emit(choice.value)

    def _remove(self, item: QListWidgetItem) -> None:
        choice: Choice = item.data(_ROW)
        if choice.can_remove:
            self.close()
            self.removed.emit(choice.value)


class ChoiceList(QListWidget):
    """The rows; what is pointed at is the current one, as in any menu."""

    delete_pressed = Signal(object)

    def __init__(self, theme: Theme, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(label)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.itemEntered.connect(self._point)
        theme.changed.connect(self.viewport().update)

    def fit(self, highest: int) -> None:
        """As high as its rows, at most `highest`."""
        rows = sum(self.sizeHintForRow(at) for at in range(self.count()))
        self.setFixedSize(WIDTH_PX, min(highest, rows + 2 * self.frameWidth()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.currentItem()
        if event.key() == Qt.Key.Key_Delete and item is not None:
            self.delete_pressed.emit(item)
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _point(self, item: QListWidgetItem) -> None:
        if item.flags() & Qt.ItemFlag.ItemIsSelectable:
            self.setCurrentItem(item)


class _Rows(QStyledItemDelegate):
    """Draws a row: an icon or a check mark, the title, what it is for below."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        choice: Choice = index.data(_ROW)
        rect: QRect = option.rect
        painter.save()
        if choice.value is not None:
            state: QStyle.StateFlag = option.state
            self._paint_choice(painter, rect, choice, bool(state & QStyle.StateFlag.State_Selected))
        elif choice.title:
            self._paint_text(painter, rect.adjusted(SPACE_S, 4, -SPACE_S, 0), choice.title, is_heading=True)
        else:
            painter.setPen(QColor(self._theme.tokens.border))
            painter.drawLine(
                rect.left() + SPACE_S, rect.center().y(), rect.right() - SPACE_S, rect.center().y()
            )
        painter.restore()

    def _paint_choice(self, painter: QPainter, rect: QRect, choice: Choice, is_current: bool) -> None:
        if is_current:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._theme.tokens.selected))
            painter.drawRoundedRect(rect.adjusted(0, 1, 0, -1), RADIUS_S, RADIUS_S)
        if name := "check" if choice.is_chosen else choice.icon:
            icon = self._theme.icon(name, "accent" if choice.is_chosen else "muted", _ICON_PX)
            top = rect.top() + (_PLAIN_PX - _ICON_PX) // 2 - (2 if choice.detail else 0)
            icon.paint(painter, QRect(rect.left() + SPACE_S, top, _ICON_PX, _ICON_PX))
        line = QRect(rect.left() + _LEFT_PX, rect.top(), rect.width() - _LEFT_PX - SPACE_S, _PLAIN_PX)
        self._paint_text(painter, line.adjusted(0, 0, 0, -4 if choice.detail else 0), choice.title)
        if choice.detail:
            self._paint_text(painter, line.translated(0, 16), choice.detail, is_small=True)

    def _paint_text(
        self, painter: QPainter, room: QRect, text: str, *, is_small: bool = False, is_heading: bool = False
    ) -> None:
        font = QFont(painter.font())
        if is_small or is_heading:
            font.setPixelSize(SMALL_PX)
        font.setWeight(QFont.Weight.DemiBold if is_heading else QFont.Weight.Normal)
        painter.setFont(font)
        tokens = self._theme.tokens
        painter.setPen(QColor(tokens.muted if is_small or is_heading else tokens.text))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)


def _height(choice: Choice) -> int:
    if choice.value is not None:
        return _DETAIL_PX if choice.detail else _PLAIN_PX
    return _HEADING_PX if choice.title else _LINE_PX


def _room(anchor: QWidget) -> tuple[int, int]:
    """How much of the screen is above `anchor`, and how much below it."""
    screen = anchor.screen().availableGeometry()
    top = anchor.mapToGlobal(QPoint(0, 0)).y()
    return top - screen.top(), screen.bottom() - top - anchor.height()


def _place(anchor: QWidget, size: QSize) -> QPoint:
    """Below or above `anchor` and within its screen; to its right edge where the left one leaves no room."""
    screen = anchor.screen().availableGeometry()
    at = QRect(anchor.mapToGlobal(QPoint(0, 0)), anchor.size())
    room_above, room_below = _room(anchor)
    is_below = room_below >= size.height() + SPACE_XS or room_below >= room_above
    top = at.bottom() + SPACE_XS if is_below else at.top() - SPACE_XS - size.height()
    left = at.left() if at.left() + size.width() <= screen.right() else at.right() + 1 - size.width()
    furthest = screen.right() + 1 - size.width()
    return QPoint(max(screen.left(), min(left, furthest)), max(screen.top(), top))
