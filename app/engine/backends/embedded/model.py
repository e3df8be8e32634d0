"""Load the weights of a model and open a context on them."""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from app.core.errors import ModelLoadFailed
from app.core.events import LoadProgress
from app.core.model import LoadOptions, ModelFacts
from app.engine.backends.embedded.context import Context
from app.engine.backends.embedded.library import Library
from app.engine.backends.embedded.parameters import ModelParameters, context_parameters

PROGRESS_PAUSE_S = 0.1


class Model:
    """Weights in memory. Made by `load`; `close` the contexts before it."""

    def __init__(self, library: Library, handle: Any, facts: ModelFacts, options: LoadOptions) -> None:
        self.facts = facts
        self._library = library
        self._handle = handle
        self.options = options

    def open(self) -> Context:
        """A new, empty context.

        Raises:
            ModelLoadFailed: there is not enough memory for it.
        """
        wanted = context_parameters(self._library.api, self.facts, self.options)
        self._library.listen()
        handle = self._library.api.llama_init_from_model(self._handle, wanted)
        if not handle:
            raise _failed(self._library, self.facts)
        return Context(self._library, self._handle, handle, wanted.n_ubatch)

    def close(self) -> None:
        self._library.api.llama_model_free(self._handle)


class Loading(Iterator[LoadProgress]):
    """A load under way on a thread of its own; iterate for its progress, then take `model`."""

    def __init__(
        self, library: Library, facts: ModelFacts, options: LoadOptions, cancelled: Callable[[], bool]
    ) -> None:
        self._library = library
        self._facts = facts
        self._options = options
        self._cancelled = cancelled
        self._given_up = False
        self._started_at = time.monotonic()
        self._told_at = 0.0
        self._handle: Any = None
        self._news: queue.SimpleQueue[LoadProgress | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._load, name="load")
        self._thread.start()

    def __next__(self) -> LoadProgress:
        news = self._news.get()
        if news is None:
            self._thread.join()
            raise StopIteration
        return news

    def model(self) -> Model | None:
        """Wait for the end; None if it was cancelled.

        Raises:
            ModelLoadFailed: llama.cpp refused the file or ran out of memory.
        """
        self._thread.join()
        if self._handle:
            return Model(self._library, self._handle, self._facts, self._options)
        if self._given_up:
            return None
        raise _failed(self._library, self._facts)

    def abandon(self) -> None:
        """Break the load off, wait until it has ended and free what it made."""
        self._given_up = True
        self._thread.join()
        if self._handle:
            self._library.api.llama_model_free(self._handle)

    def _load(self) -> None:
        api = self._library.api
        try:
            wanted = ModelParameters(self._library, self._facts, self._options)
            tell = api.llama_progress_callback(self._tell)
            wanted.values.progress_callback = tell
            self._library.listen()
            self._handle = api.llama_model_load_from_file(os.fsencode(self._facts.path), wanted.values)
        finally:
            self._news.put(None)

    def _tell(self, fraction: float, _user_data: int | None) -> bool:
        """Pass the progress on; False ends the load."""
        self._given_up = self._given_up or self._cancelled()
        now = time.monotonic()
        if now - self._told_at >= PROGRESS_PAUSE_S or fraction >= 1:
            self._told_at = now
            left_s = (now - self._started_at) * (1 - fraction) / fraction if fraction > 0.02 else None
            self._news.put(LoadProgress(fraction, left_s))
        return not self._given_up


def _failed(library: Library, facts: ModelFacts) -> ModelLoadFailed:
    """The first error is the reason, those after it only say that something failed."""
    reason = next(iter(library.errors()), "llama.cpp gave no reason")
    return ModelLoadFailed(path=str(facts.path), reason=reason)
