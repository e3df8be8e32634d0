"""Asks how many tokens the draft would make of the context; one question at a time, the newest last."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.core.model import PromptCount
from app.ui.background import Background, Lane


class Estimate(QObject):
    """`counted` gives a `PromptCount`, or None where nothing can be said (no model, an empty chat)."""

    counted = Signal(object)

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._is_asking = False
        self._next: Callable[[], PromptCount] | None = None

    def ask(self, count: Callable[[], PromptCount]) -> None:
        """Have `count` done; one that still waits is dropped for it."""
        if self._is_asking:
            self._next = count
            return
        self._is_asking = True
        self._background.run(self, count, self._answered, lambda _: self._answered(None), Lane.ESTIMATES)

    def _answered(self, count: PromptCount | None) -> None:
        self._is_asking = False
        self.counted.emit(count)
        if following := self._next:
            self._next = None
            self.ask(following)
