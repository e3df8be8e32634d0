"""Keeps a scroll bar at its end while more comes, until a person scrolls up."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QScrollBar


class EndFollower(QObject):
    """`is_on` says whether more will come."""

    def __init__(self, bar: QScrollBar) -> None:
        super().__init__(bar)
        self._bar = bar
        self._is_at_end = True
        self.is_on = False
        bar.rangeChanged.connect(self._follow)
        bar.valueChanged.connect(self._look)

    def _follow(self, _least: int, most: int) -> None:
        if self.is_on and self._is_at_end:
            self._bar.setValue(most)

    def _look(self, value: int) -> None:
        self._is_at_end = value >= self._bar.maximum()
