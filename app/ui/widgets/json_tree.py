"""A JSON value as a quiet tree: key, value and a note in each row; fills in while the value is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QToolTip, QTreeView, QWidget

from app.ui.theme import Theme
from app.ui.widgets.end_follower import EndFollower
from app.ui.widgets.json_items import Index, JsonItem, JsonModel, Place, copied_text
from app.ui.widgets.json_rows import INDENT_PX, ROW_PX, JsonRows, Note

MOST_PX = 560
"""A higher tree scrolls within itself."""
_TURNS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class JsonTree(QTreeView):
    """Shows a value; `lay_out` places it at a width and gives the height it needs.

    `resized` asks to be laid out anew after a fold was opened or closed, `reached` tells where the row is
    that the keys came to, `followed` the place of a row whose note was pressed. Where it scrolls, the
    wheel is the page's until the tree has the focus.
    """

    resized = Signal()
    reached = Signal(QRect)
    followed = Signal(object)

    def __init__(
        self, theme: Theme, label: str, count_text: Callable[[int], str], parent: QWidget | None = None
    ) -> None:
        """`label` is its accessible name; `count_text` says how many parts an array or object has."""
        super().__init__(parent)
        self._json = JsonModel(count_text)
        self._json.setParent(self)
        self._rows = JsonRows(theme, self._json, self)
        self._is_filling = False
        self._is_capped = False
        self._open: JsonItem | None = None
        self._follower = EndFollower(self.verticalScrollBar())
        self.setModel(self._json)
        self.setItemDelegate(self._rows)
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setIndentation(INDENT_PX)
        self.setExpandsOnDoubleClick(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(label)
        self.setProperty("kind", "data")
        self.viewport().setAutoFillBackground(False)
        self.expanded.connect(lambda index: self._turned(index, is_folded=False))
        self.collapsed.connect(lambda index: self._turned(index, is_folded=True))

    @property
    def value(self) -> object:
        return self._json.value

    def set_value(self, value: object, open_place: Place | None = None) -> None:
        """Show `value`; what did not change stays as it is. `open_place`: more will come there."""
        self._follower.is_on = open_place is not None
        self._is_filling = True
        self._json.set_value(value)
        self._rows.measure(self._json.take_new())
        for item in self._json.take_filled():
            self.setExpanded(item.index(), not item.is_folded)
        self._is_filling = False
        self._mark_open(open_place)

    def set_notes(self, notes: Mapping[Place, Note]) -> None:
        """What stands at the right end of the rows of these places."""
        self._rows.set_notes(notes)
        for place, note in notes.items():
            item = self._json.nearest(place)
            if item is not None and item.place == place:
                item.setAccessibleDescription(note.text or note.tip)
        self.viewport().update()

    def lay_out(self, width: int) -> int:
        """Take this width; the height needed, which the caller then gives."""
        bar = self.verticalScrollBar().sizeHint().width()
        is_capped = self._is_capped or self._json.count_shown() * ROW_PX > MOST_PX
        height = self._rows.fit(width - bar if is_capped else width)
        if is_capped != (height > MOST_PX):
            is_capped = not is_capped
            height = self._rows.fit(width - bar if is_capped else width)
        self._is_capped = is_capped
        return min(height, MOST_PX)

    def selected_text(self) -> str:
        """The chosen row's value as it is copied, or nothing."""
        chosen = self.selectedIndexes()
        item = self._item(chosen[0]) if chosen else None
        return copied_text(item.value) if item else ""

    def show_place(self, place: Place) -> None:
        """Choose the row of this place, or the one that would hold it, and go there."""
        item = self._json.nearest(place)
        if item is not None:
            self.setFocus()
            self.setCurrentIndex(item.index())

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if current.isValid() and self.hasFocus():
            self.reached.emit(self.visualRect(current))

    def drawBranches(self, painter: QPainter, rect: QRect, index: Index) -> None:
        """A chevron beside the value shows what can be folded."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self._item(self.currentIndex())
        if event.matches(QKeySequence.StandardKey.Copy) and item:
            QGuiApplication.clipboard().setText(copied_text(item.value))
        elif event.key() in _TURNS and item:
            self._act(item, is_on_note=event.key() != Qt.Key.Key_Space)
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        place = event.position().toPoint()
        item = self._item(self.indexAt(place))
        if item and event.button() == Qt.MouseButton.LeftButton and self.currentIndex() == item.index():
            self._act(item, is_on_note=self._rows.is_on_note(place.x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        is_hand = self._tip_at(event.position().toPoint()) != ""
        self.viewport().setCursor(
            Qt.CursorShape.PointingHandCursor if is_hand else Qt.CursorShape.ArrowCursor
        )

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self._tip_at(event.pos()), self)
            return True
        return super().viewportEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
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

    def _item(self, index: Index) -> JsonItem | None:
        item = self._json.itemFromIndex(index)
        return item if isinstance(item, JsonItem) else None

    def _act(self, item: JsonItem, *, is_on_note: bool) -> None:
        """What a click or a key on a row does: follow its note, or turn its fold."""
        note = self._rows.note(item)
        if note and note.icon and is_on_note:
            self.followed.emit(item.place)
        elif item.rows:
            self.setExpanded(item.index(), item.is_folded)

    def _turned(self, index: Index, *, is_folded: bool) -> None:
        item = self._item(index)
        if item:
            item.is_folded = is_folded
        if not self._is_filling:
            self.resized.emit()

    def _mark_open(self, place: Place | None) -> None:
        item = self._json.nearest(place) if place is not None else None
        if item is not self._open:
            if self._open:
                self._open.is_open = False
            if item:
                item.is_open = True
            self._open = item
            self.viewport().update()

    def _tip_at(self, place: QPoint) -> str:
        item = self._item(self.indexAt(place))
        note = self._rows.note(item) if item else None
        return note.tip if note and self._rows.is_on_note(place.x()) else ""
