"""Pictures of models: the first run, their window with a download, an error, the fit, a model's inside."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tests.helpers import machines
from tests.helpers.hub_server import REPOSITORY, Act, Fault, HubServer
from tests.helpers.window import open_window, write_tiny_model

if TYPE_CHECKING:
    from app.ui.application import Program
    from tests.ui.screenshots import Studio

FULL_SIZE = Path(__file__).parents[2] / "build" / "benchmarks" / "synthetic-2880-24.gguf"
NAME = "gpt-oss-20b-mxfp4.gguf"
CONTENT = random.Random(1).randbytes(48_000_000)
HURRIED, SLOW = 0, 2_500_000
GATED = Fault(Act.STATUS, status=403)


def scene_welcome(studio: Studio) -> None:
    """A window of its own, over a profile in which nothing was chosen yet."""
    with tempfile.TemporaryDirectory() as profile, HubServer({NAME: CONTENT}, bytes_per_s=SLOW) as server:
        program = _open_first(studio, Path(profile), server.endpoint)
        window, work = program.window, program.window.models.work
        studio.wait(lambda: work.advice is not None and work.disk is not None)
        studio.shoot("welcome-here", window)
        _pretend(program, machines.GPU_12_RAM_32)
        studio.shoot("welcome-gpu", window)
        window.resize(660, 560)
        studio.shoot("welcome-narrow", window)
        window.resize(1280, 800)
        work.list(REPOSITORY, _raise)
        work.listing.connect(lambda listing: work.fetch_file(listing.files[0]))
        studio.wait(lambda: any(live.progress[0] > 10_000_000 for live in work.live), 60)
        studio.shoot("welcome-downloading", window)
        _pretend(program, machines.CPU_8)
        studio.shoot("welcome-too-small", window)
        window.close()
        program.close()


def scene_models(studio: Studio) -> None:
    """The pages of their window, a download in the middle, paused, and one that goes wrong."""
    from app.ui.models.trust import TrustBox

    models = studio.window.models
    write_tiny_model(_shelf(studio) / "gpt-oss-20b-q6_k.gguf")
    (_shelf(studio) / "holiday.gguf").write_bytes(b"not a model")
    studio.window.actions_of["models"].trigger()
    dialog = models.dialog
    assert dialog is not None
    work = dialog.work
    studio.wait(lambda: work.disk is not None and len(dialog.installed.mine.rows) > 2)
    studio.shoot("models", dialog)
    with HubServer({NAME: CONTENT}, bytes_per_s=SLOW) as server:
        studio.program.opening.alcove.settings_file.change(hub_endpoint=server.endpoint)
        dialog.show_tab("available")
        dialog.available.name.setText(REPOSITORY)
        dialog.available.look_up.click()
        studio.wait(lambda: bool(dialog.available.results.rows))
        studio.shoot("models-more", dialog)
        dialog.available.results.rows[0].buttons[0].click()
        studio.wait(lambda: any(live.progress[0] > 20_000_000 for live in work.live), 60)
        studio.shoot("models-downloading", dialog)
        live = work.live[-1]
        live.pause()
        studio.wait(lambda: not live.is_busy)
        studio.shoot("models-paused", dialog)
        server.hub_goes_wrong(*[GATED] * 30)
        server.go_wrong(*[GATED] * 30)
        live.start()
        studio.wait(lambda: live.error is not None, 60)
        studio.shoot("models-error", dialog)
        work.discard(live)
        studio.wait(lambda: live.has_ended)
    settings_file = studio.program.opening.alcove.settings_file
    settings_file.change(hub_endpoint="", token_origins=("https://huggingface.co", "https://hub.example"))
    work.look()
    studio.wait(lambda: len(dialog.settings.tokens) > 1)
    dialog.show_tab("settings")
    studio.shoot("models-settings", dialog)
    dialog.chosen.emit(_shelf(studio) / "gpt-oss-20b-q6_k.gguf")
    studio.wait(lambda: bool(dialog.findChildren(TrustBox)))
    (box,) = dialog.findChildren(TrustBox)
    studio.shoot("models-trust", box)
    box.leave.click()
    dialog.close()


def scene_inside(studio: Studio) -> None:
    """How the model in use fits, and what the demo and (where it was made) the full size are made of."""
    from app.ui.models.about import AboutDialog
    from app.ui.models.fit_dialog import FitDialog

    models = studio.window.models
    models.open_fit(None)
    studio.wait(lambda: any(d.plan is not None for d in studio.window.findChildren(FitDialog)), 30)
    fit = next(iter(studio.window.findChildren(FitDialog)))
    fit.expert.fold.set_open(True)
    studio.shoot("fit", fit)
    fit.close()
    for name, path in (("about-demo", None), ("about-full", FULL_SIZE)):
        if path is None or path.exists():
            models.open_about(path)
            studio.wait(lambda: bool(studio.window.findChildren(AboutDialog)))
            dialog = studio.window.findChildren(AboutDialog)[-1]
            studio.shoot(name, dialog)
            dialog.close()
            studio.wait(lambda: not studio.window.findChildren(AboutDialog))


SCENES: tuple[Callable[[Studio], None], ...] = (scene_welcome, scene_models, scene_inside)


def _open_first(studio: Studio, profile: Path, endpoint: str) -> Program:
    settings = {
        "model": "",
        "recent_models": (),
        "hub_endpoint": endpoint,
        "language": studio.language,
        "theme": studio.theme,
    }
    program = open_window(studio.application, profile, {"final": "Yes."}, settings=settings)
    studio.wait(lambda: program.window.models.first_run is not None)
    return program


def _pretend(program: Program, machine: machines.Machine) -> None:
    """Advice for a computer that is not this one."""
    from app.catalogue.index import read_index
    from app.services.advice import advise, original
    from app.userdata import resource

    page = program.window.models.first_run
    assert page is not None
    entries = read_index(resource("catalogue.json"))
    page.show_advice(advise(entries, original(), machine))


def _shelf(studio: Studio) -> Path:
    folder = studio.program.opening.alcove.library.folder
    folder.mkdir(exist_ok=True)
    return folder


def _raise(error: Exception) -> None:
    raise error
