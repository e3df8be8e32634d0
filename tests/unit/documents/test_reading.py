"""Documents read as text: encodings, limits, and a word on what cannot be read."""

from __future__ import annotations

import codecs
import errno
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import (
    DocumentEmpty,
    DocumentError,
    DocumentMissing,
    DocumentNotText,
    DocumentTooLarge,
    DocumentUnreadable,
)
from app.documents.reading import LARGEST, read_document
from tests.helpers.superuser import bound_by_modes


@pytest.fixture
def file(tmp_path) -> Path:
    return tmp_path / "document.txt"


def error_of(path: Path) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        read_document(path)
    assert caught.value.values["path"] == str(path)
    return caught.value


@pytest.mark.parametrize(
    "data",
    [
        "第三季度\n营收".encode(),
        "第三季度\r\n营收".encode(),
        codecs.BOM_UTF8 + "第三季度\r营收".encode(),
        "\ufeff第三季度\n营收".encode("utf-16-le"),
        "\ufeff第三季度\r\n营收".encode("utf-16-be"),
    ],
)
def test_text_is_read_in_utf_8_and_utf_16(file, data):
    file.write_bytes(data)
    assert read_document(file) == "第三季度\n营收"


@given(
    text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), min_size=1),
    far=st.booleans(),
)
def test_any_text_is_read_as_it_is(tmp_path_factory, text, far):
    path = tmp_path_factory.getbasetemp() / "any.txt"
    text = ("é" * 65_535 if far else "") + text + "."
    path.write_bytes(text.encode())
    assert read_document(path) == text.removeprefix("\ufeff")


@pytest.mark.parametrize(
    ("data", "position"),
    [
        ("Müller".encode("latin-1"), 1),
        (b"\x89PNG\r\n\x1a\n\0\0", 0),
        (b"a" * 100_000 + b"\xff", 100_000),
        (b"a" * 65_535 + b"\xe4\xbd" + b"a" * 10, 65_535),
        (b"a" * 65_534 + b"\xe4\xbd", 65_534),
        (codecs.BOM_UTF8 + b"ab\xff", 5),
        ("é\0".encode(), 2),
        ("\ufeffé\0".encode("utf-16-le"), 4),
        (codecs.BOM_UTF16_LE + b"a\0b", 4),
        (codecs.BOM_UTF32_LE + "a".encode("utf-32-le"), 2),
        (b"PK\x03\x04\0", 4),
    ],
)
def test_what_is_no_text_is_told_with_its_place(file, data, position):
    file.write_bytes(data)
    error = error_of(file)
    assert isinstance(error, DocumentNotText) and error.values["position"] == position


@pytest.mark.parametrize("data", [b"", b" \n\t\n", codecs.BOM_UTF8, codecs.BOM_UTF16_LE])
def test_nothing_is_told(file, data):
    file.write_bytes(data)
    assert isinstance(error_of(file), DocumentEmpty)


def test_a_large_file_is_refused_before_it_is_read(file):
    with file.open("wb") as large:
        large.truncate(500 * 1000 * 1000)
    error = error_of(file)
    assert isinstance(error, DocumentTooLarge)
    assert error.values == {"path": str(file), "size_bytes": 500_000_000, "limit_bytes": LARGEST}


def test_the_limit_itself_is_accepted(file):
    file.write_bytes(b"a" * 1000)
    assert len(read_document(file, 1000)) == 1000
    with pytest.raises(DocumentTooLarge):
        read_document(file, 999)


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="a file that says it is empty, but is not")
def test_a_file_that_is_longer_than_it_says_is_refused_too():
    assert Path("/proc/self/maps").stat().st_size == 0
    with pytest.raises(DocumentTooLarge):
        read_document(Path("/proc/self/maps"), 100)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes and pipes")
def test_what_is_no_readable_file_is_told_apart(tmp_path, file):
    file.write_bytes(b"x")
    file.chmod(0)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    for name in ("missing", "document.txt/inside", "dangling"):
        assert isinstance(error_of(tmp_path / name), DocumentMissing)
    with bound_by_modes():
        assert error_of(file).values["reason"] == os.strerror(errno.EACCES)
    assert error_of(tmp_path).values["reason"] == os.strerror(errno.EISDIR)
    for name in (tmp_path / "pipe", Path("/dev/zero")):
        assert error_of(name).values["reason"] == "not a regular file"
    assert isinstance(error_of(tmp_path / ("n" * 300)), DocumentUnreadable)
    assert isinstance(error_of(tmp_path / "a\0b"), DocumentUnreadable)
