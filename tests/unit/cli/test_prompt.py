"""Reading what is typed, from a pipe."""

import io

import pytest

from app.cli.prompt import Keyboard


def keyboard(monkeypatch, data: bytes) -> Keyboard:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
    return Keyboard()


def test_lines_and_lines_continued(monkeypatch) -> None:
    typed = keyboard(monkeypatch, b"one\r\ntwo\\\nthree\n\nlast")
    assert [typed.read() for _ in range(4)] == ["one", "two\nthree", "", "last"]
    with pytest.raises(EOFError):
        typed.read()


def test_a_block_ends_with_a_dot_or_the_end(monkeypatch) -> None:
    typed = keyboard(monkeypatch, b"a\\\nb\n.\nc\nd\n")
    assert typed.read_until_dot() == "a\\\nb"
    assert typed.read_until_dot() == "c\nd"


def test_bytes_that_are_no_text_do_not_matter(monkeypatch) -> None:
    assert keyboard(monkeypatch, b"a\xffb\n").read() == "a\ufffdb"
