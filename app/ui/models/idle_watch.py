"""Looks in from time to time: a model that nobody uses is unloaded, and short memory is warned of."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from app.ui.background import Background, Lane
from app.ui.opening import Opening

if TYPE_CHECKING:
    from app.services.idle import Idle, Look

T = TypeVar("T")
_FIRST_S = 30.0


class IdleWatch(QObject):
    """Counts from `start` to `stop`."""

    unloaded = Signal()
    memory_short = Signal(object)
    """How many bytes are free."""

    def __init__(
        self, opening: Opening, background: Background, is_busy: Callable[[], bool], parent: QObject
    ) -> None:
        """`is_busy`: whether an answer or a batch is being written."""
        super().__init__(parent)
        self._opening = opening
        self._background = background
        self._is_busy = is_busy
        self._is_on = False
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        self._is_on = True
        self._wait(_FIRST_S)

    def stop(self) -> None:
        self._is_on = False
        self._timer.stop()

    def used(self) -> None:
        """The model was used just now."""
        self._ask(lambda idle: idle.used(), lambda _: None)

    def look(self) -> None:
        """Look now; the next look follows by itself."""
        is_busy = self._is_busy()
        self._ask(lambda idle: idle.look(is_busy), self._take)

    def _take(self, found: Look) -> None:
        if found.was_unloaded:
            self.unloaded.emit()
        if found.warns:
            self.memory_short.emit(found.free_bytes)
        self._wait(found.next_s)

    def _wait(self, seconds: float) -> None:
        if self._is_on:
            self._timer.start(round(1000 * seconds))

    def _ask(self, work: Callable[[Idle], T], done: Callable[[T], None]) -> None:
        def failed(_error: Exception) -> None:
            self._wait(_FIRST_S)  # the profile cannot be used, which is said elsewhere

        self._background.run(self, lambda: work(self._opening.alcove.idle), done, failed, Lane.FILES)
