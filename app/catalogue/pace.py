"""How fast a download goes, may go and should try again; pure arithmetic on times that are passed in."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass

from app.catalogue.job import Stop
from app.core.errors import (
    AlcoveError,
    AnswerRefused,
    DownloadError,
    HostFailed,
    HostStalled,
    HostUnreachable,
    ProxyFailed,
    TooManyRequests,
)


@dataclass(frozen=True, slots=True)
class Tuning:
    """How a download behaves. A person may set the first two; tests make the rest hastier.

    `slow_bytes_per_s` is the least a connection must bring on average over `slow_s`; of `attempts` in a
    row without a byte, `blind_attempts` are made before any host has answered at all.
    """

    bytes_per_s: int = 0
    connections: int = 4
    block_bytes: int = 64 << 20
    reserve_bytes: int = 1 << 30
    stall_s: float = 20.0
    slow_s: float = 30.0
    slow_bytes_per_s: int = 1000
    attempts: int = 20
    blind_attempts: int = 3
    first_wait_s: float = 1.0
    longest_wait_s: float = 30.0
    longest_asked_wait_s: float = 300.0
    widen_s: float = 3.0
    progress_s: float = 0.25


class Rate:
    """Bytes per second over the last seconds."""

    def __init__(self, window_s: float = 5.0) -> None:
        self._window_s = window_s
        self._samples: deque[tuple[float, int]] = deque()

    def add(self, now: float, total_bytes: int) -> float:
        """Note that `total_bytes` have come until `now`, and give the rate."""
        samples = self._samples
        if samples and total_bytes < samples[-1][1]:  # some were thrown away
            samples.clear()
        samples.append((now, total_bytes))
        while len(samples) > 2 and samples[1][0] <= now - self._window_s:
            samples.popleft()
        (start, before), (end, after) = samples[0], samples[-1]
        return (after - before) / (end - start) if end > start else 0.0


def left_s(missing_bytes: int, bytes_per_s: float) -> float | None:
    """How long the rest will take, None while nothing moves."""
    return missing_bytes / bytes_per_s if bytes_per_s > 0 else None


class Throttle:
    """Holds all connections of a download together to a limit; 0 is none."""

    def __init__(self, bytes_per_s: int) -> None:
        self.bytes_per_s = bytes_per_s
        self._lock = threading.Lock()
        self._free_at = 0.0

    def pass_on(self, size_bytes: int, stop: Stop) -> None:
        """Wait as long as it takes until so many bytes may have come."""
        if self.bytes_per_s:
            pause_s = self.reserve(size_bytes, time.monotonic())
            if pause_s > 0:
                stop.sleep(pause_s)

    def reserve(self, size_bytes: int, now: float) -> float:
        """The seconds to wait after having received so many bytes."""
        with self._lock:
            self._free_at = max(now, self._free_at) + size_bytes / self.bytes_per_s
            return self._free_at - now


def may_pass(error: AlcoveError) -> bool:
    """Whether trying again may help by itself."""
    match error:
        case HostFailed():
            status = error.values["status"]
            return isinstance(status, int) and (status >= 500 or status == 408)
        case HostUnreachable() | HostStalled() | TooManyRequests() | AnswerRefused() | ProxyFailed():
            return True
        case _:
            return False


class Backoff:
    """How long to wait before trying again, and when to give up."""

    def __init__(self, tuning: Tuning) -> None:
        self._tuning = tuning
        self._has_contact = False
        self.failures = 0

    def progressed(self) -> None:
        """Bytes came: whatever went wrong is forgotten."""
        self._has_contact = True
        self.failures = 0

    def after(self, error: AlcoveError) -> float:
        """The seconds to wait after this error.

        Raises:
            AlcoveError: this very error, when there is no use in trying again.
        """
        self.failures += 1
        blind = isinstance(error, HostUnreachable | ProxyFailed) and not self._has_contact
        attempts = self._tuning.blind_attempts if blind else self._tuning.attempts
        if not may_pass(error) or self.failures >= attempts:
            raise error
        if isinstance(error, TooManyRequests):
            return self._asked_wait_s(error)
        wait_s: float = self._tuning.first_wait_s * 2 ** (self.failures - 1)
        return min(wait_s, self._tuning.longest_wait_s)

    def _asked_wait_s(self, error: DownloadError) -> float:
        wait_s = error.values["wait_s"]
        assert isinstance(wait_s, int)
        if wait_s > self._tuning.longest_asked_wait_s:
            raise error
        return float(wait_s)


class Widening:
    """How many connections to use: one more is tried for a while and kept if it made things faster."""

    GAIN = 1.15

    def __init__(self, most: int, window_s: float) -> None:
        self._most = max(1, most)
        self._window_s = window_s
        self._since: tuple[float, int] | None = None
        self._best = 0.0
        self._is_settled = self._most == 1
        self.wanted = 1

    def refused(self) -> None:
        """A connection failed: there may be one too many."""
        self._settle(self.wanted - 1)

    def look(self, now: float, total_bytes: int) -> None:
        """Called again and again with how much has come in all."""
        if self._since is None or total_bytes < self._since[1]:
            self._since = (now, total_bytes)
        since, before = self._since
        if self._is_settled or now - since < self._window_s:
            return
        rate = (total_bytes - before) / (now - since)
        self._since = None  # the next window begins once the change has taken effect
        if rate == 0:
            return  # nothing came: that says nothing
        if rate <= self._best * self.GAIN:
            self._settle(self.wanted - 1)
        elif self.wanted == self._most:
            self._settle(self.wanted)
        else:
            self._best = rate
            self.wanted += 1

    def _settle(self, wanted: int) -> None:
        self.wanted, self._is_settled = max(1, wanted), True
