"""Choosing tokens: every parameter does what it says, and a refused token leaves no trace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest

from app.core.errors import EngineFault
from app.core.sampling import Sampling
from app.engine.backends.embedded.context import Logits
from app.engine.backends.embedded.library import Library
from app.engine.backends.embedded.sampler import Chain, Draw, Greedy, Penalised, Sampler, make_sampler

SIZE = 896


@pytest.fixture(scope="module")
def library() -> Library:
    return Library()


@pytest.fixture
def logits() -> Logits:
    """Nearly all weight on ids 5 (60 %), 700 (30 %) and 701 (10 %)."""
    weights = np.full(SIZE, 1e-9)
    weights[[5, 700, 701]] = 0.6, 0.3, 0.1
    return np.log(weights).astype(np.float32)


def picks(sampler: Sampler, logits: Logits, count: int = 2000) -> Counter[int]:
    return Counter(sampler.pick(logits) for _ in range(count))


def shares(library: Library, sampling: Sampling, logits: Logits) -> dict[int, float]:
    sampler = make_sampler(library, sampling, SIZE)
    found = picks(sampler, logits)
    sampler.close()
    return {token: count / found.total() for token, count in found.items()}


@pytest.mark.parametrize(
    ("sampling", "kind"),
    [
        (Sampling(), Draw),
        (Sampling(temperature=0), Greedy),
        (Sampling(temperature=0, top_k=3), Greedy),
        (Sampling(temperature=1e-300), Greedy),
        (Sampling(temperature=5e-324, top_k=3), Greedy),
        (Sampling(top_k=3), Chain),
        (Sampling(temperature=0, repeat_penalty=1.1), Penalised),
        (Sampling(presence_penalty=1), Penalised),
    ],
)
def test_what_is_off_costs_nothing(library: Library, sampling: Sampling, kind: type) -> None:
    sampler = make_sampler(library, sampling, SIZE)
    assert type(sampler) is kind
    sampler.close()


@pytest.mark.parametrize("sampling", [Sampling(seed=1), Sampling(seed=1, top_k=SIZE)], ids=["draw", "chain"])
def test_draws_follow_the_probabilities(library: Library, sampling: Sampling, logits: Logits) -> None:
    found = shares(library, sampling, logits)
    assert found[5] == pytest.approx(0.6, abs=0.05)
    assert found[700] == pytest.approx(0.3, abs=0.05)
    assert found[701] == pytest.approx(0.1, abs=0.05)


@pytest.mark.parametrize("top_k", [0, SIZE], ids=["draw", "chain"])
def test_temperature_sharpens_and_flattens(library: Library, top_k: int, logits: Logits) -> None:
    assert shares(library, Sampling(temperature=0.25, seed=1, top_k=top_k), logits)[5] > 0.9
    assert shares(library, Sampling(temperature=2, seed=1, top_k=top_k), logits)[5] < 0.5


def test_top_k_top_p_and_min_p_narrow_the_choice(library: Library, logits: Logits) -> None:
    assert set(shares(library, Sampling(top_k=2, seed=1), logits)) == {5, 700}
    assert set(shares(library, Sampling(top_p=0.5, seed=1), logits)) == {5}
    assert set(shares(library, Sampling(min_p=0.4, seed=1), logits)) == {5, 700}


@pytest.mark.parametrize("top_k", [0, SIZE], ids=["draw", "chain"])
def test_the_same_seed_gives_the_same_choices(library: Library, top_k: int) -> None:
    flat = np.zeros(SIZE, np.float32)
    runs = []
    for seed in (3, 3, 4, -1, -1):
        sampler = make_sampler(library, Sampling(seed=seed, top_k=top_k), SIZE)
        runs.append([sampler.pick(flat) for _ in range(20)])
        sampler.close()
    assert runs[0] == runs[1]
    assert len({tuple(run) for run in runs}) == 4


@pytest.mark.parametrize("top_k", [0, SIZE], ids=["draw", "chain"])
def test_a_masked_token_is_never_drawn(library: Library, top_k: int) -> None:
    masked = np.full(SIZE, -np.inf, np.float32)
    masked[[0, 127, 128, 895]] = -3
    assert set(shares(library, Sampling(seed=1, top_k=top_k), masked)) == {0, 127, 128, 895}


def test_a_draw_of_flat_logits_reaches_every_token() -> None:
    found = picks(Draw(1.0, seed=1), np.zeros(SIZE, np.float32), 10_000)
    assert len(found) == SIZE
    assert max(found.values()) < 40


@pytest.fixture
def penal(library: Library) -> Iterator[Sampler]:
    sampler = make_sampler(library, Sampling(temperature=0, presence_penalty=2), SIZE)
    yield sampler
    sampler.close()


def test_only_what_was_accepted_is_penalised(penal: Sampler, logits: Logits) -> None:
    assert [penal.pick(logits) for _ in range(3)] == [5, 5, 5]
    penal.accept(5)
    assert penal.pick(logits) == 700
    penal.accept(700)
    assert penal.pick(logits) == 701


def test_penalties_leave_the_logits_as_they_were(penal: Sampler, logits: Logits) -> None:
    before = logits.copy()
    penal.accept(5)
    penal.pick(logits)
    assert np.array_equal(logits, before)


def test_each_penalty_does_what_it_says(library: Library) -> None:
    logits = np.full(SIZE, -10, np.float32)
    logits[[1, 2]] = 3.0, 2.5

    def choices(**penalty: float) -> list[int]:
        sampler = make_sampler(library, Sampling(temperature=0, **penalty), SIZE)
        found = []
        for _ in range(6):
            found.append(sampler.pick(logits))
            sampler.accept(found[-1])
        sampler.close()
        return found

    assert choices() == [1] * 6
    assert choices(presence_penalty=0.4) == [1] * 6
    assert choices(presence_penalty=0.6) == [1, 2, 1, 1, 1, 1]
    assert choices(frequency_penalty=0.4) == [1, 1, 2, 1, 2, 1]
    assert choices(repeat_penalty=1.3) == [1, 2, 1, 1, 1, 1]
    assert choices(repeat_penalty=0.5) == [1] * 6


@pytest.mark.parametrize("temperature", [0, 5e-324, 1e-3, 2])
@pytest.mark.parametrize("top_k", [0, SIZE], ids=["draw", "chain"])
def test_the_coldest_and_the_hottest_draws_stay_within_the_vocabulary(
    library: Library, top_k: int, temperature: float, logits: Logits
) -> None:
    found = shares(library, Sampling(temperature=temperature, top_k=top_k, seed=1), logits)
    assert set(found) <= set(range(SIZE))
    assert temperature == 2 or found == {5: 1.0}


@pytest.mark.parametrize(
    "sampling",
    [Sampling(), Sampling(temperature=0), Sampling(top_k=3), Sampling(presence_penalty=1)],
    ids=["draw", "greedy", "chain", "penalised"],
)
@pytest.mark.parametrize("broken", [np.nan, np.inf])
def test_a_damaged_model_is_said_and_nothing_is_drawn(
    library: Library, sampling: Sampling, broken: float, logits: Logits
) -> None:
    sampler = make_sampler(library, sampling, SIZE)
    logits[17] = broken
    with pytest.raises(EngineFault, match="damaged"):
        sampler.pick(logits)
    sampler.close()
