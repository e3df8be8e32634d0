"""Choose the next token from logits: the quickest way that the chosen parameters allow."""

from __future__ import annotations

import ctypes
import secrets
from collections import Counter, deque
from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np

from app.core.errors import EngineFault
from app.core.sampling import ANY_SEED, Sampling
from app.engine.backends.embedded.context import Logits
from app.engine.backends.embedded.library import Library

REPEAT_TOKENS = 64
"""How far back the repeat penalty looks; the others look at the whole answer."""

COLDEST = 1e-3
"""Below this temperature the likeliest token wins anyhow, and dividing by it would leave float32's range."""

LEAST_TEMPERATURE = 1e-3
"""Below this only the likeliest token has a chance, and dividing by it would overflow."""

BLOCK = 128
"""Probabilities are summed by blocks, then within the one that is hit; divides the vocabulary."""


class Sampler(Protocol):
    """`pick` may be asked again with other logits; only `accept` makes its token part of the answer."""

    def pick(self, logits: Logits) -> int: ...
    def accept(self, token: int) -> None: ...
    def close(self) -> None: ...


def make_sampler(library: Library, sampling: Sampling, vocabulary: int) -> Sampler:
    seed = secrets.randbits(31) if sampling.seed == ANY_SEED else sampling.seed
    sampler: Sampler
    if sampling.temperature < COLDEST:
        sampler = Greedy()
    elif sampling.top_k > 0 or sampling.top_p < 1 or sampling.min_p > 0:
        sampler = Chain(library, sampling, vocabulary, seed)
    else:
        sampler = Draw(sampling.temperature, seed)
    penalties = (sampling.repeat_penalty, sampling.frequency_penalty, sampling.presence_penalty)
    return sampler if penalties == (1, 0, 0) else Penalised(sampler, sampling)


class Greedy:
    """Always the likeliest token."""

    def pick(self, logits: Logits) -> int:
        token = int(logits.argmax())  # the first NaN, if there is one
        _require_number(logits[token])
        return token

    def accept(self, token: int) -> None:
        """Nothing depends on earlier tokens."""

    def close(self) -> None:
        """Nothing is held."""


class Draw(Greedy):
    """Draw from all tokens by temperature alone: five times as quick as llama.cpp's chain."""

    def __init__(self, temperature: float, seed: int) -> None:
        self._scale = np.float32(1 / temperature)
        self._random = np.random.Generator(np.random.PCG64(seed))

    def pick(self, logits: Logits) -> int:
        peak = logits.max()
        _require_number(peak)
        weights = logits - peak
        weights *= self._scale
        np.exp(weights, out=weights)
        blocks = weights.reshape(-1, BLOCK)
        block, rest = _hit(blocks.sum(axis=1), self._random.random())
        index, _ = _hit(blocks[block], rest)
        return block * BLOCK + index


def _require_number(peak: np.float32) -> None:
    """The highest logit tells for all: NaN wins every comparison, and samplers go astray with it.

    Raises:
        EngineFault: the model's weights are damaged.
    """
    if not np.isfinite(peak):
        raise EngineFault(reason="the model's file is damaged, it computes values that are no numbers")


def _hit(weights: Logits, share: float) -> tuple[int, float]:
    """The weight that lies at `share` (0 to 1) of their sum, and the share of it that lies before."""
    ends = weights.cumsum(dtype=np.float64)
    point = min(share * ends[-1], np.nextafter(ends[-1], 0))
    index = int(ends.searchsorted(point, side="right"))
    weight = float(weights[index])
    return index, min(max((point - (ends[index] - weight)) / weight, 0.0), 1.0)


class Chain:
    """llama.cpp's samplers one after another, those that are switched on."""

    def __init__(self, library: Library, sampling: Sampling, vocabulary: int, seed: int) -> None:
        self._api = library.api
        self._handle: Any = self._api.llama_sampler_chain_init(self._api.llama_sampler_chain_default_params())
        for sampler in _samplers(self._api, sampling, seed):
            self._api.llama_sampler_chain_add(self._handle, sampler)
        self._ids = np.arange(vocabulary, dtype=np.int32)
        self._candidates = np.zeros(vocabulary, [("id", np.int32), ("logit", np.float32), ("p", np.float32)])
        address = self._candidates.ctypes.data_as(ctypes.POINTER(self._api.llama_token_data))
        self._array = self._api.llama_token_data_array(data=address)

    def pick(self, logits: Logits) -> int:
        _require_number(logits.max())
        self._candidates["id"] = self._ids
        self._candidates["logit"] = logits
        array = self._array
        array.size, array.selected, array.sorted = len(self._ids), -1, False
        self._api.llama_sampler_apply(self._handle, ctypes.byref(array))
        return int(array.data[array.selected].id)

    def accept(self, token: int) -> None:
        self._api.llama_sampler_accept(self._handle, token)

    def close(self) -> None:
        self._api.llama_sampler_free(self._handle)


def _samplers(api: Any, sampling: Sampling, seed: int) -> Iterator[Any]:
    if sampling.top_k > 0:
        yield api.llama_sampler_init_top_k(sampling.top_k)
    if sampling.top_p < 1:
        yield api.llama_sampler_init_top_p(sampling.top_p, 1)
    if sampling.min_p > 0:
        yield api.llama_sampler_init_min_p(sampling.min_p, 1)
    yield api.llama_sampler_init_temp(sampling.temperature)
    yield api.llama_sampler_init_dist(seed)


class Penalised:
    """Makes what was accepted before less likely, then leaves the choice to another sampler.

    llama.cpp's penalties look every one of the 201,088 tokens up, which takes 7 ms; this looks at those used.
    """

    def __init__(self, inner: Sampler, sampling: Sampling) -> None:
        self._inner = inner
        self._sampling = sampling
        self._counts: Counter[int] = Counter()
        self._recent: deque[int] = deque(maxlen=REPEAT_TOKENS)

    def pick(self, logits: Logits) -> int:
        if not self._counts:
            return self._inner.pick(logits)
        logits = logits.copy()
        recent = list(set(self._recent))
        penalty = self._sampling.repeat_penalty
        logits[recent] = np.where(logits[recent] > 0, logits[recent] / penalty, logits[recent] * penalty)
        counts = np.fromiter(self._counts.values(), np.float32)
        logits[list(self._counts)] -= (
            counts * self._sampling.frequency_penalty + self._sampling.presence_penalty
        )
        return self._inner.pick(logits)

    def accept(self, token: int) -> None:
        self._counts[token] += 1
        self._recent.append(token)
        self._inner.accept(token)

    def close(self) -> None:
        self._inner.close()
