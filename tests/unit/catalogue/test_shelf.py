"""What lies on the shelf is told with its faults, and only what lies there can be removed."""

import os
from pathlib import Path
from urllib.parse import unquote

import pytest

from app.catalogue.hashes import Hashes
from app.catalogue.names import Names
from app.catalogue.shelf import Shelf, model_files
from app.core.catalogue import Entry, Origin, RemoteFile
from app.core.errors import DownloadBusy, ModelMissing, ModelTruncated, NotGguf, NotRemovable
from app.core.shelf import Verdict
from app.userdata import ProfileLock
from tests.helpers.tiny_model import write_tiny_model

SHA256 = "ab" * 32
ENTRY = Entry("one", "One", Origin.ORIGINAL, "owner/name", "*.gguf", sha256=SHA256)


@pytest.fixture
def hashes(tmp_path: Path) -> Hashes:
    return Hashes(tmp_path / "profile" / "hashes.json")


@pytest.fixture
def shelf(tmp_path: Path, hashes: Hashes) -> Shelf:
    folder = tmp_path / "models"
    (folder / "deeper").mkdir(parents=True)
    return Shelf(folder, [ENTRY], hashes)


@pytest.fixture
def trash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The trash of a person whose home is on the same disk as the models."""
    from send2trash import plat_other

    folder = tmp_path / "data" / "Trash"
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(plat_other, "HOMETRASH_B", os.fsencode(folder))
    return folder


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path, hashes: Hashes) -> None:
    shelf = Shelf(tmp_path / "none", [], hashes)
    assert shelf.items() == model_files(shelf.folder) == ()


def test_every_file_is_told_and_a_broken_one_with_its_reason(shelf: Shelf) -> None:
    write_tiny_model(shelf.folder / "b.gguf", name="Good")
    write_tiny_model(shelf.folder / "deeper" / "A.GGUF")
    (shelf.folder / "c.gguf").write_bytes(b"not a model")
    whole = (shelf.folder / "b.gguf").read_bytes()
    (shelf.folder / "d.gguf").write_bytes(whole[:-40])
    (shelf.folder / "notes.txt").write_text("no model")
    hidden = shelf.folder / ".alcove"
    hidden.mkdir()
    write_tiny_model(hidden / "part.gguf")
    items = {item.path.relative_to(shelf.folder).as_posix(): item for item in shelf.items()}
    assert list(items) == ["b.gguf", "c.gguf", "d.gguf", "deeper/A.GGUF"]
    assert items["b.gguf"].facts.name == "Good"
    assert items["b.gguf"].problem is None
    assert isinstance(items["c.gguf"].problem, NotGguf)
    assert isinstance(items["d.gguf"].problem, ModelTruncated)
    assert {item.verdict for item in items.values()} == {Verdict.UNCHECKED}


def test_what_was_found_out_holds_until_the_file_changes(shelf: Shelf, hashes: Hashes) -> None:
    path = write_tiny_model(shelf.folder / "a.gguf")
    hashes.note(path, "cd" * 32, Verdict.GOOD)
    assert shelf.item(path).verdict is Verdict.GOOD
    os.utime(path, ns=(1, 1))
    assert (shelf.item(path).verdict, shelf.item(path).sha256) == (Verdict.UNCHECKED, "")


def test_a_file_the_catalogue_has_come_to_know_is_good(shelf: Shelf, hashes: Hashes) -> None:
    path = write_tiny_model(shelf.folder / "a.gguf")
    hashes.note(path, SHA256, Verdict.UNKNOWN)
    assert (shelf.item(path).verdict, shelf.item(path).entry) == (Verdict.GOOD, ENTRY)


def test_links_that_lead_out_are_not_followed(shelf: Shelf, tmp_path: Path) -> None:
    outside = write_tiny_model(tmp_path / "outside.gguf")
    (shelf.folder / "out.gguf").symlink_to(outside)
    (shelf.folder / "loop").symlink_to(shelf.folder)
    (shelf.folder / "circle.gguf").symlink_to(shelf.folder / "circle.gguf")
    inside = write_tiny_model(shelf.folder / "a.gguf")
    (shelf.folder / "b.gguf").symlink_to(inside)
    assert [path.name for path in model_files(shelf.folder)] == ["a.gguf", "b.gguf"]


def test_a_hub_cannot_choose_the_place(shelf: Shelf) -> None:
    for path in ("../../x.gguf", "a/../../x.gguf", "con.gguf", "%2e%2e/x.gguf"):
        place = shelf.place(RemoteFile("o/n", "", unquote(path), 1, SHA256))
        assert place.parent == shelf.folder


def test_removed_files_lie_in_the_trash(shelf: Shelf, trash: Path, hashes: Hashes) -> None:
    path = write_tiny_model(shelf.folder / "a.gguf")
    names, content = Names.of(path), path.read_bytes()
    names.record.parent.mkdir()
    names.record.write_bytes(b"record")
    hashes.note(path, SHA256, Verdict.GOOD)
    shelf.remove(path)
    assert not path.exists() and not names.record.exists()
    assert (trash / "files" / "a.gguf").read_bytes() == content
    path.write_bytes(content)
    assert shelf.item(path).verdict is Verdict.UNCHECKED


def test_removed_for_good_leaves_nothing(shelf: Shelf, trash: Path) -> None:
    path = write_tiny_model(shelf.folder / "a.gguf")
    shelf.remove(path, for_good=True)
    assert not path.exists() and not trash.exists()


def test_what_was_fetched_of_a_file_can_be_removed(shelf: Shelf, trash: Path) -> None:
    names = Names.of(shelf.folder / "a.gguf")
    names.part.parent.mkdir()
    names.part.write_bytes(b"half")
    names.record.write_bytes(b"record")
    shelf.remove(names.target)
    assert not names.part.exists() and not names.record.exists() and not trash.exists()


def test_nothing_outside_is_ever_removed(shelf: Shelf, tmp_path: Path) -> None:
    outside = write_tiny_model(tmp_path / "outside.gguf")
    (shelf.folder / "door").symlink_to(tmp_path)
    for path in (outside, shelf.folder / ".." / "outside.gguf", shelf.folder / "door" / "outside.gguf"):
        with pytest.raises(NotRemovable):
            shelf.remove(path, for_good=True)
    with pytest.raises(NotRemovable):
        shelf.remove(shelf.folder / "deeper", for_good=True)
    with pytest.raises(ModelMissing):
        shelf.remove(shelf.folder / "none.gguf")
    assert outside.exists() and (shelf.folder / "deeper").exists()


def test_a_link_goes_and_not_what_it_leads_to(shelf: Shelf, tmp_path: Path) -> None:
    outside = write_tiny_model(tmp_path / "outside.gguf")
    link = shelf.folder / "link.gguf"
    link.symlink_to(outside)
    shelf.remove(link, for_good=True)
    assert outside.exists() and not link.is_symlink()


def test_a_file_at_work_is_not_removed(shelf: Shelf) -> None:
    path = write_tiny_model(shelf.folder / "a.gguf")
    names = Names.of(path)
    names.lock.parent.mkdir()
    lock = ProfileLock(names.lock)
    lock.acquire()
    with pytest.raises(DownloadBusy):
        shelf.remove(path, for_good=True)
    lock.release()
    assert path.exists()


def test_hashes_that_make_no_sense_are_forgotten(hashes: Hashes, tmp_path: Path) -> None:
    path = write_tiny_model(tmp_path / "a.gguf")
    (tmp_path / "profile").mkdir()
    for nonsense in (b"", b"{}", b'[{"path": 1}]', b"\xff"):
        (tmp_path / "profile" / "hashes.json").write_bytes(nonsense)
        assert hashes.get(path) is None
    hashes.note(path, SHA256, Verdict.GOOD)
    assert hashes.get(path).sha256 == SHA256


def test_hashes_that_cannot_be_written_cost_a_check_only(tmp_path: Path) -> None:
    path = write_tiny_model(tmp_path / "a.gguf")
    (tmp_path / "file").write_text("")
    hashes = Hashes(tmp_path / "file" / "hashes.json")
    hashes.note(path, SHA256, Verdict.GOOD)
    assert hashes.get(path) is None
