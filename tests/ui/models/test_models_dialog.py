"""The window of models: what is here, any repository, pause, errors with a way on, settings."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.core.shelf import Verdict
from app.services.transfer import Route
from app.ui.models.live import Phase
from app.vault import Vault
from tests.helpers.hub_server import REPOSITORY, TOKEN, Act, Fault, HubServer
from tests.helpers.window import ask, texts, trust, trust_box, write_tiny_model
from tests.ui.models.conftest import CONTENT, NAME, OpenDialog

if TYPE_CHECKING:
    from app.ui.application import Program
    from app.ui.models.live import Live
    from app.ui.models.models_dialog import ModelsDialog
    from app.ui.models.transfer_row import TransferRow

pytestmark = pytest.mark.qt_log_ignore("does not support (grabbing|raise|propagate)", extend=True)


@pytest.fixture
def program(start: Any, hub: HubServer) -> Program:
    opened: Program = start({"final": "Still here."}, settings={"hub_endpoint": hub.endpoint})
    return opened


def look_up(dialog: ModelsDialog, qtbot: QtBot, name: str = REPOSITORY) -> None:
    dialog.show_tab("available")
    dialog.available.name.setText(name)
    qtbot.keyClick(dialog.available.name, Qt.Key.Key_Return)
    qtbot.waitUntil(dialog.available.look_up.isEnabled, timeout=10_000)


def begin(dialog: ModelsDialog, qtbot: QtBot) -> tuple[Live, TransferRow]:
    """Look the repository up and press Download."""
    look_up(dialog, qtbot)
    return press_download(dialog, qtbot)


def begin_gated(dialog: ModelsDialog, qtbot: QtBot, hub: HubServer) -> tuple[Live, TransferRow]:
    """The same, until it is refused for want of a token."""
    look_up(dialog, qtbot)
    hub.is_gated = True
    live, row = press_download(dialog, qtbot)
    qtbot.waitUntil(lambda: live.phase is Phase.FAILED, timeout=10_000)
    return live, row


def press_download(dialog: ModelsDialog, qtbot: QtBot) -> tuple[Live, TransferRow]:
    (row,) = dialog.available.results.rows
    assert row.shown.detail == f"3.0 MB · SHA-256 {hashlib.sha256(CONTENT).hexdigest()[:12]}…"
    qtbot.mouseClick(row.buttons[0], Qt.MouseButton.LeftButton)
    transfer = dialog.transfers.rows[-1].transfer
    assert transfer is not None
    return dialog.work.live[-1], transfer


def titles(dialog: ModelsDialog) -> list[str]:
    return [row.shown.title for row in dialog.installed.mine.rows]


def said(dialog: ModelsDialog) -> str:
    return dialog.available.results._words.text()


def test_what_lies_here_is_listed_and_can_be_used(
    program: Program, qtbot: QtBot, open_models: OpenDialog, tmp_path: Path
) -> None:
    ask(program, qtbot, "one")
    folder = program.opening.alcove.library.folder
    folder.mkdir()
    write_tiny_model(folder / "other.gguf")
    (folder / "holiday.gguf").write_bytes(b"no model")
    dialog = open_models(program)
    assert titles(dialog) == ["Alcove demo", "holiday", "other", "gpt-oss-20b"]
    rows = {row.shown.title: row for row in dialog.installed.mine.rows}
    assert rows["holiday"].shown.is_fault and not rows["holiday"].buttons
    assert rows["gpt-oss-20b"].shown.badge == "in use"
    qtbot.mouseClick(rows["other"].buttons[0], Qt.MouseButton.LeftButton)
    trust(program, qtbot)
    qtbot.waitUntil(lambda: program.window.loading.name == "other" and program.window.loading.is_ready)
    assert texts(program) == ["one", "Still here."]
    rows = {row.shown.title: row for row in dialog.installed.mine.rows}
    assert rows["other"].shown.badge == "in use"


def test_d14_a_file_nobody_knows_is_loaded_with_consent_only_and_asked_about_once(
    program: Program, qtbot: QtBot, tmp_path: Path
) -> None:
    path, loading = write_tiny_model(tmp_path / "mine.gguf"), program.window.loading
    use = program.window.models._use
    use(path)
    box = trust_box(program, qtbot)
    assert "not verified" in box.informativeText() and not loading.is_loading
    qtbot.mouseClick(box.leave, Qt.MouseButton.LeftButton)
    assert loading.is_ready and loading.name == "gpt-oss-20b"
    use(path)
    qtbot.mouseClick(trust_box(program, qtbot).verify, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "SHA-256" in trust_box(program, qtbot).informativeText(), timeout=10_000)
    trust(program, qtbot)
    qtbot.waitUntil(lambda: loading.is_ready and loading.name == "mine", timeout=10_000)
    use(None)
    qtbot.waitUntil(lambda: loading.is_ready and loading.path is None, timeout=10_000)
    use(path)
    qtbot.waitUntil(lambda: loading.is_ready and loading.name == "mine", timeout=10_000)


def test_nothing_is_asked_before_a_button_is_pressed(
    program: Program, qtbot: QtBot, open_models: OpenDialog, hub: HubServer
) -> None:
    dialog = open_models(program)
    for tab in ("available", "settings", "installed"):
        dialog.show_tab(tab)
    qtbot.waitUntil(lambda: dialog.work.advice is not None, timeout=20_000)
    badges = {row.shown.title: row.shown.badge for row in dialog.available.entries.rows}
    assert badges["gpt-oss-20b Q6_K (bartowski)"] == "converted by others"
    assert not hub.hub.requests
    look_up(dialog, qtbot)
    assert len(hub.hub.requests) == 1


def test_a_download_is_paused_resumed_and_verified(
    program: Program, qtbot: QtBot, open_models: OpenDialog, hub: HubServer
) -> None:
    hub.bytes_per_s = 1_000_000
    live, row = begin(open_models(program), qtbot)
    qtbot.waitUntil(lambda: live.progress[0] > 0, timeout=10_000)
    qtbot.mouseClick(row.pause, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: live.phase is Phase.PAUSED)
    assert "Paused" in row.what.text() and row.resume.isVisible() and not row.pause.isVisible()
    hub.bytes_per_s = 0
    qtbot.mouseClick(row.resume, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: live.phase is Phase.DONE, timeout=20_000)
    library = program.opening.alcove.library
    assert (library.folder / NAME).read_bytes() == CONTENT
    assert [item.verdict for item in library.items()] == [Verdict.GOOD]
    dialog = program.window.models.dialog
    assert dialog is not None and not dialog.transfers.rows


def test_a_cancelled_download_leaves_nothing(
    program: Program, qtbot: QtBot, open_models: OpenDialog, hub: HubServer
) -> None:
    hub.bytes_per_s = 1_000_000
    dialog = open_models(program)
    live, row = begin(dialog, qtbot)
    qtbot.waitUntil(lambda: live.progress[0] > 0, timeout=10_000)
    qtbot.mouseClick(row.cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: live.phase is Phase.DROPPED)
    library = program.opening.alcove.library
    qtbot.waitUntil(lambda: library.unfinished() == ())
    assert not (library.folder / NAME).exists()
    assert not dialog.transfers.rows


def test_an_error_is_said_and_tried_again(
    program: Program, qtbot: QtBot, open_models: OpenDialog, hub: HubServer
) -> None:
    hub.go_wrong(*[Fault(Act.STATUS, status=404)] * 3)
    live, row = begin(open_models(program), qtbot)
    qtbot.waitUntil(lambda: live.phase is Phase.FAILED, timeout=10_000)
    assert row.note.property("kind") == "danger" and row.note.text()
    assert row.retry.isVisible()
    hub.store.faults.clear()
    qtbot.mouseClick(row.retry, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: live.phase is Phase.DONE, timeout=20_000)


def test_a_gated_model_asks_for_a_token_that_only_a_keyring_may_keep(
    program: Program, qtbot: QtBot, open_models: OpenDialog, hub: HubServer
) -> None:
    dialog = open_models(program)
    live, row = begin_gated(dialog, qtbot, hub)
    assert REPOSITORY in row.note.text()
    assert row.token.isVisible()
    row.token.setText("hf_right")
    qtbot.mouseClick(row.give, Qt.MouseButton.LeftButton)
    assert row.token.text() == ""
    qtbot.waitUntil(lambda: "keyring" in row.note.text() or live.phase is Phase.DONE, timeout=20_000)
    profile = program.places.data
    kept = [path for path in profile.rglob("*") if path.is_file() and b"hf_right" in path.read_bytes()]
    assert not kept


def test_what_is_no_token_is_said_so_and_another_can_be_given(
    program: Program, qtbot: QtBot, open_models: OpenDialog, hub: HubServer
) -> None:
    dialog = open_models(program)
    _, row = begin_gated(dialog, qtbot, hub)
    asked = len(hub.hub.requests)
    row.token.setText("my password")
    qtbot.mouseClick(row.give, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "hf_" in row.note.text(), timeout=10_000)
    assert "no access token" in row.note.text() and row.note.property("kind") == "danger"
    assert row.token.isVisible() and row.retry.isVisible()
    assert len(hub.hub.requests) == asked


def test_tokens_are_listed_by_their_hub_and_removed_whichever_is_in_use(
    program: Program, qtbot: QtBot, open_models: OpenDialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: dict[str, str] = {}
    monkeypatch.setattr(Vault, "keep", lambda self, origin, token: kept.update({origin: token}))
    monkeypatch.setattr(Vault, "forget", lambda self, origin: kept.pop(origin))
    dialog = open_models(program)
    dialog.show_tab("settings")
    page, transfers = dialog.settings, program.opening.alcove.transfers
    assert not page.tokens
    for origin in ("https://one.example", "https://two.example:8443"):
        transfers.keep_token(TOKEN, Route(origin))
    dialog.work.look()
    qtbot.waitUntil(lambda: list(page.tokens) == list(kept), timeout=10_000)
    told = [label.text() for label in page.findChildren(QLabel)]
    assert "One for two.example:8443 is kept in the system keyring." in told
    qtbot.mouseClick(page.tokens["https://one.example"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: list(page.tokens) == ["https://two.example:8443"], timeout=10_000)
    assert list(kept) == ["https://two.example:8443"]


def test_a_token_that_was_given_is_listed_at_once(
    program: Program,
    qtbot: QtBot,
    open_models: OpenDialog,
    hub: HubServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Vault, "keep", lambda self, origin, token: None)
    dialog = open_models(program)
    live, row = begin_gated(dialog, qtbot, hub)
    row.token.setText(TOKEN)
    qtbot.keyClick(row.token, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: live.phase is Phase.DONE, timeout=20_000)
    qtbot.waitUntil(lambda: list(dialog.settings.tokens) == [hub.endpoint], timeout=10_000)


def test_a_repository_that_is_none_is_said_so(
    program: Program, qtbot: QtBot, open_models: OpenDialog
) -> None:
    dialog = open_models(program)
    look_up(dialog, qtbot, "https://huggingface.co/no/body/tree/main")
    assert "no/body" in said(dialog) and not dialog.available.results.rows


def test_cancelling_a_check_removes_no_model(program: Program, qtbot: QtBot, open_models: OpenDialog) -> None:
    folder = program.opening.alcove.library.folder
    folder.mkdir()
    path = write_tiny_model(folder / "other.gguf")
    dialog = open_models(program)
    dialog.work.verify(path)
    live = dialog.work.live[-1]
    dialog.work.discard(live)
    qtbot.waitUntil(lambda: live.has_ended, timeout=10_000)
    assert path.exists()


def test_closing_the_window_ends_a_download_and_the_next_start_goes_on(
    program: Program, qtbot: QtBot, open_models: OpenDialog, hub: HubServer, start: Any
) -> None:
    hub.bytes_per_s = 1_000_000
    live, _ = begin(open_models(program), qtbot)
    qtbot.waitUntil(lambda: live.progress[0] > 0, timeout=10_000)
    program.window.close()
    program.close()
    hub.bytes_per_s = 0
    again = start({"final": "Yes."}, settings={"hub_endpoint": hub.endpoint})
    dialog = open_models(again)
    row = next(row for row in dialog.installed.mine.rows if row.shown.title == NAME)
    qtbot.mouseClick(row.buttons[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil((again.opening.alcove.library.folder / NAME).exists, timeout=20_000)


def test_settings_of_downloads_are_kept(program: Program, qtbot: QtBot, open_models: OpenDialog) -> None:
    dialog = open_models(program)
    dialog.show_tab("settings")
    qtbot.keyClicks(dialog.settings.limit, "5")
    qtbot.keyClick(dialog.settings.limit, Qt.Key.Key_Return)
    dialog.settings.mirror.setText("http://127.0.0.1:9/ ")
    dialog.settings.mirror.editingFinished.emit()
    settings_file = program.opening.alcove.settings_file
    qtbot.waitUntil(lambda: settings_file.load().hub_endpoint == "http://127.0.0.1:9")
    assert settings_file.load().download_bytes_per_s == 5_000_000
    dialog.settings.proxy.setText(" socks5://127.0.0.1:9 ")
    dialog.settings.proxy.editingFinished.emit()
    qtbot.waitUntil(lambda: settings_file.load().proxy == "socks5://127.0.0.1:9")
    assert settings_file.load().hub_endpoint == "http://127.0.0.1:9"


def test_settings_of_downloads_show_and_keep_what_was_decided_elsewhere(
    program: Program, qtbot: QtBot, open_models: OpenDialog
) -> None:
    dialog = open_models(program)
    dialog.show_tab("settings")
    settings_file = program.opening.alcove.settings_file
    settings_file.change(hub_endpoint="https://mirror.example", proxy="http://127.0.0.1:9")
    qtbot.keyClicks(dialog.settings.limit, "7")
    qtbot.keyClick(dialog.settings.limit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: settings_file.load().download_bytes_per_s == 7_000_000)
    assert settings_file.load().hub_endpoint == "https://mirror.example"
    dialog.work.look()
    qtbot.waitUntil(lambda: dialog.settings.mirror.text() == "https://mirror.example")
    assert dialog.settings.proxy.text() == "http://127.0.0.1:9"


def test_the_models_move_with_progress(
    program: Program, qtbot: QtBot, open_models: OpenDialog, tmp_path: Path
) -> None:
    library = program.opening.alcove.library
    library.folder.mkdir()
    write_tiny_model(library.folder / "other.gguf")
    dialog = open_models(program)
    dialog.show_tab("settings")
    dialog.work.move(tmp_path / "new")
    (row,) = dialog.transfers.rows
    assert row.transfer is not None and row.transfer.bar.isVisible() and row.transfer.cancel.isVisible()
    qtbot.waitUntil(lambda: library.folder == tmp_path / "new", timeout=10_000)
    assert (tmp_path / "new" / "other.gguf").exists()
    qtbot.waitUntil(lambda: str(tmp_path / "new") in dialog.settings.folder.text())
