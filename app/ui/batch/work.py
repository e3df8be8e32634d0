"""One batch as the window sees it: inputs read, run followed, paused and gone on with, file written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

from app.core.answer_format import AnswerFormat, FileKind
from app.core.batch import BatchProgress
from app.core.events import Event
from app.core.sampling import Sampling
from app.ui.background import Background, Lane
from app.ui.opening import Opening
from app.ui.stream import Stream

if TYPE_CHECKING:
    from app.services.batches import Batch, Inputs, LoadedRun, Loss
    from app.services.formats import KnownFormat

T = TypeVar("T")
JOBS = 2
"""One being answered and one ready, so that the engine never waits."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asks for."""

    paths: tuple[Path, ...]
    prompt: str
    format: AnswerFormat
    sampling: Sampling
    result: Path


class BatchWork(QObject):
    """Asked on the window's thread; what takes time is done on others."""

    listed = Signal(object)
    """The formats of the library."""
    counted = Signal(object)
    """The `Inputs` that were found."""
    opened = Signal(object)
    """The `Batch`: it can be run now."""
    told = Signal(object)
    """The events of one frame."""
    stopped = Signal()
    """The run has ended, because all is done or as it was asked to; where it failed, `failed` says so."""
    written = Signal(object)
    """The finished file is there: what of the answers it could not hold, as `Loss` each."""
    failed = Signal(object)

    def __init__(self, opening: Opening, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self._opening = opening
        self._background = background
        self._stream: Stream[Event | BatchProgress] | None = None
        self.batch: Batch | None = None
        self._wish: Wish | None = None

    @property
    def is_running(self) -> bool:
        return self._stream is not None

    def count(self, paths: Sequence[Path]) -> None:
        """Look what there is in files and folders."""
        chosen = tuple(paths)
        self._run(lambda: self._opening.alcove.batches.inputs(chosen, ""), self.counted.emit)

    def list_formats(self) -> None:
        def work() -> Sequence[KnownFormat]:
            return self._opening.alcove.formats.list()

        self._run(work, self.listed.emit)

    def open(self, wish: Wish, *, resume: bool = False, replace: bool = False) -> None:
        """Get ready what is asked for, and leave what was before; `opened` follows."""
        former, self.batch = self.batch, None

        def work() -> Batch:
            if former is not None:
                former.close()
            batches = self._opening.alcove.batches
            inputs: Inputs = batches.inputs(wish.paths, wish.prompt)
            plan = batches.plan(wish.prompt, inputs, wish.format, wish.sampling)
            return batches.open(plan, inputs, wish.result, resume=resume, replace=replace)

        def done(batch: Batch) -> None:
            self.batch, self._wish = batch, wish
            self.opened.emit(batch)

        self._run(work, done)

    def run(self, first: int | None = None) -> None:
        """Go on with the batch, to its end or through its first few items."""
        assert self.batch is not None
        source: LoadedRun = self.batch.run(JOBS, first)
        self._stream = Stream(self._background, self, source, self.told.emit, self._ended)

    def pause(self) -> None:
        """Stop after what is kept already; `stopped` follows."""
        if self._stream is not None:
            self._stream.cancel()

    def write(self, *, with_source: bool) -> None:
        """Write the file; `written` follows."""
        batch, wish = self.batch, self._wish
        assert batch is not None and wish is not None

        def work() -> Sequence[Loss]:
            return batch.write(FileKind.of(wish.result), with_source=with_source)

        self._run(work, self.written.emit)

    def _ended(self, error: Exception | None) -> None:
        self._stream = None
        if error is not None:
            self.failed.emit(error)
        else:
            self.stopped.emit()

    def _run(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        self._background.run(self, work, done, self.failed.emit, Lane.FILES)
