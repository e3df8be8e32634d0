"""Going back in the cache: what follows equals a fresh context to the last bit."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from app.engine.backends.embedded.cache import Cache, shared_length
from app.engine.backends.embedded.context import Logits
from app.engine.backends.embedded.model import Model
from tests.helpers.embedded import never, open_model

DEPTHS = (1, 2, 3, 5, 9, 20, 40, 64, 100, 127, 128, 129, 200, 256, 300, 500, 777, 1000, 1500, 2000)
TEXT_IDS = 190_000


@pytest.fixture(scope="module")
def model(demo_model: Path) -> Iterator[Model]:
    with open_model(demo_model) as model:
        yield model


def ids(random_: random.Random, count: int) -> list[int]:
    return [random_.randrange(TEXT_IDS) for _ in range(count)]


class Countdown:
    """Asks to stop after so many checks."""

    def __init__(self, checks: int) -> None:
        self.left = checks

    def __call__(self) -> bool:
        self.left -= 1
        return self.left < 0


def by_checkpoint(cache: Cache, prompt: Sequence[int]) -> None:
    list(cache.prefill(prompt, (), never))


def plainly(cache: Cache, prompt: Sequence[int]) -> None:
    """What the library offers and reports as done: cut off the end and go on."""
    position = shared_length(prompt, cache.tokens)
    cache._memory.forget(position)
    del cache.tokens[position:]
    cache.batch_ends = [end for end in cache.batch_ends if end < position] + [position]
    for start in range(position, len(prompt), 128):
        cache.extend(prompt[start : start + 128])


def differs(model: Model, depth: int, go_back: Callable[[Cache, Sequence[int]], None]) -> bool:
    """Whether logits after going back over `depth` tokens differ from those of a fresh context.

    The fresh context is llama.cpp's alone and gets the batches that the cache holds: rounding depends on
    how tokens are split into batches.
    """
    random_ = random.Random(depth)
    prompt, following = ids(random_, random_.randrange(50, 900)), ids(random_, random_.randrange(1, 200))
    context = model.open()
    cache = Cache(context)
    list(cache.prefill(prompt, (), never))
    for start in range(0, depth, 100):
        cache.extend(ids(random_, min(100, depth - start)))
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


def test_logits_after_a_rollback_equal_a_fresh_context(model: Model) -> None:
    assert [depth for depth in DEPTHS if differs(model, depth, by_checkpoint)] == []


def test_the_same_test_fails_on_a_plain_rollback(model: Model) -> None:
    assert [depth for depth in (200, 500, 2000) if not differs(model, depth, plainly)] == []


def test_a_stop_in_prefill_leaves_nothing_behind(model: Model) -> None:
    random_ = random.Random(1)
    first, second = ids(random_, 400), ids(random_, 300)
    context = model.open()
    cache = Cache(context)
    list(cache.prefill(first, (), never))
    cancelled = Countdown(60)
    *_, done = cache.prefill(first + second, (), cancelled)
    assert cancelled.left < 0
    assert 400 <= done < 700
    assert context.span()[1] == done - 1
    list(cache.prefill(first + second, (), never))
    assert np.array_equal(context.logits(), fresh(model, cache, 1)[0])
    context.close()
