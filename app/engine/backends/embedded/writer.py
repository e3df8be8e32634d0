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
        self._used = 0

    def write(self, task: Task) -> Iterator[PromptProgress | Delta | Finished]:
        """Write the answer; the cache then holds the prompt and the answer up to its last token but one."""
        opening = self._turn.forced()
        prompt = [*task.tokens, *opening[: task.room]]
        yield from self._prefill(task, prompt)
        reason = FinishReason.CANCELLED
        if len(self._cache.tokens) == len(prompt):
            self._clock.first_at = time.monotonic()
            reason = yield from self._decode(task, opening)
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

    def _decode(self, task: Task, opening: list[int]) -> Generator[Delta, None, FinishReason]:
        """Token after token until the turn ends; gives the reason why it did.

        What can only follow as it is, such as the keys of a format, costs no step of its own: it is
        evaluated together with the token before it.
        """
        tokens: list[int] = []
        if not (yield from self._parse(opening, task)):
            return FinishReason.LENGTH
        while not self._turn.ended:
            self._extend(tokens)
            if self._cancelled():
                return FinishReason.CANCELLED
            tokens = [self._turn.choose(self._cache.logits(), self._sampler)]
            if tokens[0] in END_OF_TURN:
                break
            tokens += self._turn.forced()
            if not (yield from self._parse(tokens, task)):
                return FinishReason.LENGTH
        return FinishReason.STOP

    def _extend(self, tokens: list[int]) -> None:
        for start in range(0, len(tokens), self._cache.chunk):
            self._cache.extend(tokens[start : start + self._cache.chunk])

    def _parse(self, tokens: list[int], task: Task) -> Generator[Delta, None, bool]:
        """The text of these tokens, as far as length and context allow; whether all of them went through."""
        for token in tokens:
            if self._text_tokens >= task.limit or self._used >= task.room:
                return False
            self._used += 1
            if token < TEXT_TOKENS and self._parser.channel is not None:
                self._text_tokens += 1
            yield from self._parser.feed(token)
            if not self._clock.final_at and self._parser.channel is Channel.FINAL:
                self._clock.final_at = time.monotonic()
        return True

    def _finished(self, task: Task, reason: FinishReason) -> Finished:
        now, clock = time.monotonic(), self._clock
        first_at = clock.first_at or now
        timing = Timing(
            load_s=task.load_s,
            first_token_s=first_at - clock.asked_at,
            thinking_s=(clock.final_at or now) - first_at,
            tokens_per_s=self._text_tokens / (now - first_at) if self._text_tokens else 0.0,
        )
        return Finished(reason, Usage(len(task.tokens), self._cached, self._text_tokens), timing)
