"""What a message is: who wrote it, its texts, how it ended and what it cost."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.core.answer_format import AnswerFormat, Fault


class Role(StrEnum):
    USER = "user"
    ASSISTANT = "assistant"


class Channel(StrEnum):
    """Where a piece of an answer belongs: the reasoning, a remark on the way, or the answer itself."""

    ANALYSIS = "analysis"
    COMMENTARY = "commentary"
    FINAL = "final"


class Status(StrEnum):
    """How a message stands; everything but `COMPLETE` and `STREAMING` ended early."""

    COMPLETE = "complete"
    STREAMING = "streaming"
    CUT = "cut"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Usage:
    """Token counts; `cached_tokens` of the `prompt_tokens` were not evaluated again."""

    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds: loading the model, from asking to the first token, thinking; and the decoding rate."""

    load_s: float = 0.0
    first_token_s: float = 0.0
    thinking_s: float = 0.0
    tokens_per_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Draft:
    """A message before the storage gives it an id; an answer may have a format to fit."""

    role: Role
    text: str
    reasoning: str = ""
    status: Status = Status.COMPLETE
    model: str = ""
    usage: Usage = Usage()
    timing: Timing = Timing()
    format: AnswerFormat | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A node of a conversation's tree. Ids grow in the order of writing; `created_at` is Unix seconds.

    `faults` are where a complete answer does not fit its `format`.
    """

    id: int
    parent_id: int | None
    created_at: float
    role: Role
    text: str
    reasoning: str = ""
    status: Status = Status.COMPLETE
    model: str = ""
    usage: Usage = Usage()
    timing: Timing = Timing()
    format: AnswerFormat | None = None
    faults: tuple[Fault, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether it was asked to fit a format, came to its end, and does."""
        return self.format is not None and self.status is Status.COMPLETE and not self.faults
