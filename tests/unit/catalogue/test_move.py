"""Models brought into another folder: whole, or not at all, whatever stops it and wherever it lies."""

import errno
import os
from pathlib import Path

import pytest

from app.catalogue.job import Job
from app.catalogue.move import Copy, Move
from app.catalogue.names import Names
from app.core.download import Moved, MoveProgress, Stopped
from app.core.errors import AlcoveError, DownloadBusy, NoRoom, ProfileNotWritable, TargetTaken
from app.userdata import ProfileLock


@pytest.fixture
def old(tmp_path: Path) -> Path:
    folder = tmp_path / "old"
    (folder / "deeper" / ".alcove").mkdir(parents=True)
    (folder / "a.gguf").write_bytes(os.urandom(9_000_000))
    (folder / "deeper" / "b.gguf").write_bytes(b"b" * 1000)
    (folder / "deeper" / ".alcove" / "b.gguf.blocks").write_bytes(b"record")
    (folder / "notes.txt").write_text("not ours")
    return folder


@pytest.fixture
def other_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.link

    def link(source: str | Path, target: Path) -> None:
        if Path(source).parent != target.parent:
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        real(source, target)

    monkeypatch.setattr(os, "link", link)


def models(folder: Path) -> list[Path]:
    return [folder / "a.gguf", folder / "deeper" / "b.gguf"]


def move(old: Path, new: Path, told: list[Path] | None = None) -> Move:
    return Move(models(old), old, new, lambda: told.append(new) if told is not None else None, 0)


def end_of(job: Job) -> object:
    try:
        *_, last = job
    except AlcoveError as error:
        return error
    return last


def content(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(".lock"))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.mark.parametrize("disk", ["same", "other"])
def test_all_is_there_and_only_ours_is_gone(
    old: Path, tmp_path: Path, disk: str, request: pytest.FixtureRequest
) -> None:
    if disk == "other":
        request.getfixturevalue("other_disk")
    before, times = content(old), os.stat(old / "a.gguf").st_mtime_ns
    del before["notes.txt"]
    new, told = tmp_path / "far" / "new", []
    events = list(move(old, new, told))
    assert events[-1] == Moved(new)
    assert any(isinstance(event, MoveProgress) and event.done_bytes == event.total_bytes for event in events)
    assert told == [new]
    assert content(new) == before
    assert (new / "a.gguf").stat().st_mtime_ns == times
    assert content(old) == {"notes.txt": b"not ours"}
    assert not (old / "deeper").exists()


def test_an_unfinished_download_goes_along(old: Path, tmp_path: Path) -> None:
    names = Names.of(old / "c.gguf")
    names.part.parent.mkdir()
    names.part.write_bytes(b"half")
    names.record.write_bytes(b"record")
    new = tmp_path / "new"
    assert isinstance(end_of(Move([names.target], old, new, lambda: None, 0)), Moved)
    assert Names.of(new / "c.gguf").part.read_bytes() == b"half"
    assert not names.part.exists()


def test_a_stopped_move_leaves_the_old_folder_whole_and_goes_on(
    old: Path, tmp_path: Path, other_disk: None
) -> None:
    before, new, told = content(old), tmp_path / "new", []
    job = move(old, new, told)
    job.cancel()
    assert isinstance(end_of(job), Stopped)
    assert (content(old), told) == (before, [])
    assert not any(name.endswith(".part") for name in content(new))
    assert end_of(move(old, new, told)) == Moved(new)
    assert (content(new)["a.gguf"], told) == (before["a.gguf"], [new])


def test_what_was_brought_before_is_not_brought_again(old: Path, tmp_path: Path, other_disk: None) -> None:
    new = tmp_path / "new"
    list(Copy(old / "a.gguf", new / "a.gguf", 0))
    inode = (new / "a.gguf").stat().st_ino
    assert isinstance(end_of(move(old, new)), Moved)
    assert (new / "a.gguf").stat().st_ino == inode


def test_another_file_of_that_name_stays(old: Path, tmp_path: Path) -> None:
    new = tmp_path / "new"
    new.mkdir()
    (new / "a.gguf").write_bytes(b"mine")
    before, told = content(old), []
    assert isinstance(end_of(move(old, new, told)), TargetTaken)
    assert (content(old), told, (new / "a.gguf").read_bytes()) == (before, [], b"mine")


def test_no_room_is_said_before_anything_is_written(old: Path, tmp_path: Path, other_disk: None) -> None:
    new = tmp_path / "new"
    ended = end_of(Copy(old / "a.gguf", new / "a.gguf", 1 << 60))
    assert isinstance(ended, NoRoom)
    assert content(new) == {}


def test_a_folder_that_is_a_file_is_refused(old: Path, tmp_path: Path) -> None:
    (tmp_path / "new").write_text("a file")
    before = content(old)
    assert isinstance(end_of(move(old, tmp_path / "new")), ProfileNotWritable)
    assert content(old) == before


def test_a_file_that_is_being_fetched_is_not_moved(old: Path, tmp_path: Path) -> None:
    lock = ProfileLock(Names.of(old / "deeper" / "b.gguf").lock)
    lock.acquire()
    assert isinstance(end_of(move(old, tmp_path / "new")), DownloadBusy)
    lock.release()


def test_a_copy_has_a_life_of_its_own(old: Path, tmp_path: Path) -> None:
    target = tmp_path / "new" / "a.gguf"
    assert end_of(Copy(old / "a.gguf", target, 0)) == Moved(target.parent)
    assert target.read_bytes() == (old / "a.gguf").read_bytes()
    assert target.stat().st_ino != (old / "a.gguf").stat().st_ino
    assert not (old / ".alcove").exists()
