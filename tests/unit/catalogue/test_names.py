"""Names on disk come from us, whatever a repository calls its files."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalogue.names import Names, local_name
from app.catalogue.room import FAT_LIMIT_BYTES, check_room, check_size, format_of, write_error
from app.core.catalogue import RemoteFile
from app.core.errors import DiskFull, NoRoom, TooLargeForDisk


def name_of(path: str) -> str:
    return local_name(RemoteFile("a/b", "c" * 40, path, 1, "d" * 64))


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("gpt-oss-20b-mxfp4.gguf", "gpt-oss-20b-mxfp4.gguf"),
        ("q4/Model_Q4_K_M.GGUF", "Model_Q4_K_M.gguf"),
        ("../../etc/passwd.gguf", "passwd.gguf"),
        ("..\\..\\evil.gguf", "evil.gguf"),
        ("a b\n模型.gguf", "a_b.gguf"),
        ("CON.gguf", "_CON.gguf"),
        ("nul.tar.gguf", "_nul.tar.gguf"),
        (".gguf", "model.gguf"),
        ("-rf.gguf", "rf.gguf"),
        ("x" * 300 + ".gguf", "x" * 120 + ".gguf"),
        ("c:stream.gguf", "c_stream.gguf"),
    ],
)
def test_local_names(path: str, name: str) -> None:
    assert name_of(path) == name


@given(st.text())
def test_any_name_is_a_plain_one(path: str) -> None:
    name = name_of(path)
    assert name.isascii() and name.endswith(".gguf") and 5 < len(name) < 130
    assert not set(name) & set('/\\:*?"<>| \0') and name[0] not in ".-"
    assert Path("/models", name).parent == Path("/models")


def test_what_a_download_needs_lies_out_of_sight() -> None:
    names = Names.of(Path("/models/a.gguf"))
    assert {path.parent for path in (names.part, names.record, names.lock)} == {Path("/models/.alcove")}
    assert not [path for path in (names.part, names.record, names.lock) if path.suffix == ".gguf"]


def test_the_format_of_the_innermost_mount_counts() -> None:
    mounts = [("/", "ext4"), ("/media/stick", "vfat"), ("/media/stick/deep", "exfat")]
    assert format_of(Path("/media/stick/a.gguf"), mounts) == "vfat"
    assert format_of(Path("/media/stick/deep/a.gguf"), mounts) == "exfat"
    assert format_of(Path("/media/sticky/a.gguf"), mounts) == "ext4"
    assert format_of(Path("/a.gguf"), []) == ""


def test_fat_takes_no_file_of_four_gigabytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "a.gguf"
    check_size(target, 12 << 30)
    monkeypatch.setattr("app.catalogue.room._mounts", lambda: [(str(tmp_path), "vfat")])
    check_size(target, FAT_LIMIT_BYTES)
    with pytest.raises(TooLargeForDisk) as raised:
        check_size(target, FAT_LIMIT_BYTES + 1)
    assert raised.value.values["limit_bytes"] == FAT_LIMIT_BYTES


def test_room_is_asked_for_what_is_missing_and_a_reserve(tmp_path: Path) -> None:
    check_room(tmp_path / "a.gguf", 1000, 1000)
    check_room(tmp_path / "a.gguf", 0, 1 << 60)  # nothing is missing
    with pytest.raises(NoRoom) as raised:
        check_room(tmp_path / "a.gguf", 1 << 50, 1 << 30)
    assert raised.value.values["needed_bytes"] == (1 << 50) + (1 << 30)


@pytest.mark.parametrize(("number", "kind"), [(28, DiskFull), (27, TooLargeForDisk), (122, DiskFull)])
def test_what_the_system_says_of_a_write_is_told(number: int, kind: type) -> None:
    assert isinstance(write_error(OSError(number, "said"), Path("a.gguf"), 5), kind)
