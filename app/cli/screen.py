"""Write to the terminal or the pipe: answers on stdout, everything about them on stderr."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import unicodedata
from io import TextIOWrapper
from typing import Any, TextIO

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""What would move the cursor or change the terminal; tab and newline are not among them."""


class OutputClosed(Exception):
    """Nobody reads stdout any more (`reason` is empty), or it cannot be written."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Screen:
    """Stdout and stderr. Progress is one line on stderr that the next writing replaces."""

    def __init__(self, out: TextIO, err: TextIO) -> None:
        for stream in (out, err):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(errors="replace")
        self._out = out
        self._err = err
        self._progress_width = 0
        self.is_terminal = out.isatty()
        self._has_styles = self.is_terminal and _knows_styles()
        self.shows_progress = err.isatty()
        """Whether there is a line of progress; else whoever waits is told by notes."""

    @property
    def is_utf8(self) -> bool:
        return (self._out.encoding or "").lower().replace("-", "") == "utf8"

    def write(self, text: str, *, is_dim: bool = False) -> None:
        """Show `text` at once; what would control a terminal is left out on one.

        Raises:
            OutputClosed: stdout does not take it.
        """
        self.progress("")
        if self.is_terminal:
            text = _CONTROL.sub("", text)
        if is_dim and self._has_styles:
            text = f"\x1b[2m{text}\x1b[0m"
        try:
            self._out.write(text)
            self._out.flush()
        except OSError as error:
            _silence(self._out)
            raise OutputClosed("" if isinstance(error, BrokenPipeError) else str(error.strerror)) from error

    def line(self, text: str = "", *, is_dim: bool = False) -> None:
        self.write(text, is_dim=is_dim)
        self.write("\n")

    def json(self, values: Any, indent: int | None = None) -> None:
        """Values as JSON on stdout, in characters that its encoding has."""
        self.line(json.dumps(values, ensure_ascii=not self.is_utf8, indent=indent))

    def note(self, text: str) -> None:
        """A line on stderr: a warning, an error, a hint."""
        self.progress("")
        self._say(f"{text}\n")

    def progress(self, text: str) -> None:
        """Replace the line of progress; "" removes it."""
        if not self.shows_progress or not (text or self._progress_width):
            return
        text = _fit(text, shutil.get_terminal_size().columns - 1)
        blank = " " * self._progress_width
        self._say(f"\r{blank}\r{text}")
        self._progress_width = text_width(text)

    def _say(self, text: str) -> None:
        try:
            self._err.write(text)
            self._err.flush()
        except OSError:  # nobody hears it, and there is no place left to say so
            _silence(self._err)


def _silence(stream: TextIO) -> None:
    """Point a standard stream at nothing, so that Python's own last flush does not complain."""
    if stream in (sys.stdout, sys.stderr):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _knows_styles() -> bool:
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return sys.platform != "win32" or "WT_SESSION" in os.environ


def text_width(text: str) -> int:
    """Columns on a terminal, where Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _fit(text: str, columns: int) -> str:
    while text and text_width(text) > columns:
        text = text[:-1]
    return text
