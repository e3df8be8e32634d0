"""A download or a check in the making: a thread of its own, whose events one consumer takes out."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

from app.core.download import (
    Checked,
    CheckProgress,
    DownloadEvent,
    DownloadProgress,
    Fetched,
    Moved,
    MoveProgress,
    Stopped,
)
from app.core.errors import AlcoveError, DownloadError
from app.userdata import profile_error

_LAST = (Fetched, Checked, Moved, Stopped)
_PROGRESS = (DownloadProgress, CheckProgress, MoveProgress)


class StopRequested(Exception):  # no error of ours: nothing went wrong
    """Someone asked the job to stop; it ends with `Stopped`."""


class Stop:
    """Whether to stop. Setting it wakes who sleeps and cuts the connections that wait for data."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []

    @property
    def is_set(self) -> bool:
        return self._event.is_set()

    def set(self) -> None:
        with self._lock:
            self._event.set()
            for connection in self._sockets:
                _cut(connection)

    def watch(self, connection: socket.socket) -> None:
        """Cut this connection, too, when the time comes."""
        with self._lock:
            self._sockets = [known for known in self._sockets if known.fileno() != -1]
            self._sockets.append(connection)
            if self._event.is_set():
                _cut(connection)

    def check(self) -> None:
        """Go on, or raise `StopRequested`."""
        if self._event.is_set():
            raise StopRequested

    def sleep(self, seconds: float) -> None:
        """Wait; raises `StopRequested` as soon as that is asked for."""
        if self._event.wait(seconds):
            raise StopRequested


def _cut(connection: socket.socket) -> None:
    # Past SSLSocket.shutdown, which would take the TLS state away from the thread that is reading.
    with contextlib.suppress(OSError):  # it is closed already
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


class Job:
    """The events of one job, in order; taken by one consumer. A subclass does the work in `_work`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.ended = False
        self._stop = Stop()
        self._arrived = threading.Condition()
        self._events: list[DownloadEvent] = []
        self._error: AlcoveError | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=type(self).__name__.lower(), daemon=True)

    def take(self, timeout_s: float | None = None) -> list[DownloadEvent]:
        """Wait for events and give all that came; [] when `timeout_s` passed without any.

        Raises:
            AlcoveError: what went wrong, once every event before it was taken.
        """
        with self._arrived:
            self._arrived.wait_for(lambda: self._events or self._closed, timeout_s)
            events, self._events = self._events, []
            if events:
                self.ended = self._closed and self._error is None
                return events
            if self._closed:
                self.ended = True
                if self._error is not None:
                    raise self._error
            return []

    def __iter__(self) -> Iterator[DownloadEvent]:
        while not self.ended:
            yield from self.take()

    def cancel(self) -> None:
        """Ask it to stop; the end follows as `Stopped`. What was fetched is kept for the next time."""
        self._stop.set()

    def _work(self) -> None:
        raise NotImplementedError

    def _done_bytes(self) -> int:
        """How much is done, for `Stopped`."""
        raise NotImplementedError

    def _put(self, event: DownloadEvent) -> None:
        """Add an event; progress that nobody has taken yet gives way to newer progress."""
        with self._arrived:
            if self._closed:
                return
            if self._events and isinstance(event, _PROGRESS) and type(self._events[-1]) is type(event):
                self._events.pop()
            self._events.append(event)
            self._closed = isinstance(event, _LAST)
            self._arrived.notify_all()

    def _run(self) -> None:
        error: AlcoveError = DownloadError()
        try:
            self._work()
        except StopRequested:
            self._put(Stopped(self._done_bytes()))
        except AlcoveError as found:
            error = found
        except OSError as found:
            error = profile_error(found, self.path)
        finally:
            self._fail(error)

    def _fail(self, error: AlcoveError) -> None:
        """The end, unless the last event was that."""
        with self._arrived:
            if not self._closed:
                self._error, self._closed = error, True
                self._arrived.notify_all()
