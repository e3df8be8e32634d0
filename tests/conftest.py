"""Strictness for every test: a warning, a logged warning, a leak or a look beyond this computer fails."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.helpers import leaks
from tests.helpers.screen import PLATFORM

os.environ.setdefault("QT_QPA_PLATFORM", PLATFORM)
settings.register_profile("alcove", deadline=None, derandomize="CI" in os.environ, print_blob=True)
settings.load_profile("alcove")

BORDER = leaks.Border()


@pytest.fixture(scope="session", autouse=True)
def _no_real_profile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing a test does may touch the profile of the person who runs it."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for kind in ("DATA", "CONFIG", "CACHE", "STATE"):
            patch.setenv(f"XDG_{kind}_HOME", str(home / kind.lower()))
        yield


@pytest.fixture(autouse=True)
def _logs(request: pytest.FixtureRequest) -> Iterator[None]:
    """A logged warning fails, unless the test says `@pytest.mark.logs(pattern)`; then it must come."""
    seen: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: seen.append(f"{record.name}: {record.getMessage()}")
    root = logging.getLogger()
    root.addHandler(handler)
    yield
    root.removeHandler(handler)
    patterns = [mark.args[0] for mark in request.node.iter_markers("logs")]
    surprises = [line for line in seen if not any(re.search(pattern, line) for pattern in patterns)]
    missing = [pattern for pattern in patterns if not any(re.search(pattern, line) for line in seen)]
    if surprises:
        pytest.fail("Logged, but not expected (mark it with pytest.mark.logs):\n" + "\n".join(surprises))
    if missing:
        pytest.fail(f"Expected in the log, but it did not come: {missing}")


@pytest.fixture(autouse=True)
def _nothing_is_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """Threads and processes that a test starts end with it."""
    BORDER.strict = "unit" in Path(request.node.path).parts
    started, threads = BORDER.started, leaks.threads()
    processes = leaks.processes() if started else set()
    yield
    BORDER.strict = False
    if left := leaks.remaining(leaks.threads, threads):
        pytest.fail(f"Threads still run: {left}. Close what the test made, in the test or its fixture.")
    if BORDER.started == started:
        return
    if left := leaks.remaining(leaks.processes, processes):
        for process in left:
            process.kill()
        pytest.fail(f"Processes still ran: {left}. Close the client, or wait for the `Popen`.")


@pytest.fixture(autouse=True)
def _no_timer_is_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """Qt timers and threads that a test starts end with it."""
    if "qapp" not in request.fixturenames:
        yield
        return
    app = request.getfixturevalue("qapp")
    with leaks.QtWatch() as watch:
        yield
        _let_go(app)
    if left := watch.running():
        pytest.fail(f"Still running: {sorted(left)}. Give the widget to qtbot.addWidget, or stop them.")


def _let_go(app: object) -> None:
    """Carry out every `deleteLater` that is still waiting."""
    from PySide6.QtCore import QCoreApplication, QEvent

    QCoreApplication.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """A fresh, empty profile, for `--profile` or `assemble`."""
    return tmp_path / "profile"


@pytest.fixture(scope="session")
def demo_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo model that ships with the program, unpacked once for all tests."""
    from app.userdata import demo_model, places

    return demo_model(places(tmp_path_factory.mktemp("demo")))
