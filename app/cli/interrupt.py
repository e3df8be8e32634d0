"""Ctrl+C, SIGTERM and a closed terminal: they stop an answer being written, at any other time they leave."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from app.cli.exit_codes import ExitCode

TERMINATIONS = tuple(
    signal.Signals[name]
    for name in ("SIGTERM", "SIGHUP")
    if hasattr(signal, name) and signal.getsignal(signal.Signals[name]) != signal.SIG_IGN
)
"""What ends a program politely; `nohup` has the closed terminal ignored, and so it stays."""


class Stop:
    """What was asked for by signal while a `stoppable` block runs."""

    def __init__(self) -> None:
        self.requested = False
        self.terminated = False

    def on_signal(self, number: int, _frame: FrameType | None) -> None:
        """The first signal asks; a second one does not wait."""
        if self.requested:
            leave(number, None)
        self.requested = True
        self.terminated = number in TERMINATIONS


def leave(number: int, _frame: FrameType | None) -> None:
    """Unwind to the door of the program, which ends the engine on the way."""
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    raise SystemExit(ExitCode.INTERRUPTED)


@contextmanager
def stoppable() -> Iterator[Stop]:
    """Turn signals into a request that the block looks at; the others than Ctrl+C leave after it."""
    stop = Stop()
    with _handling(stop.on_signal, signal.SIGINT, *TERMINATIONS):
        yield stop
    if stop.terminated:
        raise SystemExit(ExitCode.INTERRUPTED)


@contextmanager
def terminable() -> Iterator[None]:
    """What ends a program unwinds the block as Ctrl+C does."""
    with _handling(leave, *TERMINATIONS):
        yield


@contextmanager
def unstoppable() -> Iterator[None]:
    """Signals wait until the block, a short one, is through."""
    with _handling(signal.SIG_IGN, signal.SIGINT, *TERMINATIONS):
        yield


@contextmanager
def _handling(handler: Any, *signals: signal.Signals) -> Iterator[None]:
    before = {number: signal.signal(number, handler) for number in signals}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)
