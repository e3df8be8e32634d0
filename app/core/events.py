"""What the engine tells while it loads a model or writes an answer, in order of arrival."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.core.answer_format import Fault
from app.core.message import Channel, Timing, Usage
from app.core.model import LoadedModel, LoadOptions


class FinishReason(StrEnum):
    STOP = "stop"
    LENGTH = "length"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class LoadProgress:
    """How much of the model is in memory, 0 to 1, and the seconds that are likely left (None: not known)."""

    fraction: float
    left_s: float | None = None


@dataclass(frozen=True, slots=True)
class Loaded:
    """The model is ready; the last event of a load."""

    model: LoadedModel


@dataclass(frozen=True, slots=True)
class SteppedDown:
    """There was not memory enough, says `reason`: the load begins anew with `options` that take less."""

    options: LoadOptions
    reason: str


@dataclass(frozen=True, slots=True)
class PromptProgress:
    """Prefill: `done_tokens` of `total_tokens` are cached, `cached_tokens` of them from before."""

    done_tokens: int
    total_tokens: int
    cached_tokens: int
    left_s: float | None = None


@dataclass(frozen=True, slots=True)
class Delta:
    """More text of one channel; never holds a Harmony tag."""

    channel: Channel
    text: str


@dataclass(frozen=True, slots=True)
class Retried:
    """What was written does not fit its format and is dropped: the answer begins anew."""

    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Finished:
    """The answer has ended; the last event of a generation."""

    reason: FinishReason
    usage: Usage
    timing: Timing


Event = LoadProgress | SteppedDown | Loaded | PromptProgress | Delta | Retried | Finished
