"""Documents written whole or not at all, and lines appended of which none is seen torn."""

from __future__ import annotations

import errno
import json
import os
import stat
from pathlib import Path

import pytest

from app.core.errors import DocumentExists, DocumentNotWritable
from app.documents.atomic import append_line, whole_document, write_document
from tests.helpers.superuser import bound_by_modes

posix_only = pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes and links")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_document_is_there_whole_and_alone(tmp_path):
    write_document(tmp_path / "a.json", b"{}\n")
    assert (tmp_path / "a.json").read_bytes() == b"{}\n" and os.listdir(tmp_path) == ["a.json"]


def test_an_existing_document_is_replaced_only_if_that_is_allowed(tmp_path):
    path = tmp_path / "a.json"
    write_document(path, b"old")
    with pytest.raises(DocumentExists) as caught:
        write_document(path, b"new")
    assert caught.value.values == {"path": str(path)} and path.read_bytes() == b"old"
    write_document(path, b"new", replace=True)
    assert path.read_bytes() == b"new" and os.listdir(tmp_path) == ["a.json"]


def test_a_name_taken_while_the_document_is_written_is_kept(tmp_path):
    path = tmp_path / "a.json"
    writing = whole_document(path)
    writing.__enter__().write(b"mine")
    path.write_bytes(b"came first")
    with pytest.raises(DocumentExists):
        writing.__exit__(None, None, None)
    assert path.read_bytes() == b"came first" and os.listdir(tmp_path) == ["a.json"]


def test_an_error_leaves_what_was_there(tmp_path):
    path = tmp_path / "a.json"
    path.write_bytes(b"old")
    writing = whole_document(path, replace=True)
    writing.__enter__().write(b"half of it")
    assert not writing.__exit__(KeyError, KeyError("x"), None)
    assert path.read_bytes() == b"old" and os.listdir(tmp_path) == ["a.json"]


@posix_only
def test_the_umask_decides_who_reads_a_new_document_and_a_replaced_one_keeps_its_mode(tmp_path):
    before = os.umask(0o027)
    try:
        write_document(tmp_path / "new", b"")
        (tmp_path / "old").touch()
        (tmp_path / "old").chmod(0o666)
        write_document(tmp_path / "old", b"x", replace=True)
    finally:
        os.umask(before)
    assert (mode(tmp_path / "new"), mode(tmp_path / "old")) == (0o640, 0o666)


@posix_only
def test_a_link_stays_a_link_and_is_no_free_name(tmp_path):
    target, link, dangling = tmp_path / "target", tmp_path / "link", tmp_path / "dangling"
    target.write_bytes(b"old")
    link.symlink_to(target)
    dangling.symlink_to(tmp_path / "nowhere")
    for taken in (link, dangling):
        with pytest.raises(DocumentExists):
            write_document(taken, b"new")
    write_document(link, b"new", replace=True)
    assert link.is_symlink() and target.read_bytes() == b"new"


@posix_only
@pytest.mark.parametrize("replace", [False, True])
def test_what_is_no_place_for_a_document_is_told_apart(tmp_path, replace):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    os.mkfifo(tmp_path / "pipe")
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    reasons = {}
    for name in ("folder", "missing/a", "file/a", "locked/a", "n" * 256):
        with bound_by_modes(), pytest.raises(DocumentNotWritable) as caught:
            write_document(tmp_path / name, b"x", replace=replace)
        assert caught.value.values["path"] == str(tmp_path / name)
        reasons[name[:9]] = caught.value.values["reason"]
    codes = (errno.EISDIR, errno.ENOENT, errno.ENOTDIR, errno.EACCES, errno.ENAMETOOLONG)
    assert list(reasons.values()) == [os.strerror(code) for code in codes]
    with pytest.raises(DocumentNotWritable if replace else DocumentExists):
        write_document(tmp_path / "pipe", b"x", replace=replace)
    assert sorted(os.listdir(tmp_path)) == ["file", "folder", "locked", "pipe"]


@pytest.fixture
def little_room():
    """No file of this process may grow beyond a megabyte, as if the disk were full."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_where_the_room_ends_all_is_as_it_was(tmp_path, little_room):
    path, lines = tmp_path / "a.bin", tmp_path / "lines.jsonl"
    write_document(path, b"old")
    append_line(lines, "{}")
    with pytest.raises(DocumentNotWritable) as caught:
        write_document(path, b"x" * 2_000_000, replace=True)
    assert caught.value.values["reason"] == os.strerror(errno.EFBIG)
    with pytest.raises(DocumentNotWritable):
        append_line(lines, '"' + "x" * 2_000_000 + '"')
    assert path.read_bytes() == b"old" and lines.read_bytes() == b"{}\n"
    assert sorted(os.listdir(tmp_path)) == ["a.bin", "lines.jsonl"]


def test_lines_follow_each_other(tmp_path):
    path = tmp_path / "answers.jsonl"
    for value in ({"a": "行"}, [1, 2], "x"):
        append_line(path, json.dumps(value, ensure_ascii=False))
    assert path.read_text("utf-8") == '{"a": "行"}\n[1, 2]\n"x"\n'


@pytest.mark.parametrize("torn", [b'{"b": "half', b'{"b": "\xe8\xa1', b"[1, 2", b'"x', b"{" + b" " * 200_000])
def test_a_torn_last_line_goes_with_the_next_append(tmp_path, torn):
    path = tmp_path / "answers.jsonl"
    path.write_bytes(b'{"a": 1}\n' + torn)
    append_line(path, '{"c": 2}')
    assert path.read_bytes() == b'{"a": 1}\n{"c": 2}\n'


def test_a_torn_line_may_be_all_there_is(tmp_path):
    path = tmp_path / "answers.jsonl"
    path.write_bytes(b'{"a"')
    append_line(path, "{}")
    assert path.read_bytes() == b"{}\n"


def test_a_whole_last_line_without_its_end_is_kept(tmp_path):
    path = tmp_path / "answers.jsonl"
    path.write_bytes(b'{"a": 1}')
    append_line(path, "{}")
    assert path.read_bytes() == b'{"a": 1}\n{}\n'


def test_a_file_that_is_something_else_is_left_alone(tmp_path):
    path = tmp_path / "letter.txt"
    path.write_bytes(b"Dear Emmy,\nyours")
    with pytest.raises(DocumentNotWritable):
        append_line(path, "{}")
    assert path.read_bytes() == b"Dear Emmy,\nyours"


@posix_only
def test_where_no_line_can_be_appended_is_told(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for name in ("", "pipe", "missing/a"):
        with pytest.raises(DocumentNotWritable):
            append_line(tmp_path / name, "{}")
