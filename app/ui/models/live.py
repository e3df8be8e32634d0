"""One transfer under way, which any number of rows may show and which outlives them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum, auto
from pathlib import Path
from typing import Protocol, cast

from PySide6.QtCore import QObject, Signal

from app.core.download import DownloadEvent, DownloadProgress, Fetched, Moved, Stopped
from app.ui.background import Background, Lane
from app.ui.models.transfer_row import TransferRow
from app.ui.stream import Stream


class Job(Protocol):
    """A transfer of the services."""

    path: Path

    @property
    def ended(self) -> bool: ...
    def take(self, timeout_s: float | None = None) -> Sequence[DownloadEvent]: ...
    def cancel(self) -> None: ...


class Phase(Enum):
    NEW = auto()
    ASKING = auto()
    RUNNING = auto()
    PAUSED = auto()
    FAILED = auto()
    DONE = auto()
    DROPPED = auto()


class Live(QObject):
    """`begin` starts it on a worker thread, and again after a pause or an error: what came is kept."""

    began = Signal(str)
    """Its name."""
    grew = Signal(object)
    """The events of one frame."""
    paused = Signal(object, object)
    """How many bytes are done, of how many."""
    ended = Signal(object)
    """The error, or None."""
    done = Signal(object)
    """The path of the file that is whole now."""

    def __init__(
        self,
        key: object,
        name: str,
        begin: Callable[[], object],
        background: Background,
        parent: QObject,
        *,
        can_pause: bool = True,
        brings: bool = True,
    ) -> None:
        """`key` is what it is for; `brings`: at its end a file is there that can be used."""
        super().__init__(parent)
        self.key = key
        self.name = name
        self.can_pause = can_pause
        self._brings = brings
        self.phase = Phase.NEW
        self.error: Exception | None = None
        self.last: DownloadEvent | None = None
        self.progress = (0, 0)
        self._begin = begin
        self._background = background
        self._stream: Stream[DownloadEvent] | None = None
        self._path: Path | None = None
        self._is_stopping = False
        self._then: Callable[[Path | None], None] | None = None

    @property
    def has_ended(self) -> bool:
        return self.phase in (Phase.DONE, Phase.DROPPED)

    @property
    def is_busy(self) -> bool:
        return self.phase in (Phase.ASKING, Phase.RUNNING)

    def start(self) -> None:
        """Begin, or go on; nothing where it is on its way."""
        if self.is_busy:
            return
        self.phase, self.error, self._is_stopping = Phase.ASKING, None, False
        self.began.emit(self.name)
        self._background.run(self, self._begin, self._follow, self._end, Lane.OWN)

    def pause(self) -> None:
        self._is_stopping = True
        if self._stream is not None:
            self._stream.cancel()

    def stop(self, then: Callable[[Path | None], None]) -> None:
        """End it for good; `then` is told the file it was for, None where that never was known."""
        self._then = then
        if self.is_busy:
            self.pause()
        else:
            self._drop()

    def show_in(self, row: TransferRow) -> None:
        """Let a row show it, from now on."""
        self.began.connect(row.begin)
        self.grew.connect(row.feed)
        self.paused.connect(row.show_paused)
        self.ended.connect(row.show_end)
        row.begin(self.name)
        if self.last is not None:
            row.feed([self.last])
        if self.phase is Phase.PAUSED:
            row.show_paused(*self.progress)
        elif self.error is not None:
            row.show_end(self.error)

    def _follow(self, job: object) -> None:
        source = cast(Job, job)
        self.phase = Phase.RUNNING
        self._path = getattr(source, "path", None)
        self._stream = Stream(self._background, self, source, self._feed, self._end)
        if self._is_stopping:
            self._stream.cancel()

    def _feed(self, events: Sequence[DownloadEvent]) -> None:
        for event in events:
            match event:
                case DownloadProgress():
                    self.progress = (event.done_bytes, event.total_bytes)
                case Stopped():
                    self.progress = (event.done_bytes, max(self.progress[1], event.done_bytes))
            self.last = event
        self.grew.emit(events)

    def _end(self, error: Exception | None) -> None:
        self._stream = None
        if self._then is not None:
            self._drop()
        elif error is not None:
            self.phase, self.error = Phase.FAILED, error
            self.ended.emit(error)
        elif isinstance(self.last, Stopped) and not self.can_pause:
            self._drop()
        elif isinstance(self.last, Stopped):
            self.phase = Phase.PAUSED
            self.paused.emit(*self.progress)
        else:
            self.phase = Phase.DONE
            self.ended.emit(None)
            if self._brings and isinstance(self.last, Fetched | Moved):
                self.done.emit(self._path)

    def _drop(self) -> None:
        self.phase = Phase.DROPPED
        then, self._then = self._then, None
        self.ended.emit(None)
        if then is not None:
            then(self._path)
