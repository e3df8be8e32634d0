"""The sentences of the transcript: what a message cost, how it ended, how far it is."""

from __future__ import annotations

from app.core.events import LoadProgress, PromptProgress
from app.core.message import Message, Status
from app.i18n import Texts
from app.i18n.quantities import duration_text

_DOT = " · "


def statistics(message: Message, tr: Texts) -> str:
    """ "186 tokens · 12.1 tok/s · first after 0.6 s", as far as it is known."""
    parts = []
    if message.usage.completion_tokens:
        parts.append(tr.plural("{n} token", "{n} tokens", message.usage.completion_tokens))
    if message.timing.tokens_per_s:
        parts.append(tr("{rate} tok/s", rate=f"{message.timing.tokens_per_s:.1f}"))
    if message.timing.first_token_s and message.usage.completion_tokens:
        parts.append(tr("first after {time}", time=duration_text(message.timing.first_token_s, tr)))
    return _DOT.join(parts)


def thought(message: Message, tr: Texts) -> str:
    """The title of the reasoning of an answer that has ended."""
    seconds = round(message.timing.thinking_s)
    if seconds < 1:
        return tr("Thought for a moment")
    if seconds < 60:
        return tr.plural("Thought for {n} s", "Thought for {n} s", seconds)
    return tr("Thought for {time}", time=duration_text(seconds, tr))


def remark(message: Message, tr: Texts) -> str:
    """One quiet sentence on an answer that ended early; empty for all others."""
    match message.status:
        case Status.CUT:
            return tr("This answer reached the most tokens allowed and was cut.")
        case Status.CANCELLED:
            return tr("You stopped this answer.")
        case Status.INTERRUPTED:
            if message.text or message.reasoning:
                return tr("This answer was interrupted; what was written is kept.")
            return tr("This answer was interrupted before it began.")
        case Status.FAILED:
            return tr("The engine failed while it wrote this answer.")
        case Status.COMPLETE | Status.STREAMING:
            return ""


def progress(event: LoadProgress | PromptProgress | None, tr: Texts) -> tuple[str, float]:
    """How far the engine is before the first word: a sentence, and a share from 0 to 1."""
    match event:
        case LoadProgress(fraction, left_s):
            parts = [tr("Loading the model"), f"{fraction:.0%}"]
        case PromptProgress(done, total, _, left_s):
            fraction = done / total if total else 0.0
            counts = tr("{done} of {total} tokens", done=f"{done:,}", total=f"{total:,}")
            parts = [tr("Reading your question"), counts]
        case None:
            return tr("Waiting for the engine"), 0.0
    if left_s is not None and left_s >= 1:
        parts.append(tr("about {time} left", time=_rough(left_s, tr)))
    return _DOT.join(parts), fraction


def _rough(seconds: float, tr: Texts) -> str:
    """An estimate needs no seconds beside minutes."""
    if seconds >= 90:
        return tr("{minutes} min", minutes=round(seconds / 60))
    return tr("{seconds} s", seconds=round(seconds))
