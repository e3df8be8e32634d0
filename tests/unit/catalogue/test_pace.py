"""Rates, waits and how many connections: arithmetic on given times."""

import pytest

from app.catalogue.pace import Backoff, Rate, Throttle, Tuning, Widening, left_s, may_pass
from app.core.errors import (
    AccessDenied,
    AlcoveError,
    AnswerRefused,
    HostFailed,
    HostStalled,
    HostUnreachable,
    ProxyFailed,
    TlsFailed,
    TooManyRequests,
)

LOST = HostUnreachable(host="hub", reason="the connection was lost")


def test_the_rate_is_that_of_the_last_seconds() -> None:
    rate = Rate(window_s=5)
    assert rate.add(0, 0) == 0
    assert rate.add(1, 100) == 100
    for second in range(2, 20):
        rate.add(second, 100)
    assert rate.add(20, 100) == 0
    assert rate.add(21, 600) == pytest.approx(100, rel=0.01)


def test_a_rate_that_begins_anew_is_never_negative() -> None:
    rate = Rate()
    rate.add(0, 1000)
    rate.add(1, 2000)
    assert rate.add(2, 0) == 0
    assert rate.add(3, 50) == 50


def test_time_left_is_told_while_something_moves() -> None:
    assert left_s(100, 50) == 2
    assert left_s(100, 0) is None


def test_a_throttle_spreads_bytes_over_time() -> None:
    throttle = Throttle(1000)
    assert throttle.reserve(500, now=10) == 0.5
    assert throttle.reserve(500, now=10) == 1.0
    assert throttle.reserve(500, now=20) == 0.5  # no credit for the time in between


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (LOST, True),
        (HostStalled(host="hub"), True),
        (AnswerRefused(host="hub", reason="x"), True),
        (TooManyRequests(host="hub", wait_s=1), True),
        (ProxyFailed(proxy="p", reason="x"), True),
        (HostFailed(host="hub", status=503), True),
        (HostFailed(host="hub", status=408), True),
        (HostFailed(host="hub", status=416), False),
        (AccessDenied(repository="a/b", url="u"), False),
        (TlsFailed(host="hub", reason="x"), False),
    ],
)
def test_what_may_pass_by_itself(error: AlcoveError, passes: bool) -> None:
    assert may_pass(error) is passes


def test_waits_grow_up_to_a_limit_and_progress_starts_them_over() -> None:
    backoff = Backoff(Tuning(first_wait_s=1, longest_wait_s=5))
    backoff.progressed()
    assert [backoff.after(LOST) for _ in range(5)] == [1, 2, 4, 5, 5]
    backoff.progressed()
    assert backoff.after(LOST) == 1


def test_it_gives_up_sooner_where_nothing_was_ever_reached() -> None:
    tuning = Tuning(blind_attempts=3, attempts=6)
    backoff = Backoff(tuning)
    backoff.after(LOST)
    backoff.after(LOST)
    with pytest.raises(HostUnreachable):
        backoff.after(LOST)
    seen = Backoff(tuning)
    seen.progressed()
    for _ in range(5):
        seen.after(LOST)
    with pytest.raises(HostUnreachable):
        seen.after(LOST)


def test_a_wait_that_was_asked_for_is_kept_unless_it_is_too_long() -> None:
    backoff = Backoff(Tuning(longest_asked_wait_s=100))
    assert backoff.after(TooManyRequests(host="hub", wait_s=99)) == 99
    with pytest.raises(TooManyRequests):
        backoff.after(TooManyRequests(host="hub", wait_s=101))


def widths(rates: list[int], most: int = 4) -> list[int]:
    """How many connections are wanted after each second in which so many bytes came."""
    widening, total, seen = Widening(most, window_s=1), 0, []
    widening.look(0, 0)
    for second, rate in enumerate(rates):
        total += rate
        widening.look(2 * second + 1, total)
        seen.append(widening.wanted)
        widening.look(2 * second + 2, total)
    return seen


def test_one_more_connection_is_kept_as_long_as_it_helps() -> None:
    assert widths([100, 200, 300, 400, 400]) == [2, 3, 4, 4, 4]
    assert widths([100, 105, 105]) == [2, 1, 1]
    assert widths([100, 200, 205, 205]) == [2, 3, 2, 2]
    assert widths([100, 200, 300], most=1) == [1, 1, 1]
    assert widths([0, 100, 200], most=2) == [1, 2, 2]


def test_a_connection_that_fails_narrows_it_for_good() -> None:
    widening = Widening(4, window_s=1)
    widening.look(0, 0)
    widening.look(1, 100)
    assert widening.wanted == 2
    widening.refused()
    for second in range(2, 9):
        widening.look(second, 1000 * second)
    assert widening.wanted == 1
