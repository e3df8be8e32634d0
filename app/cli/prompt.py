"""Read what a person types: a line, or several joined by a backslash, with editing where readline is."""

from __future__ import annotations

import contextlib
import importlib
import sys
from io import TextIOWrapper

MARK = "› "
CONTINUED = "… "


class Keyboard:
    """Stdin line by line; on a terminal with a mark before each, else silently."""

    def __init__(self) -> None:
        self._is_terminal = sys.stdin.isatty() and sys.stdout.isatty()
        if isinstance(sys.stdin, TextIOWrapper):
            sys.stdin.reconfigure(errors="replace")
        if self._is_terminal:
            with contextlib.suppress(ImportError):  # Windows has none; its console edits lines itself
                importlib.import_module("readline")

    def read(self) -> str:
        """The next line, joined with those after it while they end in a backslash.

        Raises:
            EOFError: Ctrl+D, or the pipe has ended.
            KeyboardInterrupt: Ctrl+C.
        """
        lines = [self._line(MARK)]
        while lines[-1].endswith("\\"):
            lines[-1] = lines[-1][:-1]
            lines.append(self._line(CONTINUED))
        return "\n".join(lines)

    def read_until_dot(self) -> str:
        """Every line up to one that holds a single full stop, or the end of input."""
        lines: list[str] = []
        with contextlib.suppress(EOFError):
            while (line := self._line(CONTINUED)) != ".":
                lines.append(line)
        return "\n".join(lines)

    def _line(self, mark: str) -> str:
        if self._is_terminal:
            return input(mark)
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        return line.removesuffix("\n").removesuffix("\r")
