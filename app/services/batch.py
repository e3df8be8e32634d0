"""One question asked of many items: each in a fresh context, checked, kept at once, never done twice."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from app.core.batch import BatchPlan, BatchProgress, Item, Outcome
from app.core.errors import AlcoveError, AnswerCut, EngineGaveUp, PromptTooLong
from app.core.events import Delta, Event, Finished, FinishReason
from app.core.message import Channel, Role
from app.core.request import GenerationRequest, Turn
from app.core.sampling import ANY_SEED
from app.engine.generation import Generation
from app.services.fitting import faults_in, once_more

ATTEMPTS = 3
"""An item that fails is tried twice more."""

CACHE_NAME = "batch"


class Engine(Protocol):
    """What a batch needs of the engine's client."""

    def generate(self, request: GenerationRequest) -> Generation: ...


class Journal(Protocol):
    """Where outcomes are kept as they come."""

    @property
    def outcomes(self) -> Mapping[str, Outcome]: ...
    def add(self, outcome: Outcome) -> None: ...


@dataclass(slots=True)
class _Job:
    """One attempt at an item, in the engine's queue."""

    item: Item
    request: GenerationRequest
    generation: Generation
    attempt: int
    text: str = ""


class BatchRun:
    """Taken from by one consumer on a worker thread; every take may keep outcomes.

    Items with a good outcome in the journal are left out, so a run goes on where another ended.
    """

    def __init__(
        self,
        plan: BatchPlan,
        items: Sequence[Item],
        journal: Journal,
        engine: Engine,
        today: date,
        jobs: int = 1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`jobs` items at most are in the engine's queue, so that it never waits for the next one."""
        self._plan = plan
        self._journal = journal
        self._engine = engine
        self._today = today
        self._jobs = jobs
        self._clock = clock
        self._total = len(items)
        done = {key for key, outcome in journal.outcomes.items() if outcome.is_good}
        self._waiting = deque(item for item in items if item.key not in done)
        self._keys = {item.key for item in items}
        self._running: deque[_Job] = deque()
        self._starting = threading.Lock()
        self._cancelled = False
        self._began_at: float | None = None
        self._done_here = 0
        self.ended = not self._waiting

    def take(self, timeout_s: float | None = None) -> list[BatchProgress]:
        """Wait for the next outcome and give it; [] when `timeout_s` passed without one.

        Raises:
            EngineGaveUp: the engine fails again and again; a later run goes on.
            DocumentError, ProfileError: an outcome could not be kept.
        """
        if self._began_at is None:
            self._began_at = self._clock()
        until = None if timeout_s is None else time.monotonic() + timeout_s
        while not self.ended:
            self._fill_queue()
            if not self._running:
                self.ended = True
                break
            left_s = None if until is None else max(0.0, until - time.monotonic())
            outcome = self._follow(self._running[0], left_s)
            if outcome is not None:
                return [self._kept(outcome)]
            if until is not None and time.monotonic() >= until:
                break
        return []

    def __iter__(self) -> Iterator[BatchProgress]:
        while not self.ended:
            yield from self.take()

    def cancel(self) -> None:
        """Stop; items in the making have no outcome and are asked again by the next run."""
        with self._starting:
            self._cancelled = True
            running = list(self._running)
        for job in running:
            job.generation.cancel()

    def progress(self, outcome: Outcome | None = None) -> BatchProgress:
        """How far it has come."""
        outcomes = [o for key, o in self._journal.outcomes.items() if key in self._keys]
        failed = sum(not o.is_good for o in outcomes)
        elapsed_s = 0.0 if self._began_at is None else self._clock() - self._began_at
        if not self._done_here or elapsed_s <= 0:
            return BatchProgress(outcome, len(outcomes), failed, self._total)
        left = len(self._waiting) + len(self._running)
        pace = self._done_here / elapsed_s
        return BatchProgress(outcome, len(outcomes), failed, self._total, 60 * pace, left / pace)

    def _fill_queue(self) -> None:
        while self._waiting and len(self._running) < self._jobs and not self._cancelled:
            item = self._waiting.popleft()
            self._start(item, self._request(item), attempt=1)

    def _request(self, item: Item) -> GenerationRequest:
        plan = self._plan
        turns = (Turn(Role.USER, item.text),)
        return GenerationRequest(
            turns, self._today, plan.instructions, plan.sampling, CACHE_NAME, format=plan.format
        )

    def _start(self, item: Item, request: GenerationRequest, attempt: int) -> None:
        with self._starting:
            if self._cancelled:
                return
            self._running.append(_Job(item, request, self._engine.generate(request), attempt))

    def _follow(self, job: _Job, timeout_s: float | None) -> Outcome | None:
        """Take what came of an attempt; its outcome, if that was the last of it and of the item."""
        try:
            events = job.generation.take(timeout_s)
        except EngineGaveUp:
            raise
        except AlcoveError as error:
            self._running.popleft()
            failed = Outcome.of(job.item.key, error, job.text, job.attempt)
            return failed if isinstance(error, PromptTooLong) else self._again(job, job.request, failed)
        return self._absorb(job, events)

    def _absorb(self, job: _Job, events: Sequence[Event]) -> Outcome | None:
        for event in events:
            if isinstance(event, Delta) and event.channel is Channel.FINAL:
                job.text += event.text
            if isinstance(event, Finished):
                self._running.popleft()
                return self._judged(job, event)
        return None

    def _judged(self, job: _Job, finished: Finished) -> Outcome | None:
        if finished.reason is FinishReason.CANCELLED:
            return None
        key, text = job.item.key, job.text
        if finished.reason is FinishReason.LENGTH:
            cut = AnswerCut(completion_tokens=finished.usage.completion_tokens)
            return self._again(job, job.request, Outcome.of(key, cut, text, job.attempt))
        faults = faults_in(self._plan.format, text)
        outcome = Outcome(key, text, faults, attempts=job.attempt)
        return self._again(job, once_more(job.request, text, faults), outcome) if faults else outcome

    def _again(self, job: _Job, request: GenerationRequest, failed: Outcome) -> Outcome | None:
        """Try once more, unless that was the last attempt: then the failure is the outcome."""
        if self._cancelled:
            return None
        if job.attempt >= ATTEMPTS:
            return failed
        if request.sampling.seed != ANY_SEED:  # the same seed would write the same again
            sampling = replace(request.sampling, seed=request.sampling.seed + 1)
            request = replace(request, sampling=sampling)
        self._start(job.item, request, job.attempt + 1)
        return None

    def _kept(self, outcome: Outcome) -> BatchProgress:
        self._journal.add(outcome)
        self._done_here += 1
        return self.progress(outcome)
