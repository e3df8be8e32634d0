"""Migrations run whole or not at all, with a backup before each; files of every old version still open."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

import apsw
import pytest

from app.core.answer_format import AnswerFormat, Fault, Notation
from app.core.conversation import ROOT, Options
from app.core.errors import DatabaseCorrupt, DiskFull, ProfileNotWritable
from app.core.message import Draft, Role, Status
from app.core.sampling import Effort
from app.storage import backup, connect, migrate, opening
from app.storage.conversations import Conversations
from app.storage.migrations import MIGRATIONS
from app.storage.opening import open_to_read, open_to_write

GOLDEN = Path(__file__).parents[2] / "golden" / "databases"


def add_colour(connection):
    connection.execute("ALTER TABLE conversation ADD COLUMN colour TEXT NOT NULL DEFAULT 'red'")


def fail_half_way(connection):
    connection.execute("CREATE TABLE half (x); DELETE FROM message")
    raise ZeroDivisionError


@pytest.fixture
def with_migrations(monkeypatch):
    def use(*more):
        steps = (*MIGRATIONS, *more)
        monkeypatch.setattr(opening, "MIGRATIONS", steps)
        monkeypatch.setattr(migrate.migrate, "__defaults__", (steps,))
        monkeypatch.setattr(migrate.version_of, "__defaults__", (len(steps),))

    return use


@pytest.fixture
def old(path, backups):
    with contextlib.closing(open_to_write(path, backups)) as database:
        conversations = Conversations(database)
        conversation = conversations.create("old", Options(), 1.0)
        conversations.add(conversation, None, Draft(Role.USER, "kept"), 1.0)
    return path


def version(path: Path) -> int:
    with contextlib.closing(apsw.Connection(str(path))) as connection:
        return connection.pragma("user_version")


def contents(path: Path) -> list[tuple[str, ...]]:
    with contextlib.closing(apsw.Connection(str(path))) as connection:
        return connection.execute("SELECT title, text FROM message JOIN conversation").fetchall()


def test_a_blank_database_gets_the_newest_version_and_no_backup(path, backups):
    open_to_write(path, backups).close()
    assert version(path) == len(MIGRATIONS)
    assert not backups.exists()


def test_migrating_keeps_a_backup_of_the_version_before(old, backups, with_migrations):
    with_migrations(add_colour, lambda connection: None)
    open_to_write(old, backups).close()
    newest = len(MIGRATIONS)
    assert version(old) == newest + 2
    kept = [f"0001-v{newest}.db", f"0002-v{newest + 1}.db"]
    assert [file.name for file in sorted(backups.iterdir())] == kept
    assert version(backups / kept[0]) == newest
    assert contents(backups / kept[0]) == contents(old) == [("old", "kept")]


def test_a_migration_that_fails_leaves_the_old_version(old, backups, with_migrations):
    with_migrations(add_colour, fail_half_way)
    with pytest.raises(ZeroDivisionError):
        open_to_write(old, backups)
    assert version(old) == len(MIGRATIONS) + 1
    assert contents(old) == [("old", "kept")]


def test_nothing_is_migrated_without_a_backup(old, backups, with_migrations):
    backups.write_text("in the way")
    with_migrations(add_colour)
    with pytest.raises(ProfileNotWritable):
        open_to_write(old, backups)
    assert version(old) == len(MIGRATIONS)


def test_a_backup_that_does_not_fit_leaves_nothing_behind(old, backups, with_migrations, monkeypatch):
    def full(source, path):
        path.write_bytes(b"half")
        raise apsw.FullError("disk full")

    monkeypatch.setattr(backup, "_copy", full)
    with_migrations(add_colour)
    with pytest.raises(DiskFull):
        open_to_write(old, backups)
    assert version(old) == len(MIGRATIONS)
    assert list(backups.iterdir()) == []


def test_backups_are_numbered_onwards(old, backups):
    with contextlib.closing(apsw.Connection(str(old))) as connection:
        names = [backup.back_up(connection, backups, 1).name for _ in range(3)]
    assert names == ["0001-v1.db", "0002-v1.db", "0003-v1.db"]
    assert sorted(file.name for file in backups.iterdir()) == names


def test_a_reader_migrates_a_copy_in_memory(old, backups, with_migrations):
    with_migrations(add_colour)
    before = old.read_bytes()
    with contextlib.closing(open_to_read(old)) as database:
        with database.reading() as connection:
            assert connection.execute("SELECT colour FROM conversation").get == "red"
        with pytest.raises(ProfileNotWritable):
            Conversations(database).create("x", Options(), 1.0)
    assert old.read_bytes() == before


@pytest.mark.parametrize("golden", sorted(GOLDEN.glob("v*.db")), ids=lambda path: path.stem)
def test_files_of_every_version_open(golden, path, backups):
    shutil.copy(golden, path)
    with contextlib.closing(open_to_write(path, backups)) as database:
        conversations = Conversations(database)
        listed, deleted = conversations.summaries(), conversations.summaries(deleted=True)
        loaded = conversations.load(listed[0].id)
        assert database.check() == "ok"
    assert [summary.title for summary in listed] == ["Why is the sky blue? 天空"]
    assert [summary.title for summary in deleted] == ["Thrown away"]
    assert loaded.options.instructions == "Be brief."
    assert (loaded.options.sampling.temperature, loaded.options.sampling.effort) == (0.5, Effort.LOW)
    question, answer = loaded.active_path
    assert (question.text, answer.text) == ("Why is the sky blue? 天空", "Because of Rayleigh scattering.")
    assert (answer.status, answer.model, answer.usage.completion_tokens) == (Status.CUT, "demo", 12)
    assert loaded.siblings(answer.id) == (answer.id, answer.id + 1)
    assert loaded.messages[answer.id + 1].status is Status.CANCELLED
    assert loaded.chosen[ROOT] == question.id
    if golden.stem != "v1":
        kept = AnswerFormat("天空", '{"enum": ["blue"]}', Notation.CHOICE)
        assert loaded.options.format == answer.format == kept
        assert answer.faults == (Fault("$", "enum", "蓝"),)


def test_there_is_a_golden_file_of_every_version():
    assert {path.stem for path in GOLDEN.glob("v*.db")} == {f"v{n + 1}" for n in range(len(MIGRATIONS))}


def test_a_damaged_copy_is_no_backup(old, backups, monkeypatch):
    with contextlib.closing(apsw.Connection(str(old))) as connection:
        monkeypatch.setattr(connect.apsw, "Connection", Unsound)
        with pytest.raises(DatabaseCorrupt):
            backup.back_up(connection, backups, 1)
    assert list(backups.iterdir()) == []


class Unsound(apsw.Connection):
    """Finds fault with itself, as a copy on a failing disk would."""

    def pragma(self, name, value=None):
        return "*** in database main ***"
