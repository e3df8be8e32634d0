"""The model in use and the one being loaded; a file is checked first, a failed load brings the old back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.core.errors import GpuMiscalculates
from app.core.events import Event, Loaded, LoadProgress, SteppedDown
from app.core.model import DEMO_NAME, LoadedModel
from app.core.shelf import Verdict
from app.ui.background import Background, Lane
from app.ui.opening import Opening
from app.ui.stream import Stream

if TYPE_CHECKING:
    from app.services.models import Loading, ModelCheck


@dataclass(slots=True)
class _Load:
    """One load going on; `path` None is the demo."""

    path: Path | None
    is_way_back: bool
    is_cancelled: bool = False
    stream: Stream[Event] | None = None
    model: LoadedModel | None = None


class ModelLoading(QObject):
    """At most one load at a time; a new one that passes its check ends the one before."""

    began = Signal(str, object)
    """A load began: (the model's name, its path or None for the demo)."""
    progressed = Signal(object)
    """`LoadProgress`."""
    ended = Signal()
    """No load is going on any more; `model` tells what came of it."""
    too_large = Signal(object, object)
    """(`ModelCheck`, path): it needs more memory than is free; `load(path, anyway=True)` goes on."""
    not_known = Signal(object, object)
    """(`ModelCheck`, path): nobody has verified this file; `load(path, is_trusted=True)` goes on."""
    stepped_down = Signal(object)
    """A `SteppedDown`: memory was short, and the load goes on with less."""
    miscalculated = Signal(object, object)
    """(`GpuMiscalculates`, path): `load_on_processor(path)` goes on."""
    failed = Signal(object, object)

    def __init__(
        self, opening: Opening, chosen: Path | None, background: Background, parent: QObject | None = None
    ) -> None:
        """`chosen` is the model that was used last; None is the demo."""
        super().__init__(parent)
        self._opening = opening
        self._background = background
        self._asked = 0
        self._current: _Load | None = None
        self.model: LoadedModel | None = None
        self.path = chosen
        """The file in use, or to be used; None is the demo."""

    @property
    def is_loading(self) -> bool:
        return self._current is not None

    @property
    def is_ready(self) -> bool:
        """Whether a question can be answered now."""
        return self.model is not None and not self.is_loading

    @property
    def name(self) -> str:
        """What the model in use is called, also before it is loaded."""
        return _name(self.path)

    def load_chosen(self) -> None:
        """At start: the model used last, or the demo."""
        self.load(self.path, is_trusted=True)

    def load(
        self,
        path: Path | None,
        anyway: bool = False,
        is_way_back: bool = False,
        is_trusted: bool = False,
    ) -> None:
        """Check the file (None: the demo), then load it; what a person has to agree to is asked first."""
        self._asked += 1
        asked = self._asked

        def checked(check: ModelCheck) -> None:
            if asked != self._asked:
                return
            if not (check.verdict is Verdict.GOOD or is_trusted or anyway):
                self.not_known.emit(check, path)
            elif check.fits or anyway:
                self._begin(_Load(path, is_way_back))
            else:
                self.too_large.emit(check, path)

        def refused(error: Exception) -> None:
            self.failed.emit(error, None)
            if self.model is None and not self.is_loading:
                self._go_back(path)

        self._background.run(self, lambda: self._opening.models.check(path), checked, refused, Lane.FILES)

    def load_on_processor(self, path: Path | None) -> None:
        """Use no graphics processor from now on, and load."""

        def work() -> None:
            alcove = self._opening.alcove
            alcove.models.decide(replace(alcove.settings_file.load().overrides, gpu_layers=0))

        self._background.run(
            self,
            work,
            lambda _: self.load(path, is_trusted=True),
            lambda error: self.failed.emit(error, None),
            Lane.FILES,
        )

    def cancel(self) -> None:
        """End the load that is going on."""
        if self._current is not None:
            self._current.is_cancelled = True
            if self._current.stream is not None:
                self._current.stream.cancel()

    def adopt(self, model: LoadedModel) -> None:
        """The services loaded a model by themselves, to answer a question."""
        self.model = model
        self.ended.emit()

    def rest(self) -> None:
        """The services unloaded the model; the next question loads it again."""
        if not self.is_loading:
            self.model = None
            self.ended.emit()

    def _begin(self, load: _Load) -> None:
        self.cancel()
        self._current = load
        self.began.emit(_name(load.path), load.path)
        self._background.run(
            self,
            lambda: self._opening.models.load(load.path),
            lambda generation: self._follow(load, generation),
            lambda error: self._ended(load, error),
            Lane.FILES,
        )

    def _follow(self, load: _Load, generation: Loading) -> None:
        load.stream = Stream(
            self._background,
            self,
            generation,
            lambda events: self._grew(load, events),
            lambda error: self._ended(load, error),
        )
        if load.is_cancelled:
            load.stream.cancel()

    def _grew(self, load: _Load, events: Sequence[Event]) -> None:
        for event in events:
            if isinstance(event, Loaded):
                load.model = event.model
            elif isinstance(event, SteppedDown):
                self.stepped_down.emit(event)
            elif isinstance(event, LoadProgress) and load is self._current:
                self.progressed.emit(event)

    def _ended(self, load: _Load, error: Exception | None) -> None:
        if load is not self._current:
            return
        self._current = None
        if load.model is not None:
            self.model, self.path = load.model, load.path
        self.ended.emit()
        if isinstance(error, GpuMiscalculates):
            self.miscalculated.emit(error, load.path)
        elif error is not None:
            self.failed.emit(error, None)
        if load.model is None and not load.is_way_back and (error is not None or self.model is not None):
            self._go_back(load.path)

    def _go_back(self, failed: Path | None) -> None:
        """Have something to chat with: the model that was in use, or else the demo."""
        if self.model is not None:
            self.load(self.path, anyway=True, is_way_back=True)
        elif failed is not None:
            self.load(None, anyway=True, is_way_back=True)


def _name(path: Path | None) -> str:
    return DEMO_NAME if path is None else path.stem
