"""A model's architecture as a drawing: its blocks in a row, one opened up, its router and experts."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.architecture import Architecture
from app.i18n import Texts
from app.ui.models.wording import architecture_text
from app.ui.theme import Theme
from app.ui.tokens import RADIUS_S, SMALL_PX, Tokens

_SIZE = QSize(660, 318)
_ROW = QRectF(0, 26, 660, 46)
_BLOCK = QRectF(96, 106, 468, 196)
_EXPERTS_IN_A_ROW = 16
_CENTRE = Qt.AlignmentFlag.AlignCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class ArchitectureDrawing(QWidget):
    """Drawn from what the file says; which experts are lit is an example, how many is not."""

    def __init__(self, theme: Theme, tr: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tr = tr
        self._model: Architecture | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFixedSize(_SIZE)
        self.setAccessibleName(tr("Drawing of the model"))

    def show_model(self, model: Architecture) -> None:
        self._model = model
        self.setAccessibleDescription(architecture_text(model, self._tr))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._model is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = self.font()
        font.setPixelSize(SMALL_PX)
        painter.setFont(font)
        _Drawing(painter, self._theme.tokens, self._tr, self._model).draw()
        painter.end()


class _Drawing:
    """One painting of it."""

    def __init__(self, painter: QPainter, tokens: Tokens, tr: Texts, model: Architecture) -> None:
        self._painter, self._tokens, self._tr, self._model = painter, tokens, tr, model

    def draw(self) -> None:
        opened = self._draw_row()
        self._draw_opening(opened)
        self._draw_block()

    # The blocks in a row

    def _draw_row(self) -> QRectF:
        """Tokens in, every layer, tokens out; gives the layer that is shown opened."""
        facts, tr = self._model.facts, self._tr
        side = 84.0
        left = QRectF(_ROW.left(), _ROW.top(), side, _ROW.height())
        right = QRectF(_ROW.right() - side, _ROW.top(), side, _ROW.height())
        self._box(left, tr("tokens in"), f"{facts.vocabulary:,}")
        self._box(right, tr("tokens out"), f"{facts.vocabulary:,}")
        room = QRectF(left.right() + 16, _ROW.top(), right.left() - left.right() - 32, _ROW.height())
        wide = room.width() / facts.layers
        gap = 3.0 if wide > 8 else 1.0 if wide > 3 else 0.0
        middle, areas = facts.layers // 2, []
        for layer in self._model.layers:
            area = QRectF(room.left() + layer * wide, room.top(), wide - gap, room.height())
            role = self._tokens.fill.weights if self._model.is_sliding(layer) else self._tokens.fill.experts
            self._fill(area, role, radius=min(3.0, wide / 3))
            areas.append(area)
        self._arrow(QPointF(left.right() + 2, _ROW.center().y()), QPointF(room.left() - 2, _ROW.center().y()))
        self._arrow(
            QPointF(room.right() + 2, _ROW.center().y()), QPointF(right.left() - 2, _ROW.center().y())
        )
        self._draw_key(room)
        return areas[middle]

    def _draw_key(self, room: QRectF) -> None:
        facts, tr = self._model.facts, self._tr
        sliding = sum(self._model.is_sliding(layer) for layer in self._model.layers)
        full = facts.layers - sliding
        items = (
            (
                self._tokens.fill.weights,
                tr("{n} look back {window} tokens", n=sliding, window=facts.sliding_window),
            ),
            (self._tokens.fill.experts, tr("{n} look at everything", n=full)),
        )
        metrics = self._painter.fontMetrics()
        left = room.left()
        for colour, text in items:
            self._fill(QRectF(left, 6, 10, 10), colour, radius=3)
            wide = metrics.horizontalAdvance(text)
            self._text(QRectF(left + 16, 0, wide + 4, 22), text, _LEFT, is_muted=True)
            left += 16 + wide + 20

    def _draw_opening(self, layer: QRectF) -> None:
        """The lines that open one layer into the block below."""
        painter = self._painter
        painter.setPen(QPen(QColor(self._tokens.outline), 1, Qt.PenStyle.DotLine))
        painter.drawLine(layer.bottomLeft() + QPointF(0, 2), _BLOCK.topLeft() + QPointF(RADIUS_S, 0))
        painter.drawLine(layer.bottomRight() + QPointF(0, 2), _BLOCK.topRight() - QPointF(RADIUS_S, 0))

    # One block

    def _draw_block(self) -> None:
        painter, tokens, tr = self._painter, self._tokens, self._tr
        painter.setPen(QPen(QColor(tokens.outline), 1))
        painter.setBrush(QColor(tokens.surface))
        painter.drawRoundedRect(_BLOCK, RADIUS_S, RADIUS_S)
        facts = self._model.facts
        caption = QRectF(_BLOCK.left() + 14, _BLOCK.top() + 8, _BLOCK.width() - 28, 20)
        self._text(caption, tr("one of {n} layers", n=facts.layers), _LEFT, is_muted=True)
        attention = QRectF(_BLOCK.left() + 14, _BLOCK.top() + 36, 130, _BLOCK.height() - 50)
        router = QRectF(attention.right() + 22, _BLOCK.top() + 82, 70, 46)
        experts = QRectF(router.right() + 34, attention.top(), 0, attention.height())
        experts.setRight(_BLOCK.right() - 14)
        self._draw_attention(attention)
        self._box(router, tr("router"), tr("picks {n}", n=facts.experts_used))
        self._arrow(QPointF(attention.right() + 3, router.center().y()), QPointF(router.left() - 3, 0))
        self._draw_experts(router, experts)

    def _draw_attention(self, area: QRectF) -> None:
        """Query heads as dots, in the groups that share one key and value."""
        facts, tr = self._model.facts, self._tr
        self._frame(area)
        self._text(QRectF(area.left(), area.top() + 4, area.width(), 20), tr("attention"), _CENTRE)
        groups = facts.kv_heads
        in_group = max(1, self._model.heads // groups)
        columns = 1 if groups <= 4 else 2
        rows = -(-groups // columns)
        room = QRectF(area.left() + 12, area.top() + 30, area.width() - 24, area.height() - 78)
        wide, high = room.width() / columns, room.height() / rows
        size = min(6.0, (wide - 10) / in_group - 1.5, high - 5)
        for group in range(groups):
            cell = QRectF(
                room.left() + (group % columns) * wide, room.top() + (group // columns) * high, wide, high
            )
            self._draw_group(cell, in_group, max(1.0, size))
        below = QRectF(area.left(), area.bottom() - 44, area.width(), 18)
        self._text(below, tr("{n} heads share", n=self._model.heads), _CENTRE, is_muted=True)
        below.translate(0, 18)
        self._text(below, tr("{n} keys and values", n=groups), _CENTRE, is_muted=True)

    def _draw_group(self, cell: QRectF, count: int, size: float) -> None:
        inner = count * (size + 1.5) + 5
        frame = QRectF(cell.center().x() - inner / 2, cell.center().y() - size / 2 - 2.5, inner, size + 5)
        self._fill(frame, self._tokens.border, radius=3)
        for head in range(count):
            left = frame.left() + 3 + head * (size + 1.5)
            self._fill(
                QRectF(left, cell.center().y() - size / 2, size, size), self._tokens.fill.weights, size / 2
            )

    def _draw_experts(self, router: QRectF, area: QRectF) -> None:
        facts, tr = self._model.facts, self._tr
        self._text(QRectF(area.left(), area.top() - 4, area.width(), 20), tr("experts"), _CENTRE)
        columns = _columns(facts.experts)
        rows = -(-facts.experts // columns)
        room = QRectF(area.left(), area.top() + 20, area.width(), area.height() - 44)
        side = min(room.width() / columns, room.height() / rows, 40.0)
        left = room.center().x() - side * columns / 2
        top = room.center().y() - side * rows / 2
        lit = _examples(facts.experts, facts.experts_used)
        for expert in range(facts.experts):
            cell = QRectF(left + expert % columns * side, top + expert // columns * side, side, side)
            cell.adjust(1.5, 1.5, -1.5, -1.5)
            colour = self._tokens.fill.experts if expert in lit else self._tokens.selected
            self._fill(cell, colour, radius=3)
        self._fan(router, QRectF(left, top, side * columns, side * rows))
        text = tr("{used} of {n} work on a token", used=facts.experts_used, n=facts.experts)
        self._text(QRectF(area.left(), area.bottom() - 20, area.width(), 20), text, _CENTRE, is_muted=True)

    def _fan(self, router: QRectF, grid: QRectF) -> None:
        """From the router to the field of experts."""
        painter, start = self._painter, QPointF(router.right() + 2, router.center().y())
        painter.setPen(QPen(QColor(self._tokens.outline), 1))
        count = self._model.facts.experts_used
        for at in range(count):
            y = grid.top() + grid.height() * (at + 0.5) / count
            painter.drawLine(start, QPointF(grid.left() - 3, y))

    # Strokes

    def _box(self, area: QRectF, text: str, detail: str) -> None:
        self._frame(area)
        half = area.height() / 2
        self._text(QRectF(area.left(), area.top() + 3, area.width(), half), text, _CENTRE)
        below = QRectF(area.left(), area.top() + half - 2, area.width(), half)
        self._text(below, detail, _CENTRE, is_muted=True)

    def _frame(self, area: QRectF) -> None:
        self._painter.setPen(QPen(QColor(self._tokens.border), 1))
        self._painter.setBrush(QColor(self._tokens.raised))
        self._painter.drawRoundedRect(area, RADIUS_S, RADIUS_S)

    def _fill(self, area: QRectF, colour: str, radius: float) -> None:
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(QColor(colour))
        self._painter.drawRoundedRect(area, radius, radius)

    def _arrow(self, start: QPointF, end: QPointF) -> None:
        painter = self._painter
        end = QPointF(end.x(), start.y())
        painter.setPen(QPen(QColor(self._tokens.outline), 1))
        painter.drawLine(start, end)
        for side in (-3, 3):
            painter.drawLine(end, end + QPointF(-3, side))

    def _text(self, area: QRectF, text: str, how: Qt.AlignmentFlag, *, is_muted: bool = False) -> None:
        font = QFont(self._painter.font())
        font.setPixelSize(SMALL_PX - 1 if is_muted else SMALL_PX)
        self._painter.setFont(font)
        self._painter.setPen(QColor(self._tokens.muted if is_muted else self._tokens.text))
        shown = self._painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(area.width()))
        self._painter.drawText(area, how, shown)


def _columns(experts: int) -> int:
    """So that the field of experts is about twice as wide as high."""
    columns = 1
    while columns < _EXPERTS_IN_A_ROW and columns * columns < 2 * experts:
        columns += 1
    return min(columns, experts)


def _examples(experts: int, used: int) -> frozenset[int]:
    """Which experts are drawn as chosen: one in each stretch of the field, not always at the same place."""
    starts = [at * experts // used for at in range(used + 1)]
    spans = pairwise(starts)
    return frozenset(start + at * 3 % (end - start) for at, (start, end) in enumerate(spans, 1))
