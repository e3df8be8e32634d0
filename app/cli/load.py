"""Load a model in the terminal, warning first where memory will not do."""

from __future__ import annotations

from pathlib import Path

from app.assembly import Alcove
from app.cli.interrupt import Stop
from app.cli.screen import Screen
from app.cli.stream import follow, progress_text
from app.core.errors import EngineError
from app.core.events import Loaded, SteppedDown
from app.core.model import LoadedModel
from app.i18n.loads import stepped_down_text
from app.i18n.quantities import size_text

DEMO = Path("demo")
"""Stands for the demo on the command line: a way back to it where the last chosen file has gone."""


def load_model(alcove: Alcove, path: Path | None, stop: Stop, screen: Screen) -> LoadedModel | None:
    """The model, ready to answer; None if the load was stopped. No path is the demo.

    Raises:
        ModelError: the file cannot be used.
    """
    _warn_of_memory(alcove, path, screen)
    try:
        for event in follow(alcove.models.load(path), stop):
            if isinstance(event, SteppedDown):
                screen.note(stepped_down_text(event, alcove.tr))
            screen.progress(progress_text(event, alcove.tr))
            if isinstance(event, Loaded):
                return event.model
    except EngineError:
        if not stop.requested:  # a load that takes no notice of the stop is ended with its engine
            raise
    return None


def chosen_model(alcove: Alcove, path: Path | None) -> Path | None:
    """The file named on the command line, or the model of the last time; None is the demo."""
    if path is None:
        return alcove.models.current.path
    return None if path == DEMO else path.absolute()


def _warn_of_memory(alcove: Alcove, path: Path | None, screen: Screen) -> None:
    check = alcove.models.check(path)
    if check.fits:
        return
    screen.note(
        alcove.tr(
            "“{name}” needs about {needed} of memory and {free} are free: it may be very slow or fail.",
            name=check.facts.path.name,
            needed=size_text(check.needed_bytes),
            free=size_text(check.free_bytes),
        )
    )
