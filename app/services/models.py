"""The models at hand: choose, check against the memory, load."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.catalogue.hashes import Hashes
from app.catalogue.shelf import model_files
from app.core.architecture import Architecture
from app.core.errors import ModelTruncated, NotGguf, ProfileError
from app.core.events import Event, Loaded
from app.core.model import DEMO_NAME, EngineInfo, LoadedModel, ModelFacts
from app.core.plan import Overrides, Plan, Refusal
from app.core.shelf import Verdict
from app.engine.client import EngineClient
from app.engine.generation import Generation
from app.gguf.anatomy import read_architecture
from app.hardware.fit import plan_for, released
from app.log import logger
from app.services.computer import Computer
from app.services.library import models_folder
from app.userdata import Places, SettingsFile, demo_model

if TYPE_CHECKING:
    from app.core.architecture import Architecture
    from app.services.doctor import Report

RECENT_MODELS = 10


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A model that can be chosen; no path is the demo that ships with the program."""

    path: Path | None
    name: str

    @property
    def is_demo(self) -> bool:
        return self.path is None


@dataclass(frozen=True, slots=True)
class ModelCheck:
    """What a model needs to run well, what is free for it, and how it is going to be loaded.

    `verdict` is what is known of its bytes. GOOD is also what ships with Alcove or was used before;
    a front end loads anything else only once a person has said so.
    """

    facts: ModelFacts
    needed_bytes: int
    free_bytes: int
    plan: Plan | Refusal | None = None
    verdict: Verdict = Verdict.GOOD

    @property
    def fits(self) -> bool:
        return self.needed_bytes <= self.free_bytes


class Loading:
    """A load in the making, taken from like the `Generation` it follows."""

    def __init__(self, models: Models, path: Path | None, generation: Generation) -> None:
        self._models = models
        self._path = path
        self._generation = generation

    @property
    def ended(self) -> bool:
        return self._generation.ended

    def take(self, timeout_s: float | None = None) -> list[Event]:
        """As `Generation.take`; the choice is remembered once the model is loaded."""
        events = self._generation.take(timeout_s)
        for event in events:
            if isinstance(event, Loaded):
                self._models.became_loaded(self, self._path, event.model)
        return events

    def __iter__(self) -> Iterator[Event]:
        while not self.ended:
            yield from self.take()

    def cancel(self) -> None:
        self._generation.cancel()


class Models:
    """May be used from any thread."""

    def __init__(
        self, engine: EngineClient, settings_file: SettingsFile, places: Places, remembers: bool
    ) -> None:
        """`remembers`: whether a loaded model becomes the choice of the next start."""
        self._engine = engine
        self._settings_file = settings_file
        self._places = places
        self._remembers = remembers
        self._lock = threading.Lock()
        self._loading: Loading | None = None
        self._is_loaded = False
        self._held: Plan | None = None
        self._name = ""
        self._hashes = Hashes(places.hashes)
        self.computer = Computer(places.cache / "computer.json", engine.info)
        chosen = settings_file.load().model
        self._current = _choice(Path(chosen) if chosen else None)

    @property
    def current(self) -> ModelChoice:
        """What was loaded last, here or at the time before; its file may have gone since."""
        return self._current

    def choices(self) -> tuple[ModelChoice, ...]:
        """The demo, then the files used lately that still exist, then what else lies on the shelf."""
        settings = self._settings_file.load()
        recent = (Path(name) for name in settings.recent_models)
        shelf = model_files(models_folder(settings, self._places))
        paths = dict.fromkeys((*(path for path in recent if path.is_file()), *shelf))
        return (_choice(None), *(_choice(path) for path in paths))

    def architecture(self, path: Path | None) -> Architecture:
        """What a model is made of, from its header; None is the demo.

        Raises:
            ModelError: it cannot be used.
        """
        return self._read(path)

    def plan(self, path: Path | None, overrides: Overrides | None = None) -> Plan | Refusal:
        """How a model would be loaded now, in place of the one before; by the settings unless overridden.

        Raises:
            ModelError: it cannot be used.
            EngineError: the engine does not start.
        """
        return self._plan(self._read(path), overrides or self._wishes())

    def decide(self, overrides: Overrides) -> None:
        """Keep what a person decided about loading; it counts from the next load on.

        Raises:
            ProfileError: the settings cannot be written.
        """
        self._settings_file.save(self._settings_file.load().decided(overrides))

    def check(self, path: Path | None) -> ModelCheck:
        """What this model is and whether it fits.

        Raises:
            ModelError: it cannot be used.
            EngineError: the engine does not start.
        """
        model = self._read(path)
        plan, verdict = self._plan(model, self._wishes()), self._verdict(path)
        if isinstance(plan, Plan):
            return ModelCheck(model.facts, plan.main_bytes, plan.free_bytes, plan, verdict)
        free_bytes = next(share.free_bytes for share in plan.closest.shares if share.device == plan.device)
        return ModelCheck(model.facts, free_bytes + plan.missing_bytes, free_bytes, plan, verdict)

    def load(self, path: Path | None) -> Loading:
        """Load a model in place of the one before; None is the demo. What does not fit is tried all the
        same, in the way that is nearest to fitting.

        Raises:
            ModelError: it cannot be used; the model before stays.
        """
        check = self.check(path)
        path = path and check.facts.path
        plan = check.plan
        plan = plan.nearest or plan.closest if isinstance(plan, Refusal) else plan
        assert plan is not None
        loading = Loading(self, path, self._engine.load(check.facts.path, plan.options))
        with self._lock:
            self._loading, self._is_loaded, self._name = loading, False, check.facts.name
            self._held = plan
        return loading

    @property
    def must_load(self) -> bool:
        """Whether nothing is loaded and nobody is about to."""
        with self._lock:
            return not self._is_loaded and (self._loading is None or self._loading.ended)

    def unload(self) -> bool:
        """Give back the memory of a model that nobody uses; the next question loads it again.

        False where none is loaded, or one is about to be.
        """
        with self._lock:
            if not self._is_loaded or (self._loading is not None and not self._loading.ended):
                return False
            self._is_loaded = False
        self._engine.close()
        return True

    @property
    def name(self) -> str:
        """The name of the model that is loaded or being loaded, "" where there is none."""
        return "" if self.must_load else self._name

    def chosen_name(self) -> str:
        """The name of the model that answers, or that would be loaded to answer.

        Raises:
            ModelError: it cannot be used.
        """
        return self.name or self._read(self._current.path).facts.name

    def file_of(self, name: str) -> Path | None:
        """The file of the model of this name, if it is the one in use."""
        return self._file(self._current.path) if name == self.name else None

    def info(self) -> EngineInfo:
        """The engine's build and devices."""
        return self._engine.info()

    def report(self) -> Report:
        """What the program is made of and runs on."""
        # Reading the packages' metadata takes time that the first paint need not wait for.
        from app.services.doctor import examine

        return examine(self._places, self.info)

    def follow(self, old: Path, new: Path) -> None:
        """All models were moved from one folder into another."""
        path = self._current.path
        if path is not None and path.is_relative_to(old):
            self._current = _choice(new / path.relative_to(old))

    def became_loaded(self, loading: Loading, path: Path | None, model: LoadedModel) -> None:
        """Called by the load that got there; a later one may be under way."""
        with self._lock:
            if loading is self._loading:
                self._is_loaded, self._name = True, model.name
            self._current = _choice(path)
        if self._remembers:
            self._remember(path)

    def _plan(self, model: Architecture, overrides: Overrides) -> Plan | Refusal:
        """What is loaded now counts as free: it makes room for the next."""
        machine = self.computer.now()
        with self._lock:
            held = self._held if self._is_loaded else None
        return plan_for(model, released(machine, held) if held else machine, overrides)

    def _verdict(self, path: Path | None) -> Verdict:
        if path is None:
            return Verdict.GOOD
        known, settings = self._hashes.get(path.absolute()), self._settings_file.load()
        verdict = known.verdict if known is not None else Verdict.UNCHECKED
        was_used = str(path.absolute()) in (settings.model, *settings.recent_models)
        return Verdict.GOOD if was_used and verdict is not Verdict.DAMAGED else verdict

    def _wishes(self) -> Overrides:
        """What the person decided in the settings."""
        return self._settings_file.load().overrides

    def _remember(self, path: Path | None) -> None:
        recent = self._settings_file.load().recent_models
        name = "" if path is None else str(path)
        newest_first = dict.fromkeys((name, *recent)) if name else dict.fromkeys(recent)
        try:
            self._settings_file.change(model=name, recent_models=tuple(newest_first)[:RECENT_MODELS])
        except ProfileError as error:
            # The model works all the same; only the next start will not know of it.
            logger("services").warning("the choice of a model cannot be remembered: %s", error.kind)

    def _read(self, path: Path | None) -> Architecture:
        """A copy of the demo that lost its end, to a disk gone bad or a clumsy hand, is unpacked again."""
        try:
            return read_architecture(self._file(path))
        except (ModelTruncated, NotGguf):
            if path is not None:
                raise
        with contextlib.suppress(OSError):  # what cannot be removed is refused again below
            self._file(None).unlink()
        return read_architecture(self._file(None))

    def _file(self, path: Path | None) -> Path:
        return demo_model(self._places) if path is None else path.absolute()


def _choice(path: Path | None) -> ModelChoice:
    return ModelChoice(path, DEMO_NAME if path is None else path.stem)
