"""One llama.cpp context with one sequence in it: decode, logits, forget, save and restore."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.core.errors import EngineFault
from app.engine.backends.embedded.library import Library
from app.engine.backends.embedded.window import lay_out

Logits = NDArray[np.float32]

SEQUENCE = 0
ABORTED = 2
RING_STEP = 256
"""llama.cpp rounds the cells of the sliding window up to this."""


class Context:
    """The key-value cache and the compute buffers; `chunk` is the most tokens one `decode` takes.

    Sliding-window layers keep only the last `window` positions, so going back needs a saved state.
    """

    def __init__(self, library: Library, model: Any, handle: Any, chunk: int) -> None:
        api = library.api
        self._library = library
        self._api = api
        self._handle = handle
        self._memory = api.llama_get_memory(handle)
        self.chunk = chunk
        self.window: int = api.llama_model_n_swa(model)
        self.size: int = api.llama_n_ctx(handle)
        self._ring = -(-min(self.size, self.window + chunk) // RING_STEP) * RING_STEP
        self.vocabulary: int = api.llama_vocab_n_tokens(api.llama_model_get_vocab(model))
        self._tokens = np.zeros(chunk, np.int32)
        self._positions = np.zeros(chunk, np.int32)
        self._wanted = np.zeros(chunk, np.int8)
        self._batch = api.llama_batch(  # what is left out is NULL and means sequence 0
            token=self._tokens.ctypes.data_as(ctypes.POINTER(ctypes.c_int32)),
            pos=self._positions.ctypes.data_as(ctypes.POINTER(ctypes.c_int32)),
            logits=self._wanted.ctypes.data_as(ctypes.POINTER(ctypes.c_int8)),
        )

    def decode(
        self, tokens: Sequence[int], position: int, cancelled: Callable[[], bool] | None = None
    ) -> bool:
        """Evaluate up to `chunk` tokens at `position`; False if that was broken off, then none of them count.

        The logits of the last one can be read afterwards.
        """
        count = len(tokens)
        self._tokens[:count] = tokens
        self._positions[:count] = np.arange(position, position + count)
        self._wanted[:count] = 0
        self._wanted[count - 1] = 1
        self._batch.n_tokens = count
        if cancelled is None:
            return self._check(self._api.llama_decode(self._handle, self._batch))
        # The callback costs the interpreter lock at every node, so it is there for long batches only.
        callback = self._api.ggml_abort_callback(lambda _data: cancelled())
        self._api.llama_set_abort_callback(self._handle, callback, None)
        try:
            return self._check(self._api.llama_decode(self._handle, self._batch))
        finally:
            self._api.llama_set_abort_callback(self._handle, self._api.ggml_abort_callback(0), None)

    def logits(self) -> Logits:
        """A writable view of the logits of the last token decoded, valid until the next `decode`."""
        pointer = self._api.llama_get_logits_ith(self._handle, -1)
        if not pointer:
            raise EngineFault(reason="no logits")
        return np.ctypeslib.as_array(pointer, shape=(self.vocabulary,))

    def span(self) -> tuple[int, int]:
        """The first and last position still held by every layer; (-1, -1) when there is none."""
        api, memory = self._api, self._memory
        first: int = api.llama_memory_seq_pos_min(memory, SEQUENCE)
        last: int = api.llama_memory_seq_pos_max(memory, SEQUENCE)
        return first, last

    def forget(self, position: int) -> None:
        """Drop everything from `position` on."""
        self._api.llama_memory_seq_rm(self._memory, SEQUENCE, position, -1)

    def clear(self) -> None:
        self._api.llama_memory_clear(self._memory, False)

    def save(self) -> bytes:
        """What the sliding-window layers hold; the other layers can be cut back at any position."""
        api, flags = self._api, self._api.LLAMA_STATE_SEQ_FLAGS_PARTIAL_ONLY
        size = api.llama_state_seq_get_size_ext(self._handle, SEQUENCE, flags)
        state = (ctypes.c_uint8 * size)()
        if api.llama_state_seq_get_data_ext(self._handle, state, size, SEQUENCE, flags) != size:
            raise EngineFault(reason="the cache could not be saved")
        return bytes(state)

    def restore(self, state: bytes, position: int) -> None:
        """Go back to a state saved after `position` tokens; what lies beyond is forgotten."""
        api, flags = self._api, self._api.LLAMA_STATE_SEQ_FLAGS_PARTIAL_ONLY
        state = lay_out(state, position, self.window, self._ring)
        copy = (ctypes.c_uint8 * len(state)).from_buffer_copy(state)
        if api.llama_state_seq_set_data_ext(self._handle, copy, len(state), SEQUENCE, flags) != len(state):
            raise EngineFault(reason="the cache could not be restored")
        self.forget(position)

    def close(self) -> None:
        self._api.llama_free(self._handle)

    def _check(self, code: int) -> bool:
        if code == ABORTED:
            return False
        if code != 0:
            told = self._library.errors()[-1:]
            raise EngineFault(reason=": ".join((f"decoding failed with code {code}", *told)))
        return True
