"""The cache's bookkeeping against a memory that knows what every token has seen."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.engine.backends.embedded.cache import CHECKPOINTS, Cache, shared_length
from app.engine.backends.embedded.context import Logits


class FakeMemory:
    """Layers that keep everything, and a ring that keeps the last positions only: like the real one, it
    takes any batch and never complains. Its logits tell what the last token could look at."""

    chunk, window = 4, 5

    def __init__(self) -> None:
        self.full: list[int] = []
        self.ring: dict[int, int] = {}
        self.decoded = 0

    def decode(
        self, tokens: Sequence[int], position: int, cancelled: Callable[[], bool] | None = None
    ) -> bool:
        assert 0 < len(tokens) <= self.chunk
        broken_off = cancelled is not None and cancelled()
        self.ring |= {position + index: token for index, token in enumerate(tokens)}
        for old in sorted(self.ring)[: -self.window - self.chunk]:
            del self.ring[old]
        if broken_off:
            self.forget(position)
            return False
        self.full = self.full[:position] + list(tokens)
        self.decoded += len(tokens)
        return True

    def logits(self) -> Logits:
        return np.array([hash(sight(self.full, self.ring)) % 2**20], np.float32)

    def span(self) -> tuple[int, int]:
        return min(self.ring, default=-1), max(self.ring, default=-1)

    def forget(self, position: int) -> None:
        self.full = self.full[:position]
        self.ring = {at: token for at, token in self.ring.items() if at < position}

    def clear(self) -> None:
        self.full, self.ring = [], {}

    def save(self) -> bytes:
        return pickle.dumps(self.ring)

    def restore(self, state: bytes, position: int) -> None:
        self.ring = pickle.loads(state)
        self.full = self.full[:position]


def sight(full: Sequence[int], ring: dict[int, int]) -> tuple[object, ...]:
    last = len(full) - 1
    return tuple(full), tuple((at, ring.get(at)) for at in range(max(0, last - 4), last + 1))


def expected(tokens: Sequence[int]) -> Logits:
    return np.array([hash(sight(tokens, dict(enumerate(tokens)))) % 2**20], np.float32)


def cancel_after(checks: int) -> Callable[[], bool]:
    left = [checks]

    def cancelled() -> bool:
        left[0] -= 1
        return left[0] < 0

    return cancelled


def never() -> bool:
    return False


PROMPTS = st.lists(
    st.tuples(
        st.lists(st.integers(0, 1), min_size=1, max_size=40),  # few different ids: long shared starts
        st.lists(st.integers(0, 40), max_size=2),
        st.lists(st.integers(0, 1), max_size=30),
        st.one_of(st.none(), st.integers(0, 8)),
    ),
    min_size=1,
    max_size=8,
)


@given(PROMPTS)
def test_whatever_came_before_a_prompt_ends_as_if_it_were_the_first(
    turns: list[tuple[list[int], list[int], list[int], int | None]],
) -> None:
    memory = FakeMemory()
    cache = Cache(memory)
    for prompt, stops, answer, checks in turns:
        cancelled = never if checks is None else cancel_after(checks)
        list(cache.prefill(prompt, stops, cancelled))
        assert cache.tokens == prompt[: len(cache.tokens)]
        assert cache.batch_ends[-1:] == [len(cache.tokens)] * bool(cache.tokens)
        if checks is None:
            assert cache.tokens == prompt
            assert cache.logits() == expected(prompt)
        for token in answer:
            cache.extend([token])
            assert cache.logits() == expected(cache.tokens)


@given(PROMPTS)
def test_what_is_called_reusable_is_what_is_reused(
    turns: list[tuple[list[int], list[int], list[int], int | None]],
) -> None:
    memory = FakeMemory()
    cache = Cache(memory)
    for prompt, stops, answer, _ in turns:
        foretold, before = cache.reusable(prompt), memory.decoded
        assert next(iter(cache.prefill(prompt, stops, never))) == foretold
        list(cache.prefill(prompt, stops, never))
        assert memory.decoded - before == len(prompt) - foretold
        for token in answer:
            cache.extend([token])


def test_the_next_turn_goes_on_where_the_last_prompt_ended() -> None:
    cache = Cache(FakeMemory())
    list(cache.prefill([1] * 30, (), never))
    for _ in range(20):
        cache.extend([2])
    assert cache.reusable([1] * 30 + [3] * 9) == 30


def test_asking_the_same_again_evaluates_nothing() -> None:
    memory = FakeMemory()
    cache = Cache(memory)
    list(cache.prefill([1] * 30, (), never))
    first = cache.logits().copy()
    for _ in range(20):
        cache.extend([2])
    decoded = memory.decoded
    list(cache.prefill([1] * 30, (), never))
    assert memory.decoded == decoded
    assert cache.logits() == first


def test_an_edit_of_the_last_question_goes_on_at_its_start() -> None:
    cache = Cache(FakeMemory())
    list(cache.prefill([1] * 30 + [2] * 9, (30,), never))
    assert cache.reusable([1] * 30 + [3] * 9) == 30


def test_a_continuation_of_what_was_written_needs_no_checkpoint() -> None:
    cache = Cache(FakeMemory())
    list(cache.prefill([1] * 30, (), never))
    cache.extend([2, 2])
    assert cache.reusable([1] * 30 + [2, 2, 3]) == 32


def test_checkpoints_stay_few_and_the_newest_are_kept() -> None:
    cache = Cache(FakeMemory())
    for length in range(10, 800, 10):
        list(cache.prefill([1] * length, (), never))
    positions = [length for length in range(10, 800, 10) if cache.reusable([1] * length + [2]) == length]
    assert len(positions) == CHECKPOINTS
    assert positions[-2:] == [780, 790]
    assert positions[0] < 200


def test_shared_length() -> None:
    assert shared_length([1, 2, 3], [1, 2, 4, 5]) == 2
    assert shared_length([1, 2], [1, 2, 4]) == 2
    assert shared_length([], [1]) == 0
