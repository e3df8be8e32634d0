"""The services over a real server: one transfer a file, what is kept, what is remembered, and the token."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.core.catalogue import Entry, Origin
from app.core.download import Checked, Fetched, Stopped
from app.core.errors import (
    AccessDenied,
    AlcoveError,
    ContentWrong,
    DownloadBusy,
    FileMissing,
    HostUnreachable,
    KeyringLocked,
    NoRoom,
    NoToken,
    NotRepairable,
    TargetTaken,
)
from app.core.settings import Settings
from app.core.shelf import Verdict
from app.services.library import Library
from app.services.transfer import Route, Transfers
from app.userdata import SettingsFile, places
from tests.helpers.downloading import HASTY, content
from tests.helpers.hub_server import REPOSITORY, TOKEN, Act, Fault, HubServer

DATA = content(3_000_000)
ENTRY = Entry("one", "One", Origin.ORIGINAL, REPOSITORY, "model.gguf")


class Keyring:
    """What the vault is to the services; `error` is raised in place of an answer."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.reads = 0
        self.error: AlcoveError | None = None

    def read(self, origin: str) -> str | None:
        self.reads += 1
        if self.error is not None:
            raise self.error
        return self.kept.get(origin)

    def keep(self, origin: str, token: str) -> None:
        self.kept[origin] = token

    def forget(self, origin: str) -> None:
        self.kept.pop(origin, None)


@pytest.fixture
def server() -> Iterator[HubServer]:
    with HubServer({"model.gguf": DATA}) as made:
        yield made


@pytest.fixture
def keyring() -> Keyring:
    return Keyring()


class Made:
    """The services of one profile that uses `server`."""

    def __init__(self, folder: Path, server: HubServer, keyring: Keyring) -> None:
        where = places(folder)
        where.make()
        self.settings_file = SettingsFile(where.settings)
        self.settings_file.save(Settings(hub_endpoint=server.endpoint))
        self.library = Library(self.settings_file, where, lambda old, new: None, reserve_bytes=0)
        self.keyring: Any = keyring
        self.transfers = Transfers(self.settings_file, self.library, self.keyring, HASTY)


@pytest.fixture
def made(tmp_path: Path, server: HubServer, keyring: Keyring) -> Iterator[Made]:
    services = Made(tmp_path / "profile", server, keyring)
    yield services
    services.transfers.close()


def test_nothing_is_asked_of_the_network_before_it_is_told_to(made: Made, server: HubServer) -> None:
    assert (made.library.items(), made.library.unfinished(), made.transfers.running) == ((), (), ())
    assert made.library.entries[0].id == "gpt-oss-20b-mxfp4"
    assert (server.hub.requests, server.store.requests, made.keyring.reads) == ([], [], 0)


def test_a_fetched_file_lies_on_the_shelf_as_good(made: Made) -> None:
    file = made.transfers.find(ENTRY)
    transfer = made.transfers.fetch(file)
    assert made.transfers.running == (transfer,)
    *_, last = transfer
    assert isinstance(last, Fetched) and last.path.read_bytes() == DATA
    assert made.transfers.running == () and transfer.latest == last
    (item,) = made.library.items()
    assert (item.verdict, item.sha256) == (Verdict.GOOD, file.sha256)


def test_one_transfer_a_file_and_another_after_it(made: Made, server: HubServer) -> None:
    server.go_wrong(Fault(Act.STALL, 100_000))
    file = made.transfers.find(ENTRY)
    first = made.transfers.fetch(file)
    with pytest.raises(DownloadBusy):
        made.transfers.fetch(file)
    first.cancel()
    assert isinstance(list(first)[-1], Stopped)
    assert isinstance(list(made.transfers.fetch(file))[-1], Fetched)


def test_a_paused_download_is_listed_and_goes_on(made: Made, server: HubServer) -> None:
    server.go_wrong(Fault(Act.STALL, 2_000_000))
    transfer = made.transfers.fetch(made.transfers.find(ENTRY))
    while not getattr(transfer.latest, "done_bytes", 0) >= 1_500_000:
        transfer.take(0.5)
    transfer.cancel()
    assert isinstance(list(transfer)[-1], Stopped)
    (waiting,) = made.library.unfinished()
    assert waiting.done_bytes >= 1_500_000
    *_, last = made.transfers.resume(waiting)
    assert isinstance(last, Fetched) and last.fetched_bytes <= len(DATA) - waiting.done_bytes + 65536
    assert made.library.unfinished() == ()


def test_what_was_fetched_can_be_thrown_away(made: Made, server: HubServer) -> None:
    server.go_wrong(Fault(Act.STALL, 100_000))
    transfer = made.transfers.fetch(made.transfers.find(ENTRY))
    while not getattr(transfer.latest, "done_bytes", 0):
        transfer.take(0.5)
    transfer.cancel()
    list(transfer)
    made.library.remove(made.library.unfinished()[0].target)
    assert made.library.unfinished() == ()


def test_the_end_of_the_program_stops_what_runs_and_keeps_it(made: Made, server: HubServer) -> None:
    server.go_wrong(Fault(Act.STALL, 100_000))
    transfer = made.transfers.fetch(made.transfers.find(ENTRY))
    while not getattr(transfer.latest, "done_bytes", 0):
        transfer.take(0.5)
    made.transfers.close()
    assert made.transfers.running == ()
    assert made.library.unfinished()[0].done_bytes > 0


def test_a_wrong_file_is_never_on_the_shelf(made: Made, server: HubServer) -> None:
    server.go_wrong(*[Fault(Act.CORRUPT, 5)] * 2)
    with pytest.raises(ContentWrong):
        list(made.transfers.fetch(made.transfers.find(ENTRY), Route(bytes_per_s=10**9)))
    assert made.library.items() == ()


def test_bit_rot_is_found_remembered_and_mended_by_its_block(made: Made) -> None:
    *_, fetched = made.transfers.fetch(made.transfers.find(ENTRY))
    assert isinstance(fetched, Fetched)
    with fetched.path.open("r+b") as file:
        file.seek(1_000_000)
        file.write(b"rot")
    assert made.library.item(fetched.path).verdict is Verdict.UNCHECKED
    *_, checked = made.transfers.verify(fetched.path)
    assert isinstance(checked, Checked) and not checked.is_good and checked.bad_blocks == (3,)
    assert made.library.item(fetched.path).verdict is Verdict.DAMAGED
    *_, mended = made.transfers.repair(fetched.path)
    assert isinstance(mended, Fetched) and mended.fetched_bytes <= HASTY.block_bytes
    assert fetched.path.read_bytes() == DATA
    assert made.library.item(fetched.path).verdict is Verdict.GOOD


def test_a_file_nobody_knows_is_neither_good_nor_damaged(made: Made, tmp_path: Path) -> None:
    path = tmp_path / "mine.gguf"
    path.write_bytes(DATA)
    *_, checked = made.transfers.verify(path)
    assert isinstance(checked, Checked) and not checked.is_good
    assert made.library.item(path).verdict is Verdict.UNKNOWN
    assert [child.name for child in tmp_path.iterdir() if child.name == ".alcove"] == []
    with pytest.raises(NotRepairable):
        made.transfers.repair(path)


def test_the_limit_of_the_settings_holds_unless_another_is_named(made: Made) -> None:
    made.settings_file.change(download_bytes_per_s=1)
    file = made.transfers.find(ENTRY)
    assert isinstance(list(made.transfers.fetch(file, Route(bytes_per_s=0)))[-1], Fetched)
    slow = made.transfers.fetch(made.transfers.find(ENTRY))
    assert isinstance(list(slow)[-1], Fetched), "it is there already"


def test_another_hub_for_once(made: Made) -> None:
    with HubServer({"other.gguf": b"other"}) as mirror:
        listing = made.transfers.list(REPOSITORY, Route(mirror.endpoint))
    assert [file.path for file in listing.files] == ["other.gguf"]
    with pytest.raises(FileMissing):
        made.transfers.find(Entry("x", "X", Origin.ORIGINAL, REPOSITORY, "other.gguf"))
    with pytest.raises(HostUnreachable):
        made.transfers.list(REPOSITORY, Route("no address"))


def test_a_disk_without_room_is_said_before_a_byte_comes(made: Made, server: HubServer) -> None:
    file = made.transfers.find(ENTRY)
    tuning = replace(HASTY, reserve_bytes=1 << 60)
    transfers = Transfers(made.settings_file, made.library, made.keyring, tuning)
    with pytest.raises(NoRoom):
        list(transfers.fetch(file))
    assert server.store.requests == []


def test_another_file_of_that_name_stays(made: Made) -> None:
    file = made.transfers.find(ENTRY)
    target = made.transfers.place(file)
    target.parent.mkdir()
    target.write_bytes(b"mine")
    with pytest.raises(TargetTaken):
        list(made.transfers.fetch(file))
    assert target.read_bytes() == b"mine"


def test_the_models_move_and_all_that_is_known_of_them(made: Made, tmp_path: Path) -> None:
    *_, fetched = made.transfers.fetch(made.transfers.find(ENTRY))
    assert isinstance(fetched, Fetched)
    made.settings_file.change(model=str(fetched.path), recent_models=(str(fetched.path), "/else.gguf"))
    new = tmp_path / "disk" / "models"
    list(made.library.move(new))
    moved = new / fetched.path.name
    settings = made.settings_file.load()
    assert made.library.folder == new
    assert (settings.model, settings.recent_models) == (str(moved), (str(moved), "/else.gguf"))
    assert made.library.item(moved).verdict is Verdict.GOOD
    with moved.open("r+b") as file:
        file.write(b"rot")
    assert isinstance(list(made.transfers.repair(moved))[-1], Fetched)
    assert moved.read_bytes() == DATA
    list(made.library.move(new))
    assert moved.read_bytes() == DATA


class TestToken:
    """A gated repository, and a keyring in several moods."""

    @pytest.fixture
    def server(self) -> Iterator[HubServer]:
        with HubServer({"model.gguf": DATA}, is_gated=True) as made:
            yield made

    def test_it_is_asked_for_only_where_one_was_kept(self, made: Made) -> None:
        with pytest.raises(AccessDenied):
            made.transfers.find(ENTRY)
        assert made.keyring.reads == 0

    def test_with_it_the_file_comes_and_it_is_nowhere_on_disk(self, made: Made, tmp_path: Path) -> None:
        made.transfers.keep_token(TOKEN)
        assert isinstance(list(made.transfers.fetch(made.transfers.find(ENTRY)))[-1], Fetched)
        for path in tmp_path.rglob("*"):
            assert not path.is_file() or TOKEN.encode() not in path.read_bytes()

    def test_another_start_reads_it_once(
        self, made: Made, server: HubServer, keyring: Keyring, tmp_path: Path
    ) -> None:
        made.transfers.keep_token(TOKEN)
        again = Made(tmp_path / "profile", server, keyring)
        again.settings_file.save(made.settings_file.load())
        again.settings_file.change(token_origins=(server.endpoint,))
        file = again.transfers.find(ENTRY)
        assert isinstance(list(again.transfers.fetch(file))[-1], Fetched)
        assert keyring.reads == 1

    def test_a_locked_keyring_is_the_cause_that_is_told(self, made: Made, server: HubServer) -> None:
        made.keyring.error = KeyringLocked()
        made.settings_file.change(token_origins=(server.endpoint,))
        with pytest.raises(KeyringLocked):
            made.transfers.find(ENTRY)

    def test_forgotten_is_forgotten(self, made: Made) -> None:
        made.transfers.keep_token(TOKEN)
        made.transfers.forget_token()
        assert made.keyring.kept == {}
        with pytest.raises(AccessDenied):
            made.transfers.find(ENTRY)

    @pytest.mark.parametrize("nonsense", ["", "two words", "line\nbreak", "x" * 1001, "ключ"])
    def test_what_is_no_token_is_not_kept(self, made: Made, nonsense: str) -> None:
        with pytest.raises(NoToken):
            made.transfers.keep_token(nonsense)
        assert made.keyring.kept == {}
