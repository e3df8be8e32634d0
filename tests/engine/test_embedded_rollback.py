"""Going back in the cache: what follows equals a fresh context to the last bit."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from app.engine.backends.embedded.cache import Cache
from app.engine.backends.embedded.model import Model
from tests.helpers.embedded import never, open_model
from tests.helpers.rollback import DEPTHS, by_checkpoint, differs, fresh, ids, plainly


@pytest.fixture(scope="module")
def model(demo_model: Path) -> Iterator[Model]:
    with open_model(demo_model) as model:
        yield model


class Countdown:
    """Asks to stop after so many checks."""

    def __init__(self, checks: int) -> None:
        self.left = checks

    def __call__(self) -> bool:
        self.left -= 1
        return self.left < 0


def test_logits_after_a_rollback_equal_a_fresh_context(model: Model) -> None:
    assert [depth for depth in DEPTHS if differs(model, depth, by_checkpoint, 400)] == []


def test_the_same_test_fails_on_a_plain_rollback(model: Model) -> None:
    assert [depth for depth in (200, 700) if not differs(model, depth, plainly, 400)] == []


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
