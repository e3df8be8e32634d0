"""Loading in the terminal: a warning where memory will not do, and a load that is stopped."""

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from app.cli.interrupt import Stop
from app.cli.load import chosen_model, load_model
from app.cli.screen import Screen
from app.core.errors import EngineCrashed
from app.core.events import Event, Loaded, LoadProgress
from app.core.model import LoadedModel, ModelFacts
from app.core.settings import Language
from app.i18n import Texts, load_texts
from app.services.models import ModelCheck, ModelChoice

PATH = Path("/models/gpt-oss-20b.gguf")
MODEL = LoadedModel(PATH, "gpt-oss-20b", 12_100_000_000, 8192, 25.0)
CHOICE = ModelChoice(PATH, "gpt-oss-20b")
FACTS = ModelFacts(PATH, MODEL.name, "gpt-oss", MODEL.size_bytes, 24, 32, 4, 2880, 8, 64, 128, 131072, 201088)


@dataclass
class Load:
    events: list[Event | Exception]
    ended: bool = False

    def take(self, timeout_s: float | None = None) -> list[Event]:
        event = self.events.pop(0)
        self.ended = not self.events
        if isinstance(event, Exception):
            raise event
        return [event]

    def cancel(self) -> None:
        pass


@dataclass
class Models:
    """Stands for the service: a model of 12.1 GB that needs 13 GB."""

    free_bytes: int
    events: list[Event | Exception] = field(default_factory=lambda: [LoadProgress(0.5), Loaded(MODEL)])
    current: ModelChoice = CHOICE

    def check(self, path: Path | None) -> ModelCheck:
        return ModelCheck(FACTS, 13_000_000_000, self.free_bytes)

    def load(self, path: Path | None) -> Load:
        return Load(self.events)


@dataclass
class Program:
    models: Models
    tr: Texts = field(default_factory=lambda: load_texts(Language.ENGLISH))


def load(models: Models, *, stopped: bool = False) -> tuple[LoadedModel | None, str]:
    err, stop = io.StringIO(), Stop()
    stop.requested = stopped
    program: Any = Program(models)
    return load_model(program, PATH, stop, Screen(io.StringIO(), err)), err.getvalue()


def test_a_model_that_fits_loads_in_silence() -> None:
    assert load(Models(14_000_000_000)) == (MODEL, "")


def test_a_model_larger_than_free_memory_is_warned_of_and_tried() -> None:
    model, said = load(Models(8_000_000_000))
    assert model == MODEL
    assert said == (
        "“gpt-oss-20b.gguf” needs about 13.0 GB of memory and 8.0 GB are free: it may be very slow or fail.\n"
    )


def test_an_engine_that_had_to_be_ended_for_a_stop_is_no_failure() -> None:
    assert load(Models(14_000_000_000, [EngineCrashed(exit_code=-9)]), stopped=True) == (None, "")
    with pytest.raises(EngineCrashed):
        load(Models(14_000_000_000, [EngineCrashed(exit_code=-9)]))


def test_the_named_file_comes_before_the_last_choice() -> None:
    program: Any = Program(Models(0))
    assert chosen_model(program, None) == PATH
    assert chosen_model(program, Path("other.gguf")) == Path.cwd() / "other.gguf"


def test_demo_on_the_command_line_leads_back_from_a_file_that_has_gone() -> None:
    program: Any = Program(Models(0))
    assert chosen_model(program, Path("demo")) is None
    assert chosen_model(program, Path("models/demo")) == Path.cwd() / "models" / "demo"
