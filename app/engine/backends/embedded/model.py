"""Load the weights of a model and open a context on them."""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import psutil

from app.core.errors import ModelLoadFailed
from app.core.events import LoadProgress
from app.core.model import LoadOptions, ModelFacts
from app.engine.backends.embedded.context import Context
from app.engine.backends.embedded.library import Library

CPU_CHUNK, GPU_CHUNK = 64, 512
"""Tokens evaluated in one go: small on a CPU, so that a stop in prefill is felt at once."""

SMALL_MODEL_BYTES = 256 << 20
"""A model this small is quicker on one thread: its layers take less time than threads to meet."""

PROGRESS_PAUSE_S = 0.1


class Model:
    """Weights in memory. Made by `load`; `close` the contexts before it."""

    def __init__(self, library: Library, handle: Any, facts: ModelFacts, options: LoadOptions) -> None:
        self.facts = facts
        self._library = library
        self._handle = handle
        self._options = options

    def open(self) -> Context:
        """A new, empty context.

        Raises:
            ModelLoadFailed: there is not enough memory for it.
        """
        api = self._library.api
        chunk = GPU_CHUNK if self._options.gpu_layers else CPU_CHUNK
        wanted = api.llama_context_default_params()
        wanted.n_ctx = min(self._options.context_tokens, self.facts.context_tokens)
        wanted.n_batch = wanted.n_ubatch = chunk
        wanted.n_outputs_max = 1  # else the compute buffer holds a row of logits for every token
        wanted.flash_attn_type = api.LLAMA_FLASH_ATTN_TYPE_AUTO
        wanted.swa_full = False
        wanted.n_threads = wanted.n_threads_batch = self._threads()
        wanted.no_perf = True
        self._library.listen()
        handle = api.llama_init_from_model(self._handle, wanted)
        if not handle:
            raise _failed(self._library, self.facts)
        return Context(self._library, self._handle, handle, chunk)

    def close(self) -> None:
        self._library.api.llama_model_free(self._handle)

    def _threads(self) -> int:
        if self._options.threads:
            return self._options.threads
        if self.facts.size_bytes <= SMALL_MODEL_BYTES:
            return 1
        return psutil.cpu_count(logical=False) or os.cpu_count() or 1


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
            wanted = api.llama_model_default_params()
            wanted.n_gpu_layers = self._options.gpu_layers
            on_cpu = not self._options.gpu_layers
            wanted.load_mode = api.LLAMA_LOAD_MODE_MMAP if on_cpu else api.LLAMA_LOAD_MODE_AUTO
            wanted.use_extra_bufts = self._options.repack
            wanted.kv_overrides = _without_tokenizer(api, self._facts)
            wanted.progress_callback = api.llama_progress_callback(self._tell)
            self._library.listen()
            self._handle = api.llama_model_load_from_file(os.fsencode(self._facts.path), wanted)
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


def _without_tokenizer(api: Any, facts: ModelFacts) -> Any:
    """Let llama.cpp leave the tokenizer out: it is never asked (see `harmony`), and takes 60 MB and 0.5 s."""
    overrides = (api.llama_model_kv_override * 3)()  # the last one stays empty: the end
    overrides[0].tag = api.LLAMA_KV_OVERRIDE_TYPE_STR
    overrides[0].key = b"tokenizer.ggml.model"
    overrides[0].value.val_str = b"none"
    overrides[1].tag = api.LLAMA_KV_OVERRIDE_TYPE_INT
    overrides[1].key = f"{facts.architecture}.vocab_size".encode()
    overrides[1].value.val_i64 = facts.vocabulary
    return overrides
