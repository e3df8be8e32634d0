"""A small plot of how fast something went over the last minutes."""

from __future__ import annotations

from collections import deque

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.theme import Theme
from app.ui.tokens import SMALL_PX

WINDOW_S = 180.0
STEP_S = 1.0
"""Samples closer together than this are one, the later."""
_SIZE = QSize(200, 56)
_LABEL_PX = 18
"""The line at the top is for the label."""
_WASH = 40


class RatePlot(QWidget):
    """The newest sample is at the right edge; the highest of the window reaches the top."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._samples: deque[tuple[float, float]] = deque()
        self._label = ""
        self.setMinimumHeight(_SIZE.height())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def samples(self) -> tuple[tuple[float, float], ...]:
        return tuple(self._samples)

    @property
    def highest(self) -> float:
        return max((rate for _, rate in self._samples), default=0.0)

    def add(self, now_s: float, rate: float) -> None:
        """Note how fast it goes now; what is older than the window is forgotten."""
        samples = self._samples
        if len(samples) > 1 and now_s - samples[-2][0] < STEP_S:
            samples.pop()
        samples.append((now_s, rate))
        while samples[0][0] < now_s - WINDOW_S:
            samples.popleft()
        self.update()

    def show_label(self, text: str) -> None:
        """What the highest line stands for."""
        self._label = text
        self.update()

    def sizeHint(self) -> QSize:
        return _SIZE

    def points(self) -> list[QPointF]:
        """Where the samples lie in the widget."""
        if not self._samples:
            return []
        now, top = self._samples[-1][0], self.highest or 1.0
        wide, high = self.width() - 1.0, self.height() - _LABEL_PX - 3.0
        span = min(WINDOW_S, max(30.0, now - self._samples[0][0]))
        return [
            QPointF(wide * (1 - (now - at) / span), _LABEL_PX + 1 + high * (1 - rate / top))
            for at, rate in self._samples
        ]

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = self._theme.tokens
        painter.setPen(QPen(QColor(tokens.border), 1))
        for y in (_LABEL_PX + 0.5, self.height() - 0.5):
            painter.drawLine(QPointF(0, y), QPointF(self.width(), y))
        if points := self.points():
            self._draw(painter, points)
        if self._label:
            font = self.font()
            font.setPixelSize(SMALL_PX - 1)
            painter.setFont(font)
            painter.setPen(QColor(tokens.muted))
            room = QRectF(0, 0, self.width() - 2, _LABEL_PX)
            painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, self._label)
        painter.end()

    def _draw(self, painter: QPainter, points: list[QPointF]) -> None:
        line = QPainterPath(points[0])
        for point in points[1:]:
            line.lineTo(point)
        area = QPainterPath(line)
        area.lineTo(QPointF(points[-1].x(), self.height() - 1))
        area.lineTo(QPointF(points[0].x(), self.height() - 1))
        wash = QColor(self._theme.tokens.accent)
        painter.setPen(QPen(wash, 1.5))
        painter.drawPath(line)
        wash.setAlpha(_WASH)
        painter.fillPath(area, wash)
