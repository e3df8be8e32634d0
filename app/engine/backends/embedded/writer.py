"""Write one answer: prefill what the cache lacks, then token after token under the guard."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field

from app.core.events import Delta, Finished, FinishReason, PromptProgress
from app.core.message import Channel, Timing, Usage
from app.engine.backends.embedded.cache import Cache
from app.engine.backends.embedded.guard import Turn
from app.engine.backends.embedded.sampler import Sampler
from app.harmony.parser import Parser
from app.harmony.tokens import END_OF_TURN, TEXT_TOKENS

PROGRESS_PAUSE_S = 0.1

Cancelled = Callable[[], bool]


@dataclass(slots=True)
class Rate:
    """Tokens per second of the newest prefill that was long enough to tell; 0 before."""

    tokens_per_s: float = 0.0

    def seconds(self, tokens: int) -> float | None:
        """The likely time for so many tokens."""
        return tokens / self.tokens_per_s if self.tokens_per_s else None


@dataclass(frozen=True, slots=True)
class Task:
    """What to write: `tokens` of the prompt, checkpoints at `stops`; at most `limit` tokens of text in
    `room` tokens of context."""

    tokens: list[int]
    stops: tuple[int, ...]
    limit: int
    room: int
    load_s: float


@dataclass(slots=True)
class _Clock:
    """When things happened, in seconds of the monotonic clock."""

    asked_at: float = field(default_factory=time.monotonic)
    first_at: float = 0.0
    final_at: float = 0.0


class Writer:
    """One answer in the making; iterate `write` to its end."""

    def __init__(
        self, cache: Cache, turn: Turn, sampler: Sampler, parser: Parser, rate: Rate, cancelled: Cancelled
    ) -> None:
        self._cache = cache
        self._turn = turn
        self._sampler = sampler
        self._parser = parser
        self._rate = rate
        self._cancelled = cancelled
        self._clock = _Clock()
        self._cached = 0
        self._text_tokens = 0
        self._decoded = 0

    def write(self, task: Task) -> Iterator[PromptProgress | Delta | Finished]:
        """Write the answer; the cache then holds the prompt and the answer up to its last token but one."""
        opening = self._turn.forced()
        yield from self._prefill(task, [*task.tokens, *opening])
        reason = FinishReason.CANCELLED
        if len(self._cache.tokens) == len(task.tokens) + len(opening):
            self._clock.first_at = time.monotonic()
            yield from self._parse(opening)
            reason = yield from self._decode(task, len(opening))
        yield from self._parser.finish()
        yield self._finished(task, reason)

    def _prefill(self, task: Task, tokens: list[int]) -> Iterator[PromptProgress]:
        started_at, told_at, total, start = time.monotonic(), 0.0, len(task.tokens), None
        for done in self._cache.prefill(tokens, task.stops, self._cancelled):
            now = time.monotonic()
            if start is None:
                start = done
                self._cached = min(done, total)
            elif done - start >= 32:
                self._rate.tokens_per_s = (done - start) / (now - started_at)
            if now - told_at >= PROGRESS_PAUSE_S or done == len(tokens):
                told_at = now
                left_s = self._rate.seconds(len(tokens) - done)
                yield PromptProgress(min(done, total), total, self._cached, left_s)

    def _decode(self, task: Task, used: int) -> Generator[Delta, None, FinishReason]:
        """Token after token until the turn ends; gives the reason why it did."""
        while not self._cancelled():
            if self._text_tokens >= task.limit or used >= task.room:
                return FinishReason.LENGTH
            tokens = [self._turn.choose(self._cache.logits(), self._sampler)]
            if tokens[0] in END_OF_TURN or self._turn.ended:
                return FinishReason.STOP
            tokens += self._turn.forced()
            used += len(tokens)
            yield from self._parse(tokens)
            self._cache.extend(tokens)
            self._decoded += 1
        return FinishReason.CANCELLED

    def _parse(self, tokens: list[int]) -> Iterator[Delta]:
        for token in tokens:
            if token < TEXT_TOKENS and self._parser.channel is not None:
                self._text_tokens += 1
            yield from self._parser.feed(token)
            if not self._clock.final_at and self._parser.channel is Channel.FINAL:
                self._clock.final_at = time.monotonic()

    def _finished(self, task: Task, reason: FinishReason) -> Finished:
        now, clock = time.monotonic(), self._clock
        first_at = clock.first_at or now
        timing = Timing(
            load_s=task.load_s,
            first_token_s=first_at - clock.asked_at,
            thinking_s=(clock.final_at or now) - first_at,
            tokens_per_s=self._decoded / (now - first_at) if self._decoded else 0.0,
        )
        return Finished(reason, Usage(len(task.tokens), self._cached, self._text_tokens), timing)
