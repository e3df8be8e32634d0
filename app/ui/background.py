"""The one shape of background work: done on a worker thread, delivered on the window's thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from enum import StrEnum
from queue import SimpleQueue
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot
from shiboken6 import isValid

T = TypeVar("T")
Act = Callable[[], None]


class Lane(StrEnum):
    """Work of one lane is done in order, one at a time; lanes do not wait for each other.

    `OWN` gives each piece of work its own thread: for following an answer or a load.
    """

    COMMANDS = "commands"
    LOOKUPS = "lookups"
    ESTIMATES = "estimates"
    SCHEMAS = "schemas"
    FILES = "files"
    OWN = "own"


class Courier(QObject):
    """Lives on the window's thread as long as the program; outlives every receiver.

    A signal object per task would be gone with its window; this one is not.
    """

    _posted = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self._posted.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def post(self, owner: QObject, act: Act) -> None:
        """Have `act` called on the window's thread, if `owner` still lives then."""
        self._posted.emit(owner, act)

    @Slot(object, object)
    def _deliver(self, owner: QObject, act: Act) -> None:
        if isValid(owner):
            act()


class Background:
    """Runs work for the window.

    Guarantees: `work` never runs on the window's thread; exactly one of `done` and `failed` is
    called, on the window's thread, and neither if `owner` or the window is gone; within a lane order is kept.
    """

    def __init__(self, courier: Courier) -> None:
        self._courier = courier
        self._lanes: dict[Lane, SimpleQueue[Act | None]] = {}
        self._threads: list[threading.Thread] = []
        self._ending = False
        self._closed = False

    def run(
        self,
        owner: QObject,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None],
        lane: Lane = Lane.COMMANDS,
    ) -> None:
        """Do `work` on the lane's thread and give its result to `done`, or its error to `failed`."""
        if self._ending:
            return

        def job() -> None:
            try:
                result = work()
            except Exception as error:  # whatever work raises belongs to whoever asked for it
                self.post(owner, lambda error=error: failed(error))  # type: ignore[misc]
            else:
                self.post(owner, lambda: done(result))

        self._start(lane, job)

    def post(self, owner: QObject, act: Act) -> None:
        """From a worker: have `act` called on the window's thread while `owner` lives."""
        if not self._closed:
            self._courier.post(owner, act)

    def finish(self, timeout_s: float) -> None:
        """Wait until what was asked so far is done, at most `timeout_s`; nothing new is taken."""
        self._ending = True
        for queue in self._lanes.values():
            queue.put(None)
        self._lanes.clear()
        end = time.monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
        self._threads = [thread for thread in self._threads if thread.is_alive()]

    def close(self) -> None:
        """Deliver nothing any more and wait for the last thread."""
        self._closed = True
        self.finish(timeout_s=10.0)

    def _start(self, lane: Lane, job: Act) -> None:
        if lane is Lane.OWN:
            self._spawn(lane, job)
            return
        if lane not in self._lanes:
            queue: SimpleQueue[Act | None] = SimpleQueue()
            self._lanes[lane] = queue
            self._spawn(lane, lambda: _work_off(queue))
        self._lanes[lane].put(job)

    def _spawn(self, lane: Lane, target: Act) -> None:
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=target, name=f"window-{lane}", daemon=True)
        self._threads.append(thread)
        thread.start()


def _work_off(queue: SimpleQueue[Act | None]) -> None:
    while job := queue.get():
        job()
