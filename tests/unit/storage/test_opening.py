"""What is damaged, foreign or too new is refused and left as it is; what cannot be written can be read."""

from __future__ import annotations

import contextlib
import os
import random
import stat
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import apsw
import pytest

from app.core.conversation import Options
from app.core.errors import (
    DatabaseCorrupt,
    DatabaseTooNew,
    DiskFull,
    ProfileError,
    ProfileNotWritable,
)
from app.core.message import Draft, Role
from app.storage import faults, opening
from app.storage.conversations import Conversations
from app.storage.migrations import MIGRATIONS
from app.storage.opening import open_nothing, open_to_read, open_to_write
from tests.helpers.superuser import bound_by_modes


def fill(path: Path, backups: Path, messages: int = 3) -> None:
    with contextlib.closing(open_to_write(path, backups)) as database:
        conversations = Conversations(database)
        conversation = conversations.create("kept", Options(), 1.0)
        with conversations.transaction():
            for number in range(messages):
                conversations.add(conversation, None, Draft(Role.USER, f"{number} " * 200), 1.0)


def titles(path: Path) -> list[str]:
    with contextlib.closing(open_to_read(path)) as database:
        return [summary.title for summary in Conversations(database).summaries()]


def snapshot(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_new_database_is_set_up_as_promised(database):
    with database.reading() as connection:
        pragmas = {
            name: connection.pragma(name)
            for name in (
                "journal_mode",
                "synchronous",
                "foreign_keys",
                "trusted_schema",
                "cell_size_check",
                "mmap_size",
                "temp_store",
                "secure_delete",
                "application_id",
            )
        }
    assert pragmas == {
        "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "trusted_schema": 0,
        "cell_size_check": 1, "mmap_size": 0, "temp_store": 2, "secure_delete": 1,
        "application_id": 0x416C6376,
    }  # fmt: skip
    assert database.check() == "ok"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_files_are_for_this_person_only(path, backups):
    before = os.umask(0)
    try:
        fill(path, backups)
        with contextlib.closing(open_to_write(path, backups)) as database:
            Conversations(database).create("x", Options(), 1.0)
            modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.glob("alcove.db*")}
    finally:
        os.umask(before)
    assert modes == dict.fromkeys(("alcove.db", "alcove.db-wal", "alcove.db-shm"), 0o600)


def test_nothing_is_left_beside_a_closed_database(path, backups):
    fill(path, backups)
    assert [file.name for file in path.parent.iterdir()] == ["alcove.db"]


def test_an_old_sqlite_is_refused(path, backups, monkeypatch):
    monkeypatch.setattr(opening.apsw, "SQLITE_VERSION_NUMBER", 3_051_002)
    with pytest.raises(RuntimeError):
        open_to_write(path, backups)
    assert not path.exists()


def test_a_path_with_odd_characters(tmp_path):
    folder = tmp_path / "a?b#c%20 é模型"
    folder.mkdir()
    fill(folder / "alcove.db", folder / "backups")
    assert titles(folder / "alcove.db") == ["kept"]


def spoil_nothing(data: bytes) -> bytes:
    return b""


def spoil_with_garbage(data: bytes) -> bytes:
    return random.Random(1).randbytes(len(data))


def spoil_header(data: bytes) -> bytes:
    return b"<html><body>" + data[12:]


def spoil_first_page(data: bytes) -> bytes:
    return data[:100] + bytes(3996) + data[4096:]


def spoil_by_truncation(data: bytes) -> bytes:
    return data[: len(data) // 2]


def spoil_tail_of_a_page(data: bytes) -> bytes:
    return data[:-5000] + b"\xa5" * 2000 + data[-3000:]


@pytest.mark.parametrize(
    "spoil",
    [
        spoil_nothing,
        spoil_with_garbage,
        spoil_header,
        spoil_first_page,
        spoil_by_truncation,
        spoil_tail_of_a_page,
    ],
)
def test_a_damaged_file_is_refused_and_left_alone(path, backups, spoil):
    fill(path, backups, messages=40)
    path.write_bytes(spoil(path.read_bytes()))
    before = snapshot(path.parent)
    for open_it in (lambda: open_to_write(path, backups), lambda: open_to_read(path)):
        with pytest.raises(DatabaseCorrupt):
            open_it()
    assert {name: data for name, data in snapshot(path.parent).items() if name in before} == before


def test_a_hundred_damaged_files_never_end_in_a_traceback(path, backups):
    fill(path, backups, messages=10)
    sound = path.read_bytes()
    dice = random.Random(2)
    refused = 0
    for _ in range(100):
        start = dice.randrange(len(sound))
        path.write_bytes(sound[:start] + dice.randbytes(dice.choice((1, 64, 4096))) + sound[start + 64 :])
        try:
            with contextlib.closing(open_to_write(path, backups)) as database:
                conversations = Conversations(database)
                for summary in conversations.summaries():
                    conversations.load(summary.id)
        except ProfileError:
            refused += 1
        for beside in path.parent.glob("alcove.db-*"):
            beside.unlink()
    assert refused > 50


def test_another_programs_database_is_refused(path, backups):
    with contextlib.closing(apsw.Connection(str(path))) as connection:
        connection.execute("CREATE TABLE bookmarks (url); PRAGMA user_version = 1")
    before = path.read_bytes()
    with pytest.raises(DatabaseCorrupt):
        open_to_write(path, backups)
    assert path.read_bytes() == before


def test_a_folder_in_the_files_place_is_said(path, backups):
    path.mkdir()
    with pytest.raises(ProfileNotWritable):
        open_to_write(path, backups)
    with pytest.raises(ProfileNotWritable):
        open_to_read(path)


def test_a_newer_database_is_refused_and_not_touched(path, backups):
    fill(path, backups)
    with contextlib.closing(apsw.Connection(str(path))) as connection:
        connection.pragma("user_version", 99)
    before = snapshot(path.parent)
    with pytest.raises(DatabaseTooNew) as caught:
        open_to_write(path, backups)
    assert (caught.value.values["found"], caught.value.values["known"]) == (99, len(MIGRATIONS))
    assert snapshot(path.parent) == before


def test_a_log_without_its_database_is_refused(path, backups):
    fill(path, backups)
    with contextlib.closing(open_to_write(path, backups)) as database:
        Conversations(database).create("x", Options(), 1.0)
        wal = Path(f"{path}-wal").read_bytes()
    path.unlink()
    Path(f"{path}-wal").write_bytes(wal)
    with pytest.raises(DatabaseCorrupt):
        open_to_write(path, backups)
    assert not path.exists() and Path(f"{path}-wal").read_bytes() == wal


def test_remains_of_a_killed_making_do_not_matter(path, backups):
    Path(f"{path}.part").write_bytes(b"half")
    fill(path, backups)
    assert titles(path) == ["kept"]


def test_a_copy_of_a_running_database_opens_with_all_that_was_kept(path, backups, tmp_path):
    with contextlib.closing(open_to_write(path, backups)) as database:
        Conversations(database).create("in the log only", Options(), 1.0)
        (tmp_path / "copy.db").write_bytes(path.read_bytes())
        (tmp_path / "copy.db-wal").write_bytes(Path(f"{path}-wal").read_bytes())
    with contextlib.closing(open_to_write(tmp_path / "copy.db", backups)) as database:
        assert [s.title for s in Conversations(database).summaries()] == ["in the log only"]


def test_reading_without_a_file_shows_nothing_and_makes_nothing(path):
    assert titles(path) == []
    assert list(path.parent.iterdir()) == []
    with contextlib.closing(open_nothing()) as database, pytest.raises(ProfileNotWritable):
        Conversations(database).create("lost", Options(), 1.0)


@pytest.fixture
def unprivileged(tmp_path: Path) -> Iterator[Path]:
    """A folder where modes count."""
    if os.name == "nt":
        pytest.skip("modes do not count on Windows")
    folder = tmp_path / "unprivileged"
    folder.mkdir()
    with bound_by_modes():
        yield folder
    folder.chmod(0o700)


def test_a_read_only_folder_can_be_read(unprivileged):
    path = unprivileged / "alcove.db"
    fill(path, unprivileged / "backups")
    unprivileged.chmod(0o500)
    assert titles(path) == ["kept"]
    with pytest.raises(ProfileNotWritable):
        open_to_write(path, unprivileged / "backups")


def test_a_read_only_file_can_be_read(unprivileged):
    path = unprivileged / "alcove.db"
    fill(path, unprivileged / "backups")
    path.chmod(0o400)
    assert titles(path) == ["kept"]
    with pytest.raises(ProfileNotWritable):
        open_to_write(path, unprivileged / "backups")


def test_no_database_can_be_made_in_a_read_only_folder(unprivileged):
    unprivileged.chmod(0o500)
    with pytest.raises(ProfileNotWritable):
        open_to_write(unprivileged / "alcove.db", unprivileged / "backups")


def test_a_full_disk_is_said_and_writing_goes_on_when_there_is_room(database, conversations):
    conversation = conversations.create("t", Options(), 1.0)
    with database.reading() as connection:
        pages = connection.pragma("page_count")
        connection.pragma("max_page_count", pages + 1)
    with pytest.raises(DiskFull):
        write_for_ever(conversations, conversation)
    kept = len(conversations.load(conversation).messages)
    with database.reading() as connection:
        connection.pragma("max_page_count", 2**30)
    conversations.add(conversation, None, Draft(Role.USER, "y"), 1.0)
    assert len(conversations.load(conversation).messages) == kept + 1


def write_for_ever(conversations, conversation):
    while True:
        conversations.add(conversation, None, Draft(Role.USER, "x" * 1000), 1.0)


def test_where_no_room_is_left_an_input_output_error_is_a_full_disk(path, monkeypatch):
    for free_bytes, error in ((0, DiskFull), (1 << 30, ProfileNotWritable)):
        usage = SimpleNamespace(free=free_bytes)
        monkeypatch.setattr(faults.shutil, "disk_usage", lambda folder, usage=usage: usage)
        with pytest.raises(error), faults.told(path):
            raise apsw.IOError("extending the index failed")
