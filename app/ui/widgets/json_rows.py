"""Draws the rows of a JSON tree: key, value and a note at the right end, with a thin rule below."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QTextLayout, QTextOption
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.ui.theme import Theme, code_font
from app.ui.tokens import RADIUS_S, SMALL_PX, SPACE_L, SPACE_S, SPACE_XL, SPACE_XS
from app.ui.widgets.json_items import Index, JsonItem, JsonModel, Place

ROW_PX = 38
LINE_PX = 23
PAD_PX = SPACE_S
"""How far the ground of a chosen row reaches beyond its text."""
INDENT_PX = 18
KEY_PX, _KEY_SHARE, _NARROW_SHARE = 156, 0.34, 0.42
"""The column of the keys is at least so wide, and at most such a part of all; in a narrow tree, that part."""
_ICON_PX, _CHEVRON_PX = 16, 12
_WIDE_CHARACTER_PX = 17
"""No character of a value is wider: a short text needs no measuring."""


@dataclass(frozen=True, slots=True)
class Note:
    """What stands at the right end of a row: a few words, or an icon that can be pressed.

    `tip` says what the icon is for; a fault is drawn in the colour of danger.
    """

    text: str = ""
    icon: str = ""
    tip: str = ""
    is_fault: bool = False


@dataclass(frozen=True, slots=True)
class _Columns:
    """Widths in pixels."""

    whole: int = 0
    key: int = 0
    value: int = 0
    note: int = 0


class JsonRows(QStyledItemDelegate):
    """`fit` breaks the values into lines for a width; what is drawn afterwards needs no measuring."""

    def __init__(self, theme: Theme, model: JsonModel, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = model
        self._fonts = _Fonts()
        self._columns = _Columns()
        self._widest_key_px = 0
        self._notes: Mapping[Place, Note] = {}
        self._note_px = 0

    def note(self, item: JsonItem) -> Note | None:
        return self._notes.get(item.place)

    def set_notes(self, notes: Mapping[Place, Note]) -> None:
        self._notes = notes
        self._note_px = max(map(self._note_width, notes.values()), default=0)

    def measure(self, items: Iterable[JsonItem]) -> None:
        """Make room for the keys of new rows."""
        advance = self._fonts.code_metrics.horizontalAdvance
        widths = (item.indent * INDENT_PX + advance(item.key) + SPACE_XL for item in items if item.key)
        self._widest_key_px = max(self._widest_key_px, max(widths, default=0))

    def fit(self, width: int) -> int:
        """Lay the rows out for this width; the height of those that are not folded away."""
        columns = self._columns_in(width)
        is_anew = columns != self._columns
        self._columns = columns
        for item in self._model.walk():
            if is_anew or not item.height_px:
                self._fit(item)
        return sum(item.height_px for item in self._model.walk(is_folded_too=False))

    def is_on_note(self, x: int) -> bool:
        return x >= self._columns.whole - PAD_PX - self._columns.note

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        item = self._model.itemFromIndex(index)
        if not isinstance(item, JsonItem):
            return
        painter.save()
        area: QRect = option.rect
        row = QRect(0, area.top(), self._columns.whole, area.height())
        self._paint_ground(painter, row, option.state)
        baseline = row.top() + self._fonts.baseline
        self._paint_key(painter, item, baseline)
        self._paint_value(painter, item, baseline)
        if note := self.note(item):
            self._paint_note(painter, note, row, baseline)
        painter.fillRect(PAD_PX, row.bottom(), row.width() - 2 * PAD_PX, 1, QColor(self._theme.tokens.border))
        painter.restore()

    def _columns_in(self, width: int) -> _Columns:
        inner = width - 2 * PAD_PX
        key = min(max(self._widest_key_px, KEY_PX), key_room(inner)) if self._widest_key_px else 0
        note = min(self._note_px, inner - key) if self._note_px else 0
        return _Columns(width, key, max(1, inner - key - note), note)

    def _fit(self, item: JsonItem) -> None:
        width, text = self._columns.value, item.shown
        is_long = "\n" in text or (
            len(text) * _WIDE_CHARACTER_PX > width and self._fonts.metrics.horizontalAdvance(text) > width
        )
        item.lines = _broken(text, self._fonts.body, width) if is_long else None
        lines = item.lines.lineCount() if item.lines else 1
        item.height_px = ROW_PX + (lines - 1) * LINE_PX
        item.setSizeHint(QSize(0, item.height_px))

    def _note_width(self, note: Note) -> int:
        return SPACE_L + (_ICON_PX if note.icon else self._fonts.small_metrics.horizontalAdvance(note.text))

    def _paint_ground(self, painter: QPainter, row: QRect, state: QStyle.StateFlag) -> None:
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        has_focus = bool(state & QStyle.StateFlag.State_HasFocus)
        if not (is_selected or has_focus or state & QStyle.StateFlag.State_MouseOver):
            return
        tokens = self._theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(tokens.selected if is_selected else tokens.hover))
        painter.setPen(QColor(tokens.accent) if has_focus else Qt.PenStyle.NoPen)
        painter.drawRoundedRect(row.adjusted(1, 1, -1, -2), RADIUS_S, RADIUS_S)

    def _paint_key(self, painter: QPainter, item: JsonItem, baseline: int) -> None:
        left = PAD_PX + item.indent * INDENT_PX
        room = self._columns.key - item.indent * INDENT_PX - SPACE_S
        painter.setFont(self._fonts.code)
        painter.setPen(QColor(self._theme.tokens.muted))
        shown = self._fonts.code_metrics.elidedText(item.key, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QPoint(left, baseline), shown)

    def _paint_value(self, painter: QPainter, item: JsonItem, baseline: int) -> None:
        tokens, left = self._theme.tokens, PAD_PX + self._columns.key
        painter.setFont(self._fonts.body)
        painter.setPen(QColor(tokens.muted if item.is_faint else tokens.text))
        if item.lines is not None:
            item.lines.draw(painter, QPointF(left, baseline))
            return
        painter.drawText(QPoint(left, baseline), item.shown)
        end = left + self._fonts.metrics.horizontalAdvance(item.shown) + SPACE_XS
        if item.is_open:
            painter.setPen(QColor(tokens.muted))
            painter.drawText(QPoint(end, baseline), "…")
        elif item.rows:
            name = "chevron-right" if item.is_folded else "chevron-down"
            place = QRect(end, baseline - _CHEVRON_PX + 2, _CHEVRON_PX, _CHEVRON_PX)
            self._theme.icon(name, size_px=_CHEVRON_PX).paint(painter, place)

    def _paint_note(self, painter: QPainter, note: Note, row: QRect, baseline: int) -> None:
        right = row.right() + 1 - PAD_PX
        role = "danger" if note.is_fault else "muted"
        if note.icon:
            place = QRect(right - _ICON_PX, row.top() + (ROW_PX - _ICON_PX) // 2, _ICON_PX, _ICON_PX)
            self._theme.icon(note.icon, role, _ICON_PX).paint(painter, place)
            return
        painter.setFont(self._fonts.small)
        painter.setPen(QColor(getattr(self._theme.tokens, role)))
        painter.drawText(
            QPoint(right - self._fonts.small_metrics.horizontalAdvance(note.text), baseline), note.text
        )


def key_room(width: int) -> int:
    """How wide a column of keys may be at most."""
    return max(round(_KEY_SHARE * width), min(KEY_PX, round(_NARROW_SHARE * width)))


class _Fonts:
    """The three fonts of a row and where they stand in it."""

    def __init__(self) -> None:
        self.body = QFont(QApplication.font())
        self.code = code_font()
        self.small = QFont(self.body)
        self.small.setPixelSize(SMALL_PX)
        self.metrics = QFontMetrics(self.body)
        self.code_metrics = QFontMetrics(self.code)
        self.small_metrics = QFontMetrics(self.small)
        self.baseline = (ROW_PX + self.metrics.ascent() - self.metrics.descent()) // 2


def _broken(text: str, font: QFont, width: int) -> QTextLayout:
    """The lines of a text, the baseline of the first at 0."""
    layout = QTextLayout(text.replace("\n", "\u2028"), font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    top = 0
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        line.setPosition(QPointF(0, top - line.ascent()))
        top += LINE_PX
    layout.endLayout()
    return layout
