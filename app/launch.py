"""Read the command line; hand over to one front end, or become a helper process."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ENGINE_CHILD = "--engine-child"
VAULT_HELPER = "--vault-helper"
INTERRUPTED = 130


def main(words: Sequence[str] | None = None) -> int:
    """Run Alcove with these words (default: the command line's) and give the exit code."""
    _open_missing_streams()
    words = sys.argv[1:] if words is None else words
    if words[:1] == [ENGINE_CHILD]:
        from app.engine import child

        kind, *arguments = words[1:] or ["embedded"]
        return child.main(kind, arguments)
    if words[:1] == [VAULT_HELPER]:
        from app import vault

        return vault.main()
    with _leaving_at_once():
        from app.cli.parser import parse

        invocation = parse(words)
        from app.cli import commands
        from app.log import keep_off_terminal

        keep_off_terminal()
    with commands.profile(invocation) as profile:
        if invocation.command is not None:
            return commands.run(invocation.command, profile, engine_command)
        return _open_window(profile)


def _open_missing_streams() -> None:
    """A stream closed by whoever started the program is None: take an empty one that swallows everything.

    In this order, so that on POSIX each gets its own number again, before a file of ours could.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))


@contextmanager
def _leaving_at_once() -> Iterator[None]:
    """While modules load, Ctrl+C would leave a traceback or be lost; so far nothing needs an end."""
    before = signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def engine_command(kind: str = "embedded", *arguments: str) -> list[str]:
    """The words that start this program again as the engine child, from any working directory."""
    from app.process import own_command

    return [*own_command(), ENGINE_CHILD, kind, *arguments]


def vault_command() -> list[str]:
    """The words that start this program again as the helper that asks the system keyring."""
    from app.vault import helper_command

    return helper_command()


def _open_window(profile: Path | None) -> int:
    from app.cli import commands
    from app.core.errors import NoDisplay
    from app.ui.display import find_display

    try:
        find_display()
    except NoDisplay as error:
        return commands.run_without_display(error, profile, engine_command)
    try:
        from app.ui.application import run

        return run(profile, engine_command)
    except KeyboardInterrupt:  # before the window listens to it
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
