"""Who is at work on a file is alone at it, and leaves nothing behind."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.core.errors import DocumentNotWritable
from app.documents.lock import Lock
from tests.helpers.superuser import bound_by_modes


def refusal(file: Path) -> str:
    with pytest.raises(DocumentNotWritable) as caught:
        Lock(file)
    assert caught.value.values["path"] == str(file)
    return str(caught.value.values["reason"])


def test_only_one_has_it_and_the_next_can(tmp_path: Path) -> None:
    file = tmp_path / "out.csv"
    first = Lock(file)
    assert "another run" in refusal(file)
    Lock(tmp_path / "other.csv").release()
    first.release()
    first.release()
    Lock(file).release()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows removes no open file")
def test_a_lock_that_was_removed_meanwhile_holds_off_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between opening and locking, its last holder is done with it and removes it."""
    from app.documents import lock

    file, opened = tmp_path / "out.csv", []
    take = lock.lock_file

    def take_late(path: Path) -> int:
        opened.append(handle := take(path))
        if len(opened) == 1:
            path.unlink()
        return handle

    monkeypatch.setattr(lock, "lock_file", take_late)
    held = Lock(file)
    assert len(opened) == 2
    monkeypatch.undo()
    assert "another run" in refusal(file)
    held.release()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_a_folder_that_takes_no_file_is_told(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none" / "out.csv") == "No such file or directory"
    tmp_path.chmod(0o500)
    with bound_by_modes():
        assert refusal(tmp_path / "out.csv") == "Permission denied"
    tmp_path.chmod(0o700)
