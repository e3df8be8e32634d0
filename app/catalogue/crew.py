"""The connections of one download: as many as help, started again after what may pass."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from app.catalogue.connection import Connection, Work
from app.catalogue.pace import Backoff, Widening, may_pass
from app.catalogue.room import write_error
from app.core.download import Retrying
from app.core.errors import AlcoveError

END_PATIENCE_S = 0.2


class Crew:
    """Led by the download's own thread, which calls `step` again and again."""

    def __init__(self, work: Work, target: Path, tell: Callable[[Retrying], None]) -> None:
        self._work = work
        self._target = target
        self._tell = tell
        self._backoff = Backoff(work.tuning)
        most = 1 if work.tuning.bytes_per_s else work.tuning.connections
        self._widening = Widening(most, work.tuning.widen_s)
        self._running: list[Connection] = []
        self._came_bytes = 0
        self._not_before = 0.0

    @property
    def size(self) -> int:
        return len(self._running)

    def step(self, now: float) -> None:
        """See to those that ended, and start what is missing.

        Raises:
            AlcoveError: something that trying again does not help.
        """
        ended = [connection for connection in self._running if connection.has_ended]
        self._running = [connection for connection in self._running if connection not in ended]
        for connection in ended:
            if connection.error is not None:
                self._see_to(connection.error, now)
        self._widening.look(now, self._work.part.came_bytes)
        while now >= self._not_before and self.size < self._widening.wanted and self._work.part.has_free:
            connection = Connection(self._work, self._may_go_on, lambda: self._widening.wanted == 1)
            self._running.append(connection)
            connection.start()

    def end(self) -> bool:
        """Wait a little for those that run; whether all have ended."""
        until = time.monotonic() + END_PATIENCE_S
        for connection in self._running:
            connection.join(max(0.0, until - time.monotonic()))
        return all(connection.has_ended for connection in self._running)

    def _may_go_on(self, connection: Connection) -> bool:
        return connection in self._running[: self._widening.wanted]

    def _see_to(self, error: AlcoveError | OSError, now: float) -> None:
        if isinstance(error, OSError):
            raise write_error(error, self._target, self._work.part.identity.size_bytes) from error
        if self._work.part.came_bytes > self._came_bytes:
            self._came_bytes = self._work.part.came_bytes
            self._backoff.progressed()
        if self._running and may_pass(error):
            self._widening.refused()  # the others go on with what this one leaves
            return
        wait_s = self._backoff.after(error)
        self._not_before = now + wait_s
        self._tell(Retrying(error, wait_s, self._backoff.failures))
