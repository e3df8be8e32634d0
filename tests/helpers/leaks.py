"""Notice what a test leaves behind or must not touch: threads, processes, timers, the network."""

from __future__ import annotations

import sys
import threading
import time
import weakref
from collections.abc import Callable
from typing import Any, TypeVar

import psutil

Thing = TypeVar("Thing")

PATIENCE_S = 3.0
"""A thread or process that was told to end gets this long."""


class Border:
    """An audit hook: counts started processes and keeps connections within this computer.

    `strict` is for unit tests, which start nothing and connect to nothing.
    """

    def __init__(self) -> None:
        self.started = 0
        self.strict = False
        sys.addaudithook(self._watch)

    def _watch(self, event: str, values: tuple[Any, ...]) -> None:
        if event in ("subprocess.Popen", "os.fork", "os.posix_spawn"):
            self.started += 1
            self._refuse_in_unit("starts a process")
        elif event in ("socket.connect", "socket.bind", "socket.sendto"):
            self._check_address(values[1])
        elif event == "socket.getaddrinfo" and not _is_local(values[0]):
            raise RuntimeError(f"A test looked up {values[0]!r}: only this computer may be reached.")

    def _check_address(self, address: object) -> None:
        if not isinstance(address, tuple):
            return  # a Unix socket
        if not _is_local(address[0]):
            raise RuntimeError(f"A test used the address {address!r}: only this computer may be reached.")
        self._refuse_in_unit("uses the network")

    def _refuse_in_unit(self, what: str) -> None:
        if self.strict:
            raise RuntimeError(f"A test in tests/unit {what}: its place is tests/engine, ui or e2e.")


def _is_local(host: object) -> bool:
    name = host.decode() if isinstance(host, bytes) else str(host or "localhost")
    return name in ("localhost", "::1", "None") or name.startswith("127.")


def threads() -> set[threading.Thread]:
    """Running Python threads; those made by Qt or C are not ours to end."""
    running = (thread for thread in threading.enumerate() if thread.is_alive())
    return {thread for thread in running if not isinstance(thread, threading._DummyThread)}


def processes() -> set[psutil.Process]:
    """Children that still run (a zombie holds nothing and is found as an unclosed `Popen`)."""
    found = psutil.Process().children(recursive=True)
    return {child for child in found if child.is_running() and _status(child) != psutil.STATUS_ZOMBIE}


def _status(process: psutil.Process) -> str:
    try:
        return str(process.status())
    except psutil.NoSuchProcess:
        return str(psutil.STATUS_ZOMBIE)


def remaining(look: Callable[[], set[Thing]], before: set[Thing]) -> set[Thing]:
    """What is there now and was not before, once it had time to end."""
    until = time.monotonic() + PATIENCE_S
    while (left := look() - before) and time.monotonic() < until:
        time.sleep(0.01)
    return left


class QtWatch:
    """Remembers every `QTimer` and `QThread` that Python code starts while it is in force."""

    def __init__(self) -> None:
        from PySide6.QtCore import QThread, QTimer

        self._seen: list[weakref.ref[Any]] = []
        self._starts = {kind: kind.start for kind in (QTimer, QThread)}

    def __enter__(self) -> QtWatch:
        for kind, start in self._starts.items():
            kind.start = self._noting(start)
        return self

    def __exit__(self, *_: object) -> None:
        for kind, start in self._starts.items():
            kind.start = start

    def _noting(self, start: Callable[..., None]) -> Callable[..., None]:
        def noted(thing: Any, *values: Any) -> None:
            self._seen.append(weakref.ref(thing))
            start(thing, *values)

        return noted

    def running(self) -> set[str]:
        """Names of the noted timers and threads that still run."""
        import shiboken6

        things = (ref() for ref in self._seen)
        alive = [thing for thing in things if thing is not None and shiboken6.isValid(thing)]
        return {_describe(thing) for thing in alive if _is_running(thing)}


def _is_running(thing: Any) -> bool:
    return bool(thing.isActive() if hasattr(thing, "isActive") else thing.isRunning())


def _describe(thing: Any) -> str:
    owner = thing.parent()
    return f"{type(thing).__name__} {thing.objectName()!r} of {type(owner).__name__ if owner else 'nobody'}"
