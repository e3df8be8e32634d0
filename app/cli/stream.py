"""Follow a load, an answer or a download to its end, and say how far a load or an answer is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, TypeVar

from app.cli.interrupt import Stop
from app.core.events import Delta, Event, LoadProgress, PromptProgress
from app.core.message import Channel
from app.i18n import Texts
from app.i18n.quantities import duration_text

POLL_S = 0.1
"""How soon a signal is looked at; events come at once."""


T = TypeVar("T")


class Source(Protocol[T]):
    """A load, an answer or a download in the making."""

    @property
    def ended(self) -> bool: ...
    def take(self, timeout_s: float | None = None) -> list[T]: ...
    def cancel(self) -> None: ...


def follow(source: Source[T], stop: Stop) -> Iterator[T]:
    """Every event of `source`; a requested stop cancels it, and its last event still comes."""
    is_cancelled = False
    while not source.ended:
        yield from source.take(POLL_S)
        if stop.requested and not is_cancelled:
            is_cancelled = True
            source.cancel()


def progress_text(event: Event, tr: Texts) -> str:
    """What to show while waiting for text; "" once there is some."""
    match event:
        case LoadProgress():
            said = tr("Loading the model: {percent} %", percent=round(100 * event.fraction))
            return said + _left(event.left_s, tr)
        case PromptProgress():
            counts = {"done": event.done_tokens, "total": event.total_tokens}
            return tr("Reading the prompt: {done} of {total} tokens", **counts) + _left(event.left_s, tr)
        case Delta() if event.channel is not Channel.FINAL:
            return tr("Thinking…")
    return ""


def _left(seconds: float | None, tr: Texts) -> str:
    return "" if seconds is None else tr(", {time} left", time=duration_text(seconds, tr))
