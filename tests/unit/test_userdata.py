"""Places, the settings file, the profile's lock and the demo model's unpacking, on real folders."""

from __future__ import annotations

import errno
import gzip
import json
import lzma
import os
import stat
import time
from pathlib import Path

import pytest

from app import userdata
from app.core.errors import DiskFull, ModelMissing, ModelUnreadable, ProfileLocked, ProfileNotWritable
from app.core.settings import Settings, Theme
from app.userdata import (
    Places,
    ProfileLock,
    SettingsFile,
    demo_model,
    make_folder,
    places,
    profile_error,
    resource,
    whole_file,
)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def here(tmp_path: Path) -> Places:
    made = places(tmp_path / "profile")
    made.make()
    return made


@pytest.fixture
def open_umask():
    before = os.umask(0)
    yield
    os.umask(before)


def test_profile_folder_holds_everything(tmp_path):
    found = places(tmp_path)
    everything = [getattr(found, name) for name in Places.__slots__]
    assert len(everything) == 11 and all(path.is_relative_to(tmp_path) for path in everything)


def test_profile_folder_may_be_relative(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert places(Path("a")).data == tmp_path / "a"


def test_own_profile_lies_where_the_system_says(tmp_path, monkeypatch):
    for kind in ("DATA", "CONFIG", "CACHE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / kind))
    found = places(None)
    if os.name == "posix" and "darwin" not in os.uname().sysname.lower():
        assert found.database == tmp_path / "DATA" / "Alcove" / "alcove.db"
        assert found.settings == tmp_path / "CONFIG" / "Alcove" / "settings.json"
        assert found.cache == tmp_path / "CACHE" / "Alcove"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_folders_and_files_are_for_this_person_only(tmp_path, open_umask):
    found = places(tmp_path / "a" / "b")
    found.make()
    SettingsFile(found.settings).save(Settings())
    lock = ProfileLock(found.lock)
    lock.acquire()
    lock.release()
    assert [mode(p) for p in (tmp_path / "a", found.data, found.cache)] == [0o700] * 3
    assert [mode(p) for p in (found.settings, found.lock)] == [0o600] * 2


def test_a_file_in_the_folders_place_is_said(tmp_path):
    (tmp_path / "taken").write_text("x")
    with pytest.raises(ProfileNotWritable):
        make_folder(tmp_path / "taken")
    with pytest.raises(ProfileNotWritable):
        make_folder(tmp_path / "taken" / "below")


def test_a_full_disk_has_its_own_error():
    assert isinstance(profile_error(OSError(errno.ENOSPC, "full"), Path("x")), DiskFull)
    assert isinstance(profile_error(OSError(errno.EROFS, "read-only"), Path("x")), ProfileNotWritable)


def test_whole_file_replaces_or_leaves_alone(tmp_path):
    path = tmp_path / "f"
    with whole_file(path) as file:
        file.write(b"one")
    with pytest.raises(ZeroDivisionError):
        write_and_fail(path)
    assert path.read_bytes() == b"one"
    assert list(tmp_path.iterdir()) == [path]


def write_and_fail(path):
    with whole_file(path) as file:
        file.write(b"two")
        raise ZeroDivisionError


def test_settings_are_kept(here):
    file = SettingsFile(here.settings)
    assert file.load() == Settings()
    wanted = Settings(theme=Theme.DARK, model="/ä/模型.gguf", recent_models=("a", "b"))
    file.save(wanted)
    assert SettingsFile(here.settings).load() == wanted
    assert file.change(enter_sends=False).model == "/ä/模型.gguf"
    assert file.load().enter_sends is False


@pytest.mark.parametrize(
    "garbage", [b"", b"{", b"\xff\xfe\x00", b"[1]", b'"text"', b"[" * 100_000, b"null"], ids=range(7)
)
def test_settings_that_make_no_sense_are_kept_aside(here, garbage):
    here.settings.write_bytes(garbage)
    file = SettingsFile(here.settings)
    assert file.load() == Settings()
    assert here.settings.with_suffix(".bad.json").read_bytes() == garbage
    file.save(Settings(threads=3))
    assert file.load().threads == 3


def test_settings_with_a_byte_order_mark_are_read(here):
    here.settings.write_bytes(b"\xef\xbb\xbf" + json.dumps({"threads": 5}).encode())
    assert SettingsFile(here.settings).load().threads == 5


@pytest.mark.logs("settings cannot be read")
def test_settings_that_cannot_be_read_are_left_alone(here):
    here.settings.mkdir()
    assert SettingsFile(here.settings).load() == Settings()
    with pytest.raises(ProfileNotWritable):
        SettingsFile(here.settings).save(Settings())
    assert here.settings.is_dir()


def test_only_one_holds_the_lock(here):
    first, second = ProfileLock(here.lock), ProfileLock(here.lock)
    first.acquire()
    with pytest.raises(ProfileLocked):
        second.acquire()
    first.release()
    second.acquire()
    second.release()
    second.release()


def test_a_lock_file_left_behind_does_not_block(here):
    here.lock.write_text("12345")
    lock = ProfileLock(here.lock)
    lock.acquire()
    lock.release()


def test_no_lock_where_nothing_can_be_written(tmp_path):
    with pytest.raises(ProfileNotWritable):
        ProfileLock(tmp_path / "missing" / "alcove.lock").acquire()


def test_resources_are_found_in_a_clone_a_wheel_and_a_frozen_program(tmp_path, monkeypatch):
    for root in ("clone/resources", "wheel/app/resources", "frozen/resources"):
        (tmp_path / root).mkdir(parents=True)
    monkeypatch.setattr(userdata, "__file__", str(tmp_path / "clone" / "app" / "userdata.py"))
    assert resource("a", "b") == tmp_path / "clone" / "resources" / "a" / "b"
    monkeypatch.setattr(userdata, "__file__", str(tmp_path / "wheel" / "app" / "userdata.py"))
    assert resource() == tmp_path / "wheel" / "app" / "resources"
    monkeypatch.setattr("sys._MEIPASS", str(tmp_path / "frozen"), raising=False)
    assert resource("x") == tmp_path / "frozen" / "resources" / "x"


@pytest.fixture
def packed(tmp_path, monkeypatch) -> Path:
    folder = tmp_path / "resources" / "models"
    folder.mkdir(parents=True)
    monkeypatch.setattr(userdata, "resource", (tmp_path / "resources").joinpath)
    return folder / "alcove-demo.gguf"


@pytest.mark.parametrize(("ending", "pack"), [(".xz", lzma.compress), (".gz", gzip.compress)])
def test_the_demo_is_unpacked_once(here, packed, ending, pack):
    packed.with_suffix(f".gguf{ending}").write_bytes(pack(b"GGUF" * 1000))
    path = demo_model(here)
    assert path.read_bytes() == b"GGUF" * 1000
    unpacked_at = path.stat().st_mtime_ns
    assert demo_model(here) == path and path.stat().st_mtime_ns == unpacked_at


def test_a_new_demo_replaces_the_old_one(here, packed):
    xz = packed.with_suffix(".gguf.xz")
    xz.write_bytes(lzma.compress(b"old"))
    old = demo_model(here)
    os.utime(old, (time.time() - 90_000,) * 2)
    xz.write_bytes(lzma.compress(b"new"))
    new = demo_model(here)
    assert new.read_bytes() == b"new" and not old.exists()


def test_a_damaged_or_missing_demo_is_said(here, packed):
    with pytest.raises(ModelMissing):
        demo_model(here)
    packed.with_suffix(".gguf.xz").write_bytes(lzma.compress(os.urandom(5000))[:-40])
    with pytest.raises(ModelUnreadable):
        demo_model(here)
    packed.with_suffix(".gguf.xz").write_bytes(b"<html>not found</html>")
    with pytest.raises(ModelUnreadable):
        demo_model(here)
    assert list(here.cache.iterdir()) == []


def test_whole_file_never_goes_over_another_unless_allowed(tmp_path):
    path = tmp_path / "a"
    writing = whole_file(path, replace=False)
    writing.__enter__().write(b"mine")
    path.write_bytes(b"came first")
    with pytest.raises(FileExistsError):
        writing.__exit__(None, None, None)
    assert path.read_bytes() == b"came first" and os.listdir(tmp_path) == ["a"]
    with whole_file(tmp_path / "b", replace=False) as file:
        file.write(b"new")
    assert (tmp_path / "b").read_bytes() == b"new" and sorted(os.listdir(tmp_path)) == ["a", "b"]


@pytest.mark.skipif(os.name == "nt", reason="Windows renames without links")
def test_where_there_are_no_links_a_new_file_is_whole_too(tmp_path, monkeypatch):
    def no_links(*_paths):
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", no_links)
    with whole_file(tmp_path / "a", replace=False) as file:
        file.write(b"new")
    with pytest.raises(FileExistsError), whole_file(tmp_path / "a", replace=False) as file:
        file.write(b"newer")
    assert (tmp_path / "a").read_bytes() == b"new" and os.listdir(tmp_path) == ["a"]


def test_remains_of_the_dead_go_and_those_of_the_living_stay(tmp_path):
    dead, living = 2**31 - 1, os.getppid()
    remains = [f"a.{dead}-01234567.part", f"a.{living}-01234567.part", f"ab.{dead}-01234567.part", "a.part"]
    for name in remains:
        (tmp_path / name).write_bytes(b"x")
    old = tmp_path / f"a.{living}-89abcdef.part"
    old.write_bytes(b"x")
    os.utime(old, (time.time() - 90_000,) * 2)
    with whole_file(tmp_path / "a"):
        pass
    assert sorted(os.listdir(tmp_path)) == sorted(["a", *remains[1:]])


def test_a_name_as_long_as_a_folder_holds_can_be_written(tmp_path):
    path = tmp_path / ("n" * 255)
    with whole_file(path) as file:
        file.write(b"x")
    assert path.read_bytes() == b"x"
