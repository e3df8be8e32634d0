"""One answer being written: its events are handed on, its text is kept as it comes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from app.core.answer_format import Fault
from app.core.changes import Changes
from app.core.errors import AlcoveError, EngineCrashed, EngineGaveUp, EngineNotReady, ProfileError
from app.core.events import Delta, Event, Finished, FinishReason, Loaded, Retried
from app.core.message import Channel, Message, Status, Timing, Usage
from app.log import logger
from app.services.fitting import faults_of

SAVE_EVERY_S = 0.5
"""Half of what may be lost at most: the disk and the taker's pauses need their share."""

NOTHING_CHANGED = Changes()

_STATUS = {
    FinishReason.STOP: Status.COMPLETE,
    FinishReason.LENGTH: Status.CUT,
    FinishReason.CANCELLED: Status.CANCELLED,
}


class Source(Protocol):
    """A load or a generation in the making."""

    @property
    def ended(self) -> bool: ...
    def take(self, timeout_s: float | None = None) -> list[Event]: ...
    def cancel(self) -> None: ...


class Answer:
    """Taken from like a `Generation`, by one consumer on a worker thread; taking also saves.

    An answer that does not fit its format is dropped once, told by `Retried`, and written again.
    """

    def __init__(
        self,
        message: Message,
        stages: Sequence[Callable[[], Source]],
        save: Callable[[Message], None] | None = None,
        at_end: Callable[[], None] = lambda: None,
        conversation_id: int | None = None,
        changes: Changes = NOTHING_CHANGED,
        retry: Callable[[str, Sequence[Fault]], Source] | None = None,
    ) -> None:
        """`stages` are begun one after the other; `save` keeps a state of the message, None keeps nothing.

        `retry` asks again, given the text that does not fit and where it does not.
        """
        self.conversation_id = conversation_id
        self.message_id = message.id if save else None
        self.changes = changes
        self.ended = False
        self._message = message
        self._stages = list(stages)
        self._save = save
        self._retry = retry
        self._dropped: Message | None = None
        self._at_end = at_end
        self._taking = threading.Lock()
        self._switching = threading.Lock()
        self._source: Source | None = None
        self._cancelled = threading.Event()
        self._text: list[str] = []
        self._reasoning: list[str] = []
        self._saved_at = float("-inf")
        self._is_unsaved = False
        self._error: ProfileError | None = None

    @property
    def message(self) -> Message:
        """The answer as far as it has come."""
        return replace(self._message, text="".join(self._text), reasoning="".join(self._reasoning))

    def take(self, timeout_s: float | None = None) -> list[Event]:
        """Wait for events and give all that came; [] when `timeout_s` passed without any.

        Raises:
            AlcoveError: what the engine reported, after all events before it; what was written is kept.
            ProfileError: the finished answer could not be kept.
        """
        with self._taking:
            if self.ended:
                return []
            if self._error is not None:
                self.ended = True
                raise self._error
            try:
                return self._take(timeout_s)
            except AlcoveError as error:
                unsaved = self._end(_status_after(error))
                self.ended = True
                if unsaved is not None:
                    raise unsaved from error
                raise

    def __iter__(self) -> Iterator[Event]:
        while not self.ended:
            yield from self.take()

    def cancel(self) -> None:
        """Stop; the last event, `Finished` with reason cancelled, follows. From any thread."""
        with self._switching:
            self._cancelled.set()
            source = self._source
        if source is not None:
            source.cancel()

    def finish(self, patience_s: float) -> None:
        """Stop and keep what there is, waiting for the engine no longer than this."""
        until = time.monotonic() + patience_s
        self.cancel()
        while not self.ended and time.monotonic() < until:
            try:
                self.take(until - time.monotonic())
            except AlcoveError as error:
                logger("services").info("an answer ended while closing: %s", error.kind)
        with self._taking:
            if not self.ended:
                self._end(Status.INTERRUPTED)
                self.ended = True

    def _take(self, timeout_s: float | None) -> list[Event]:
        until = None if timeout_s is None else time.monotonic() + timeout_s
        while True:
            source = self._current_source()
            if source is None:
                return self._hand_on([Finished(FinishReason.CANCELLED, Usage(), Timing())])
            events = self._hand_on(source.take(self._patience_s(until)))
            if events or (until is not None and time.monotonic() >= until):
                return events

    def _current_source(self) -> Source | None:
        """The load or generation to take from, begun if need be; None where a cancel came before it began."""
        if self._source is None or self._source.ended:
            if self._cancelled.is_set():
                return None
            source = self._stages.pop(0)()
            with self._switching:
                self._source = source
            if self._cancelled.is_set():
                source.cancel()
        return self._source

    def _patience_s(self, until: float | None) -> float | None:
        """Wake in time to save, also while no more text comes."""
        save_at = self._saved_at + SAVE_EVERY_S if self._is_unsaved else None
        wake = min((t for t in (until, save_at) if t is not None), default=None)
        return None if wake is None else max(0.0, wake - time.monotonic())

    def _hand_on(self, events: list[Event]) -> list[Event]:
        events = self._checked([self._absorb(event) for event in events])
        if events and isinstance(events[-1], Finished):
            self._error = self._end(_STATUS[events[-1].reason])
            self.ended = self._error is None
        elif self._is_due() and (error := self._keep()):
            logger("services").warning("an answer cannot be saved yet: %s", error.kind)
        return events

    def _checked(self, events: list[Event]) -> list[Event]:
        """Look at a finished answer with a format; where it does not fit, its end may be a new beginning."""
        if not (events and isinstance(events[-1], Finished) and events[-1].reason is FinishReason.STOP):
            return events
        faults, text, retry = faults_of(self.message), self.message.text, self._retry
        if not faults or retry is None or self._dropped is not None:
            self._message = replace(self._message, faults=faults)
            return events
        self._dropped = replace(self.message, faults=faults)
        if error := self._keep():
            logger("services").warning("an answer cannot be saved yet: %s", error.kind)
        self._stages.append(lambda: retry(text, faults))
        self._text, self._reasoning = [], []
        return [*events[:-1], Retried(faults)]

    def _is_due(self) -> bool:
        return self._is_unsaved and time.monotonic() - self._saved_at >= SAVE_EVERY_S

    def _absorb(self, event: Event) -> Event:
        """Take an event into the message; gives it on, completed where we know more than the engine."""
        match event:
            case Delta():
                (self._text if event.channel is Channel.FINAL else self._reasoning).append(event.text)
                # While it is written again, the answer that did not fit stays what is kept.
                self._is_unsaved = self._dropped is None
            case Loaded():
                self._message = replace(
                    self._message, model=event.model.name, timing=Timing(load_s=event.model.load_s)
                )
            case Finished():
                load_s = self._message.timing.load_s or event.timing.load_s
                event = replace(event, timing=replace(event.timing, load_s=load_s))
                self._message = replace(self._message, usage=event.usage, timing=event.timing)
        return event

    def _end(self, status: Status) -> ProfileError | None:
        if self._dropped is not None and status is not Status.COMPLETE:
            # The second try came to nothing: a whole answer with known faults is worth more than half a one.
            self._text, self._reasoning = [self._dropped.text], [self._dropped.reasoning]
            self._message, status = self._dropped, Status.COMPLETE
        self._message = replace(self._message, status=status)
        error = self._keep()
        self._at_end()
        return error

    def _keep(self) -> ProfileError | None:
        """Save the present state. A full disk must not end the answer: it is tried again, until the end."""
        self._saved_at = time.monotonic()
        try:
            if self._save is not None:
                self._save(self.message)
            self._is_unsaved = False
        except ProfileError as error:
            return error
        return None


def _status_after(error: AlcoveError) -> Status:
    was_cut_off = isinstance(error, EngineCrashed | EngineGaveUp | EngineNotReady)
    return Status.INTERRUPTED if was_cut_off else Status.FAILED
