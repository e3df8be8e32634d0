"""One connection of a download: fetches stretches of the file until none is left for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from app.catalogue.job import Stop, StopRequested
from app.catalogue.pace import Throttle, Tuning
from app.catalogue.part import Claim, Part
from app.catalogue.source import Body, Source
from app.core.errors import AlcoveError, AnswerRefused, HostStalled, HostUnreachable
from app.core.words import mark

_NONE = -1


@dataclass(frozen=True, slots=True)
class Work:
    """What the connections of one download share."""

    source: Source
    part: Part
    throttle: Throttle
    stop: Stop
    tuning: Tuning


class Connection:
    """A thread that ends by itself: with nothing left to fetch, not being wanted any more, or an error."""

    def __init__(
        self, work: Work, may_go_on: Callable[[Connection], bool], is_alone: Callable[[], bool]
    ) -> None:
        self._work = work
        self._may_go_on = may_go_on
        self._is_alone = is_alone
        self.error: AlcoveError | OSError | None = None
        self._thread = threading.Thread(target=self._run, name="connection", daemon=True)

    def start(self) -> None:
        self._thread.start()

    @property
    def has_ended(self) -> bool:
        return not self._thread.is_alive()

    def join(self, timeout_s: float) -> None:
        self._thread.join(timeout_s)

    def _run(self) -> None:
        try:
            with self._work.part.writing() as handle:
                while self._may_go_on(self):
                    claim = self._work.part.claim(self._is_alone())
                    if claim is None:
                        return
                    _Stretch(self._work, handle, claim).fetch()
        except StopRequested:
            return
        except (AlcoveError, OSError) as error:
            self.error = error


class _Stretch:
    """One request, and its body being written where it belongs."""

    def __init__(self, work: Work, handle: BinaryIO, claim: Claim) -> None:
        self._work = work
        self._part = work.part
        self._handle = handle
        self._claim = claim
        self._block = claim.block
        self._at = 0

    def fetch(self) -> None:
        try:
            with self._work.source.open(self._claim.first, self._claim.last) as body:
                self._read(body)
        finally:
            self._part.give_back(self._block)

    def _read(self, body: Body) -> None:
        self._at = body.start
        is_whole = body.start < self._claim.first  # the host cannot send a part
        end = self._part.identity.size_bytes if is_whole else self._claim.last + 1
        pulse = _Pulse(self._work.tuning, body.host)
        for chunk in body.chunks:
            self._work.stop.check()
            if self._at + len(chunk) > end:
                raise AnswerRefused(host=body.host, reason=mark("more than was asked for"))
            if not self._pour(memoryview(chunk), is_whole) or (is_whole and not self._part.missing_bytes):
                return
            pulse.beat(len(chunk), time.monotonic())
            self._work.throttle.pass_on(len(chunk), self._work.stop)
        if self._at < end:
            raise HostUnreachable(host=body.host, reason=mark("the connection was lost"))

    def _pour(self, data: memoryview, is_whole: bool) -> bool:
        """Write what is missing and skip what is there; False when the next bytes are another's."""
        while data:
            block, into = divmod(self._at, self._part.identity.block_bytes)
            if block == self._block or self._part.claim_block(block):
                self._block = block
                skip = self._part.wanted_from(block) - self._at
            elif is_whole:
                skip = self._part.identity.block_bytes - into
            else:
                return False
            size = self._part.skip(min(skip, len(data))) if skip else self._add(block, data)
            self._at += size
            data = data[size:]
        return True

    def _add(self, block: int, data: memoryview) -> int:
        size = self._part.add(self._handle, block, data)
        if self._part.is_full(block):
            self._block = _NONE
        return size


class _Pulse:
    """Notices a host that sends hardly anything, on and on."""

    def __init__(self, tuning: Tuning, host: str) -> None:
        limit = tuning.bytes_per_s / 8 or tuning.slow_bytes_per_s
        self._least_bytes = min(limit, tuning.slow_bytes_per_s) * tuning.slow_s
        self._window_s = tuning.slow_s
        self._host = host
        self._since = time.monotonic()
        self._came_bytes = 0

    def beat(self, size_bytes: int, now: float) -> None:
        self._came_bytes += size_bytes
        if now - self._since >= self._window_s:
            if self._came_bytes < self._least_bytes:
                raise HostStalled(host=self._host)
            self._since, self._came_bytes = now, 0
