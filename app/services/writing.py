"""Which conversations have an answer being written: one each at most."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

from app.core.errors import Busy
from app.services.answer import Answer


class Writing:
    """The answers being written, by conversation. May be used from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: dict[int, Answer | None] = {}

    @contextlib.contextmanager
    def reserved(self, conversation_id: int) -> Iterator[None]:
        """Keep other answers out while one is being prepared, and on unless that fails.

        Raises:
            Busy: one is being prepared or written there.
        """
        with self._lock:
            if conversation_id in self._answers:
                raise Busy
            self._answers[conversation_id] = None
        try:
            yield
        except BaseException:
            self.remove(conversation_id)
            raise

    def put(self, conversation_id: int, answer: Answer) -> None:
        with self._lock:
            self._answers[conversation_id] = answer

    def remove(self, conversation_id: int) -> None:
        with self._lock:
            self._answers.pop(conversation_id, None)

    def cancel(self, conversation_id: int) -> None:
        with self._lock:
            answer = self._answers.get(conversation_id)
        if answer is not None:
            answer.cancel()

    def all(self) -> list[Answer]:
        with self._lock:
            return [answer for answer in self._answers.values() if answer is not None]
