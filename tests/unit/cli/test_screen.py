"""What reaches stdout and stderr, on a terminal and in a pipe."""

import io

import pytest

from app.cli.screen import OutputClosed, Screen, _fit, text_width


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Full(io.StringIO):
    def __init__(self, error: OSError) -> None:
        super().__init__()
        self.error = error

    def write(self, text: str) -> int:
        raise self.error


def test_a_pipe_gets_the_text_as_it_is_and_no_progress() -> None:
    out, err = io.StringIO(), io.StringIO()
    screen = Screen(out, err)
    screen.progress("Loading")
    screen.write("a\x1b[31mb", is_dim=True)
    screen.line()
    assert out.getvalue() == "a\x1b[31mb\n"
    assert err.getvalue() == ""


def test_a_terminal_is_not_controlled_by_what_the_model_writes(monkeypatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    out = Terminal()
    Screen(out, io.StringIO()).write("a\x1b]0;title\x07\r\x9bb\tc\n", is_dim=True)
    assert out.getvalue() == "a]0;titleb\tc\n"


def test_dim_text_is_dim_where_styles_are_known(monkeypatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("WT_SESSION", "1")
    out = Terminal()
    Screen(out, io.StringIO()).write("thinking", is_dim=True)
    assert out.getvalue() == "\x1b[2mthinking\x1b[0m"


def test_progress_is_one_line_that_is_replaced_and_removed(monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    err = Terminal()
    screen = Screen(io.StringIO(), err)
    screen.progress("x" * 50)
    screen.progress("读取")
    screen.note("Done.")
    screen.progress("")
    first, second = "x" * 19, "读取"
    assert err.getvalue() == f"\r\r{first}\r{' ' * 19}\r{second}\r    \rDone.\n"


def test_chinese_takes_two_columns() -> None:
    assert text_width("中a") == 3
    assert _fit("中中中", 5) == "中中"


@pytest.mark.parametrize(
    ("error", "reason"),
    [(BrokenPipeError(32, "Broken pipe"), ""), (OSError(28, "No space left"), "No space left")],
)
def test_a_stdout_that_takes_no_more(error, reason) -> None:
    with pytest.raises(OutputClosed) as closed:
        Screen(Full(error), io.StringIO()).write("text")
    assert closed.value.reason == reason


def test_what_the_encoding_lacks_is_replaced() -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    screen = Screen(out, io.StringIO())
    screen.write("naïve 中")
    assert raw.getvalue() == b"na?ve ?"
    assert not screen.is_utf8


def test_what_cannot_be_said_on_stderr_ends_nothing() -> None:
    out = io.StringIO()
    screen = Screen(out, Full(OSError(28, "No space left on device")))
    screen.note("a note")
    screen.line("answer")
    assert out.getvalue() == "answer\n"
