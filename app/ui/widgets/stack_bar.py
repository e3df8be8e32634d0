"""A bar divided into coloured pieces, for what fills something, and the legend of such bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.ui.theme import Theme
from app.ui.tokens import SMALL_PX, SPACE_L, Tokens

HIGH_PX = 16
_GAP_PX = 2.0
_LEAST_PX = 3.0
"""A piece that is there is seen, however small."""
_RADIUS_PX = 4.0
_SWATCH_PX = 10


@dataclass(frozen=True, slots=True)
class Piece:
    """`role` names the colour: a field of the tokens' fill colours, or of the tokens themselves."""

    size: float
    role: str
    text: str = ""


def colour_of(tokens: Tokens, role: str) -> QColor:
    """The colour a role has in this scheme."""
    return QColor(getattr(tokens.fill, role, None) or getattr(tokens, role))


class StackBar(QWidget):
    """Shows pieces of `total` from the left; the rest is free. More than `total` fills it whole."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pieces: tuple[Piece, ...] = ()
        self._total = 1.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(HIGH_PX)

    def show_pieces(self, pieces: Sequence[Piece], total: float) -> None:
        self._pieces = tuple(piece for piece in pieces if piece.size > 0)
        self._total = max(total, sum(piece.size for piece in self._pieces), 1e-9)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, HIGH_PX)

    def areas(self) -> tuple[QRectF, ...]:
        """Where each piece is drawn, and at last what is free, which may be empty."""
        width = float(self.width())
        lefts, left = [0.0], 0.0
        for piece in self._pieces:
            left += max(_LEAST_PX + _GAP_PX, width * piece.size / self._total)
            lefts.append(left)
        shrink = min(1.0, width / left) if left else 1.0
        lefts = [shrink * each for each in (*lefts, max(width / shrink, left))]
        gaps = [_GAP_PX if left < width - _GAP_PX else 0.0 for left in lefts[1:]]
        spans = zip(pairwise(lefts), gaps, strict=True)
        return tuple(
            QRectF(start, 0, max(0.0, end - start - gap), self.height()) for (start, end), gap in spans
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        roles = (*(piece.role for piece in self._pieces), "selected")
        for area, role in zip(self.areas(), roles, strict=True):
            painter.setBrush(colour_of(self._theme.tokens, role))
            painter.drawRoundedRect(area, _RADIUS_PX, _RADIUS_PX)
        painter.end()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            areas = zip(self._pieces, self.areas(), strict=False)
            text = next((p.text for p, area in areas if area.contains(event.pos().toPointF())), "")
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)


class Legend(QWidget):
    """What the colours of bars stand for, in one line or more."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._items: tuple[tuple[str, str], ...] = ()
        font = self.font()
        font.setPixelSize(SMALL_PX)
        self.setFont(font)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_items(self, items: Sequence[tuple[str, str]]) -> None:
        """Each a colour's role and its meaning."""
        self._items = tuple(items)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, self.heightForWidth(self.width()))

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self._line_px)

    def heightForWidth(self, width: int) -> int:
        places = self._places(width)
        return int(places[-1][1]) + self._line_px if places else self._line_px

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self._line_px / 2
        for (left, top), (role, text) in zip(self._places(self.width()), self._items, strict=True):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour_of(self._theme.tokens, role))
            painter.drawRoundedRect(QRectF(left, top + middle - _SWATCH_PX / 2, _SWATCH_PX, _SWATCH_PX), 3, 3)
            painter.setPen(QColor(self._theme.tokens.muted))
            room = QRectF(left + _SWATCH_PX + 6, top, self.width(), self._line_px)
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        painter.end()

    @property
    def _line_px(self) -> int:
        return self.fontMetrics().height() + 4

    def _places(self, width: int) -> list[tuple[float, float]]:
        places, left, top = [], 0.0, 0.0
        for _, text in self._items:
            wide = _SWATCH_PX + 6 + self.fontMetrics().horizontalAdvance(text)
            if left and left + wide > width:
                left, top = 0.0, top + self._line_px
            places.append((left, top))
            left += wide + SPACE_L
        return places
