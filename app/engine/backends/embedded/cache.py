"""The key-value cache of one conversation: what is in it, what of it a prompt can use, how to get back.

A list of token ids mirrors what was evaluated. What can be used again follows from ids alone, never from
texts or names of conversations, so the cache of another conversation cannot be mistaken for this one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.engine.backends.embedded.context import Logits

CHECKPOINTS = 16
CHECKPOINT_TOKENS = 512
"""A long prompt gets a checkpoint at least this often, so that an edit near its end costs little."""


class Memory(Protocol):
    """What the cache needs of a `Context`."""

    chunk: int
    window: int

    def decode(
        self, tokens: Sequence[int], position: int, cancelled: Callable[[], bool] | None = None
    ) -> bool: ...
    def logits(self) -> Logits: ...
    def span(self) -> tuple[int, int]: ...
    def forget(self, position: int) -> None: ...
    def clear(self) -> None: ...
    def save(self) -> bytes: ...
    def restore(self, state: bytes, position: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The sliding-window layers after `position` tokens; with the logits where a prompt ended."""

    position: int
    state: bytes
    logits: Logits | None = None


def shared_length(first: Sequence[int], second: Sequence[int]) -> int:
    """How many ids two sequences have in common at their start."""
    pairs = enumerate(zip(first, second, strict=False))
    differing = (index for index, (one, other) in pairs if one != other)
    return next(differing, min(len(first), len(second)))


class Cache:
    """Mirrors one context; `batch_ends` are the positions at which its batches ended."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self.chunk = memory.chunk
        """The most tokens that `extend` takes."""
        self.tokens: list[int] = []
        self.batch_ends: list[int] = []
        self._checkpoints: tuple[Checkpoint, ...] = ()
        self._logits: Logits | None = None

    def reusable(self, prompt: Sequence[int]) -> int:
        """How many tokens of a prompt would not be evaluated again; may be asked from any thread."""
        start, _ = self._way_back(prompt, self.tokens[:], self._checkpoints)
        return start

    def prefill(
        self, prompt: Sequence[int], stops: Collection[int], cancelled: Callable[[], bool]
    ) -> Iterator[int]:
        """Bring the cache to hold exactly this prompt; gives the tokens done so far, first those reused.

        A checkpoint is left at every stop and at the end. Ends early if cancelled.
        """
        self._go_back(prompt)
        yield len(self.tokens)
        stops = {*stops, len(prompt)}
        while (start := len(self.tokens)) < len(prompt) and not cancelled():
            end = min(start + self._memory.chunk, *(stop for stop in stops if stop > start))
            if not self.extend(prompt[start:end], cancelled):
                return
            if end in stops or end - self._last_position() >= CHECKPOINT_TOKENS:
                self._keep(end, with_logits=end == len(prompt))
            yield end

    def extend(self, tokens: Sequence[int], cancelled: Callable[[], bool] | None = None) -> bool:
        """Evaluate up to a chunk of tokens at the end; False if that was broken off."""
        self._logits = None
        if not self._memory.decode(tokens, len(self.tokens), cancelled):
            self._settle()
            return False
        self.tokens += tokens
        self.batch_ends.append(len(self.tokens))
        return True

    def logits(self) -> Logits:
        """Of the token after the last; yours to change."""
        return self._memory.logits() if self._logits is None else self._logits

    def _go_back(self, prompt: Sequence[int]) -> None:
        """Forget what the prompt cannot use, so that it goes on at the end of the cache."""
        start, checkpoint = self._way_back(prompt, self.tokens, self._checkpoints)
        if checkpoint is not None:
            self._memory.restore(checkpoint.state, start)
            self._logits = None if checkpoint.logits is None else checkpoint.logits.copy()
        self._cut(start)
        if not self._is_sound():
            self._reset()

    def _way_back(
        self, prompt: Sequence[int], tokens: Sequence[int], checkpoints: Sequence[Checkpoint]
    ) -> tuple[int, Checkpoint | None]:
        """Where the prompt can go on, and the checkpoint to restore for that.

        Plainly cutting off the end is never an answer: the sliding-window layers have lost what lay before.
        """
        shared = shared_length(prompt, tokens)
        if shared == len(tokens) < len(prompt):
            return shared, None
        for checkpoint in reversed(checkpoints):
            position = checkpoint.position
            if position <= shared and (position < len(prompt) or checkpoint.logits is not None):
                return position, checkpoint
        return 0, None

    def _cut(self, position: int) -> None:
        if position == 0:
            self._reset()
            return
        del self.tokens[position:]
        self.batch_ends = [end for end in self.batch_ends if end <= position]
        self._checkpoints = tuple(kept for kept in self._checkpoints if kept.position <= position)

    def _reset(self) -> None:
        self._memory.clear()
        self.tokens = []
        self.batch_ends = []
        self._checkpoints = ()
        self._logits = None

    def _is_sound(self) -> bool:
        """Whether the context itself says that it holds what the next token looks at."""
        first, last = self._memory.span()
        return last == len(self.tokens) - 1 and first <= max(0, len(self.tokens) - self._memory.window)

    def _settle(self) -> None:
        """After a batch was broken off: none of it is left, and the rest lies as if it had never begun."""
        self._memory.forget(len(self.tokens))
        if self.tokens and self._is_sound():
            self._memory.restore(self._memory.save(), len(self.tokens))
        else:
            self._reset()

    def _last_position(self) -> int:
        return self._checkpoints[-1].position if self._checkpoints else 0

    def _keep(self, position: int, with_logits: bool) -> None:
        logits = self._memory.logits().copy() if with_logits else None
        kept = [checkpoint for checkpoint in self._checkpoints if checkpoint.position != position]
        kept.append(Checkpoint(position, self._memory.save(), logits))
        if len(kept) > CHECKPOINTS:
            del kept[_most_crowded([checkpoint.position for checkpoint in kept])]
        self._checkpoints = tuple(kept)


def _most_crowded(positions: Sequence[int]) -> int:
    """The index whose neighbours are nearest to each other, the two newest left out."""
    return min(range(len(positions) - 2), key=lambda i: positions[i + 1] - (positions[i - 1] if i else 0))
