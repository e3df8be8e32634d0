"""One load or one answer in the making: events come in on one thread and are taken out on another."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

from app.core.errors import AlcoveError
from app.core.events import Event

CANCEL_PATIENCE_S = 5.0
"""How long after a cancel the engine may stay silent before it is taken for hung."""


class Generation:
    """The events of one job, in order. Fed by the client's reader thread; taken by one consumer."""

    def __init__(
        self, last: tuple[type[Event], ...], cancel: Callable[[], None], abandon: Callable[[], None]
    ) -> None:
        """`last` are the events that end the job; `cancel` asks to stop, `abandon` ends a hung engine."""
        self._last = last
        self._ask_to_stop = cancel
        self._abandon = abandon
        self._arrived = threading.Condition()
        self._events: list[Event] = []
        self._error: AlcoveError | None = None
        self._closed = False
        self._cancelled_at: float | None = None
        self.ended = False

    def put(self, event: Event) -> None:
        """Add an event; after the last one nothing is added."""
        with self._arrived:
            if not self._closed:
                self._events.append(event)
                self._closed = isinstance(event, self._last)
                self._arrived.notify_all()

    def fail(self, error: AlcoveError) -> None:
        """End the job with an error, given out after the events that came before it."""
        with self._arrived:
            if not self._closed:
                self._error = error
                self._closed = True
                self._arrived.notify_all()

    def take(self, timeout_s: float | None = None) -> list[Event]:
        """Wait for events and give all that came; [] when `timeout_s` passed without any.

        Raises:
            AlcoveError: what the engine reported, once every event before it was taken.
        """
        self._wait(timeout_s)
        with self._arrived:
            events, self._events = self._events, []
            if events:
                self.ended = self._closed and self._error is None
                return events
            if self._closed:
                self.ended = True
                if self._error is not None:
                    raise self._error
            return []

    def __iter__(self) -> Iterator[Event]:
        while not self.ended:
            yield from self.take()

    def cancel(self) -> None:
        """Ask the engine to stop; the end follows as `Finished` with reason cancelled."""
        with self._arrived:
            if self._closed or self._cancelled_at is not None:
                return
            self._cancelled_at = time.monotonic()
            self._arrived.notify_all()
        self._ask_to_stop()

    def _wait(self, timeout_s: float | None) -> None:
        until = None if timeout_s is None else time.monotonic() + timeout_s
        while not self._ready(until):
            if self._is_hung():
                self._abandon()
                return

    def _ready(self, until: float | None) -> bool:
        """Sleep until events, the time `until` or a hung engine; True when there is no more to wait for."""
        with self._arrived:
            hung_at = None if self._cancelled_at is None else self._cancelled_at + CANCEL_PATIENCE_S
            wake = min((t for t in (until, hung_at) if t is not None), default=None)
            patience_s = None if wake is None else max(0.0, wake - time.monotonic())
            if not self._events and not self._closed:
                self._arrived.wait(patience_s)
            now = time.monotonic()
            return bool(self._events) or self._closed or (until is not None and now >= until)

    def _is_hung(self) -> bool:
        at = self._cancelled_at
        return at is not None and time.monotonic() - at >= CANCEL_PATIENCE_S
