"""Drive the embedded backend, or the context beneath it, without a child process."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from app.core.events import Delta, Finished, Loaded, PromptProgress
from app.core.message import Channel, Role
from app.core.model import LoadedModel, LoadOptions
from app.core.request import GenerationRequest, Turn
from app.core.sampling import Sampling
from app.engine.backends.embedded.backend import EmbeddedBackend
from app.engine.backends.embedded.library import Library
from app.engine.backends.embedded.model import Loading, Model
from app.gguf.facts import read_facts

DAY = datetime.date(2026, 11, 21)


def never() -> bool:
    """Nobody asks to stop."""
    return False


def load(backend: EmbeddedBackend, path: Path, options: LoadOptions = LoadOptions()) -> LoadedModel:
    """Load to the end."""
    *_, last = backend.load(path, options, never)
    assert isinstance(last, Loaded)
    return last.model


@contextmanager
def open_model(path: Path, options: LoadOptions = LoadOptions()) -> Iterator[Model]:
    """The weights alone, to open contexts on."""
    loading = Loading(Library(), read_facts(path), options, never)
    list(loading)
    model = loading.model()
    assert model is not None
    yield model
    model.close()


def request(*texts: str, instructions: str = "", **values: float | int) -> GenerationRequest:
    """A question, or question, answer, question; `values` are sampling parameters."""
    roles = (Role.USER, Role.ASSISTANT)
    turns = tuple(Turn(roles[index % 2], text) for index, text in enumerate(texts))
    return GenerationRequest(turns, DAY, instructions, Sampling(**values))  # type: ignore[arg-type]


@dataclass(slots=True)
class Written:
    """One answer and what was told on the way."""

    texts: dict[Channel, str] = field(default_factory=dict)
    progress: list[PromptProgress] = field(default_factory=list)
    finished: Finished | None = None

    @property
    def final(self) -> str:
        return self.texts.get(Channel.FINAL, "")

    @property
    def end(self) -> Finished:
        assert self.finished is not None
        return self.finished


def write(
    backend: EmbeddedBackend,
    asked: GenerationRequest,
    cancelled: Callable[[], bool] = never,
    seen: Callable[[Delta | PromptProgress], None] | None = None,
) -> Written:
    """Generate to the end; `seen` is told of each event before it."""
    written = Written()
    for event in backend.generate(asked, cancelled):
        assert written.finished is None, "nothing follows the end"
        if isinstance(event, Finished):
            written.finished = event
            continue
        if isinstance(event, Delta):
            written.texts[event.channel] = written.texts.get(event.channel, "") + event.text
        else:
            written.progress.append(event)
        if seen is not None:
            seen(event)
    return written
