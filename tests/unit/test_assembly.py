"""The program put together over real profiles: one writer, readers beside it, and disks that refuse."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pytest

from app.assembly import assemble
from app.core.conversation import Options
from app.core.errors import DatabaseCorrupt, ProfileLocked, ProfileNotWritable
from app.core.message import Draft, Role, Status
from app.core.settings import Language, Settings
from app.storage.conversations import Conversations
from app.storage.opening import open_to_write
from app.userdata import SettingsFile, places
from tests.helpers.superuser import bound_by_modes


def put_together(profile, storage="write"):
    return contextlib.closing(assemble(profile, storage=storage, engine_command=["never-started"]))


def keep_one(profile: Path, status: Status = Status.STREAMING) -> int:
    where = places(profile)
    where.make()
    with contextlib.closing(open_to_write(where.database, where.backups)) as database:
        conversations = Conversations(database)
        conversation_id = conversations.create("kept", Options(), 1.0)
        conversations.add(conversation_id, None, Draft(Role.ASSISTANT, "half", status=status), 1.0)
    return conversation_id


def test_one_writer_and_any_number_of_readers(tmp_path):
    keep_one(tmp_path)
    with put_together(tmp_path) as first:
        with pytest.raises(ProfileLocked) as caught:
            assemble(tmp_path, storage="write", engine_command=[])
        assert caught.value.values == {"path": str(tmp_path)}
        with put_together(tmp_path, "read") as reader, put_together(tmp_path, "none") as nothing:
            assert [s.title for s in reader.chat.list()] == ["kept"]
            assert nothing.chat.list() == ()
            for beside in (reader, nothing):
                with pytest.raises(ProfileNotWritable):
                    beside.chat.send(None, "Hello?")
        assert first.chat.rename(1, "new").list_changed
    with put_together(tmp_path) as again:
        assert [s.title for s in again.chat.list()] == ["new"]


def test_a_writer_marks_what_was_cut_off_and_a_reader_does_not(tmp_path):
    conversation_id = keep_one(tmp_path)
    with put_together(tmp_path, "read") as reader:
        assert reader.chat.open(conversation_id).last.status is Status.STREAMING
    with put_together(tmp_path) as writer:
        assert writer.chat.open(conversation_id).last.status is Status.INTERRUPTED


@pytest.mark.parametrize("storage", ["read", "none"])
def test_looking_in_makes_nothing(tmp_path, storage):
    with put_together(tmp_path / "profile", storage) as alcove:
        assert alcove.chat.list() == ()
    assert list(tmp_path.iterdir()) == []


def test_the_language_of_the_settings(tmp_path):
    where = places(tmp_path)
    SettingsFile(where.settings).save(Settings(language=Language.ENGLISH))
    with put_together(tmp_path, "none") as alcove:
        assert alcove.tr.language == "en"


@pytest.mark.parametrize("storage", ["read", "write"])
def test_a_damaged_database_is_said_and_the_lock_given_back(tmp_path, storage):
    keep_one(tmp_path)
    database = places(tmp_path).database
    database.write_bytes(b"garbage" * 1000)
    with pytest.raises(DatabaseCorrupt):
        assemble(tmp_path, storage=storage, engine_command=[])
    assert database.read_bytes() == b"garbage" * 1000
    database.unlink()
    with put_together(tmp_path) as alcove:
        assert alcove.problem is None


@pytest.fixture
def read_only(tmp_path):
    """A profile on a disk that cannot be written."""
    if os.name == "nt":
        pytest.skip("modes do not count on Windows")
    profile = tmp_path / "profile"
    keep_one(profile, Status.COMPLETE)
    profile.chmod(0o500)
    with bound_by_modes():
        yield profile
    profile.chmod(0o700)


def test_on_a_disk_that_cannot_be_written_one_can_read(read_only):
    with put_together(read_only) as alcove:
        assert isinstance(alcove.problem, ProfileNotWritable)
        assert [s.title for s in alcove.chat.list()] == ["kept"]
        with pytest.raises(ProfileNotWritable):
            alcove.chat.send(None, "Hello?")


def test_where_there_is_nothing_to_read_it_is_said(read_only):
    with pytest.raises(ProfileNotWritable):
        assemble(read_only / "deeper", storage="write", engine_command=[])


def test_a_file_in_the_profiles_place_is_said(tmp_path):
    (tmp_path / "profile").write_text("x")
    with pytest.raises(ProfileNotWritable):
        assemble(tmp_path / "profile", storage="write", engine_command=[])
