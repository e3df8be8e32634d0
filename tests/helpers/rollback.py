"""Compare the cache after going back with a fresh context that is fed the same batches."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import numpy as np

from app.engine.backends.embedded.cache import Cache, shared_length
from app.engine.backends.embedded.context import Logits
from app.engine.backends.embedded.model import Model
from tests.helpers.embedded import never

DEPTHS = (1, 2, 3, 5, 9, 20, 40, 64, 100, 127, 128, 129, 200, 256, 300, 500, 777, 1000, 1500, 2000)
TEXT_IDS = 190_000
STEP = 50
"""Tokens of an answer are fed this many at a time; what is gone back over may have come in any batches."""

GoBack = Callable[[Cache, Sequence[int]], None]


def ids(random_: random.Random, count: int) -> list[int]:
    return [random_.randrange(TEXT_IDS) for _ in range(count)]


def by_checkpoint(cache: Cache, prompt: Sequence[int]) -> None:
    """What the program does."""
    list(cache.prefill(prompt, (), never))


def plainly(cache: Cache, prompt: Sequence[int]) -> None:
    """What llama.cpp offers, and reports as done: cut off the end and go on."""
    position = shared_length(prompt, cache.tokens)
    cache._memory.forget(position)
    del cache.tokens[position:]
    cache.batch_ends = [end for end in cache.batch_ends if end < position] + [position]
    for start in range(position, len(prompt), STEP):
        cache.extend(prompt[start : start + STEP])


def differs(model: Model, depth: int, go_back: GoBack, longest_prompt: int = 900) -> bool:
    """Whether logits after going back over `depth` tokens differ in any bit from those of a fresh context.

    The fresh context is llama.cpp's alone and gets the batches that the cache holds: rounding depends on
    how tokens are split into batches.
    """
    random_ = random.Random(depth)
    prompt = ids(random_, random_.randrange(50, longest_prompt))
    following = ids(random_, random_.randrange(1, 200))
    context = model.open()
    cache = Cache(context)
    list(cache.prefill(prompt, (), never))
    for start in range(0, depth, STEP):
        cache.extend(ids(random_, min(STEP, depth - start)))
    go_back(cache, prompt + following)
    found = [context.logits().copy()]
    for token in ids(random_, 3):
        cache.extend([token])
        found.append(context.logits().copy())
    context.close()
    pairs = zip(found, fresh(model, cache, len(found)), strict=True)
    return not all(np.array_equal(one, other) for one, other in pairs)


def fresh(model: Model, cache: Cache, count: int) -> list[Logits]:
    """The logits after each of the last `count` batches of what the cache holds."""
    context, start, found = model.open(), 0, []
    for end in cache.batch_ends:
        context.decode(cache.tokens[start:end], start)
        found.append(context.logits().copy())
        start = end
    context.close()
    return found[-count:]
