"""Follow a load or an answer on a worker thread and hand the window one list of events per frame."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

from PySide6.QtCore import QObject

from app.ui.background import Background, Lane

FRAME_S = 0.033
"""The pause between two lists: quick enough to look steady, slow enough to leave time for typing."""

_WAIT_S = 0.25


E = TypeVar("E")
E_co = TypeVar("E_co", covariant=True)


class Source(Protocol[E_co]):
    """What can be followed: a load, an answer, a batch; what it tells is an event to it."""

    @property
    def ended(self) -> bool: ...
    def take(self, timeout_s: float | None = None) -> Sequence[E_co]: ...
    def cancel(self) -> None: ...


class Stream(Generic[E]):
    """One source being followed until its end.

    `on_events` gets every event once and in order; then `on_end(None)`, or `on_end(error)`.
    While the window is busy, lists join into one rather than queueing up.
    """

    def __init__(
        self,
        background: Background,
        owner: QObject,
        source: Source[E],
        on_events: Callable[[Sequence[E]], None],
        on_end: Callable[[Exception | None], None],
    ) -> None:
        self._background = background
        self._owner = owner
        self._source = source
        self._on_events = on_events
        self._lock = threading.Lock()
        self._waiting: list[E] = []
        background.run(owner, self._follow, lambda _: on_end(None), on_end, Lane.OWN)

    def cancel(self) -> None:
        """Ask for an early end; the end still arrives by `on_end`."""
        self._source.cancel()

    def _follow(self) -> None:
        while not self._source.ended:
            events = self._source.take(_WAIT_S)
            if events:
                self._hand_over(events)
                time.sleep(FRAME_S)

    def _hand_over(self, events: Sequence[E]) -> None:
        with self._lock:
            is_posted = bool(self._waiting)
            self._waiting.extend(events)
        if not is_posted:
            self._background.post(self._owner, self._show)

    def _show(self) -> None:
        with self._lock:
            events, self._waiting = self._waiting, []
        self._on_events(events)
