"""The first run: what this computer can run, a download while the demo answers, a file at hand."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot

from tests.helpers.hub_server import REPOSITORY, HubServer
from tests.helpers.window import ask, give, texts, trust, write_tiny_model
from tests.ui.models.conftest import CONTENT, NAME

if TYPE_CHECKING:
    from app.ui.application import Program

pytestmark = pytest.mark.qt_log_ignore("does not support (grabbing|raise|propagate)", extend=True)


def fetch_the_file(program: Program, qtbot: QtBot) -> None:
    """Download what the hub has, as the catalogue would."""
    work = program.window.models.work
    files: list[Any] = []
    work.listing.connect(lambda listing: files.extend(listing.files))
    work.list(REPOSITORY, _raise)
    qtbot.waitUntil(lambda: bool(files), timeout=10_000)
    work.fetch_file(files[0])


def _raise(error: Exception) -> None:
    raise error


def test_it_says_what_this_computer_can_run_and_asks_nobody(first_run: Program, hub: HubServer) -> None:
    page = first_run.window.models.first_run
    advice = first_run.window.models.work.advice
    assert page is not None and advice is not None
    assert page.card.isVisible() and page.demo.isVisible() and page.have.isVisible()
    assert page.card.picture.isVisible() is advice.fits
    assert page.card.words.text()
    assert "models" in page.card.place.text()
    assert not first_run.window.sidebar.isVisible()
    assert not hub.hub.requests and not hub.store.requests


def test_the_demo_can_be_tried_at_once_and_the_screen_does_not_come_back(
    first_run: Program, qtbot: QtBot, start: Any
) -> None:
    page = first_run.window.models.first_run
    assert page is not None
    qtbot.mouseClick(page.demo.button, Qt.MouseButton.LeftButton)
    assert first_run.window.models.first_run is None
    assert first_run.window.sidebar.isVisible() and first_run.window.page.composer.isVisible()
    ask(first_run, qtbot, "one")
    assert texts(first_run) == ["one", "Yes."]
    settings_file = first_run.opening.alcove.settings_file
    qtbot.waitUntil(lambda: settings_file.load().welcomed)


def test_what_was_downloaded_is_loaded(
    first_run: Program, qtbot: QtBot, hub: HubServer, tmp_path: Path
) -> None:
    hub.files[NAME] = write_tiny_model(tmp_path / "tiny.gguf").read_bytes()
    hub.sha256[NAME] = hashlib.sha256(hub.files[NAME]).hexdigest()
    fetch_the_file(first_run, qtbot)
    loading = first_run.window.loading
    qtbot.waitUntil(lambda: loading.path is not None and loading.is_ready, timeout=20_000)
    assert loading.path is not None and loading.path.read_bytes() == hub.files[NAME]
    assert first_run.window.models.first_run is None


def test_a_download_shows_in_the_card_and_goes_on_behind_the_demo(
    first_run: Program, qtbot: QtBot, hub: HubServer
) -> None:
    hub.bytes_per_s = 1_000_000
    page, work = first_run.window.models.first_run, first_run.window.models.work
    assert page is not None
    fetch_the_file(first_run, qtbot)
    transfer = page.card.transfer
    qtbot.waitUntil(lambda: "Downloading" in transfer.what.text(), timeout=10_000)
    assert transfer.isVisible() and "/s" in transfer.figures.text()
    assert transfer.plot.samples
    page.demo.acted.emit()
    live = work.live[-1]
    ask(first_run, qtbot, "one")
    assert live.is_busy
    hub.bytes_per_s = 0
    qtbot.waitUntil(lambda: live.has_ended, timeout=20_000)
    assert (first_run.opening.alcove.library.folder / NAME).read_bytes() == CONTENT


def test_a_file_that_is_dropped_is_used(first_run: Program, qtbot: QtBot, tmp_path: Path) -> None:
    page = first_run.window.models.first_run
    assert page is not None
    path = write_tiny_model(tmp_path / "mine.gguf")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    action, nothing = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    page.dropEvent(QDropEvent(QPointF(9, 9), action, data, Qt.MouseButton.LeftButton, nothing))
    trust(first_run, qtbot)
    qtbot.waitUntil(lambda: first_run.window.loading.name == "mine", timeout=10_000)
    assert first_run.window.models.first_run is None


def test_who_has_a_model_is_not_welcomed(start: Any) -> None:
    program = start({"final": "Yes."})
    assert program.window.models.first_run is None
    assert program.window.page.composer.isVisible()
    give(program, "models")
    assert program.window.models.dialog.isVisible()


def test_a_file_that_cannot_be_used_is_said_and_the_screen_stays(
    first_run: Program, qtbot: QtBot, tmp_path: Path
) -> None:
    page = first_run.window.models.first_run
    assert page is not None
    path = tmp_path / "bad.gguf"
    path.write_text("<html>")
    first_run.window.models._use(path)
    qtbot.waitUntil(page.fault.isVisible, timeout=10_000)
    assert "bad.gguf" in page.fault.text()
    assert first_run.window.models.first_run is page
    qtbot.waitUntil(lambda: first_run.window.loading.is_ready)


def test_what_another_program_left_is_offered_and_used_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: Any, qtbot: QtBot
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = tmp_path / ".lmstudio" / "models" / "lmstudio-community" / "gpt-oss-20b-GGUF"
    folder.mkdir(parents=True)
    path = write_tiny_model(folder / "gpt-oss-20b-MXFP4.gguf")
    program = start({"final": "Yes."}, settings={"model": "", "recent_models": ()})
    page = program.window.models.first_run
    assert page is not None
    qtbot.waitUntil(page.use.isVisible, timeout=10_000)
    assert "LM Studio" in page.have.words.text() and "gpt-oss-20b-MXFP4" in page.have.words.text()
    qtbot.mouseClick(page.use, Qt.MouseButton.LeftButton)
    trust(program, qtbot)
    qtbot.waitUntil(lambda: program.window.loading.path == path, timeout=10_000)
    assert program.window.models.first_run is None
