"""Background work: in order, delivered on the window's thread, and not to who is gone."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.core.errors import EngineCrashed
from app.core.events import Delta, Event
from app.core.message import Channel
from app.ui.background import Background, Courier, Lane
from app.ui.stream import Stream


@pytest.fixture
def background(qapp: object) -> Iterator[Background]:
    background = Background(Courier())
    yield background
    background.close()


def test_work_runs_elsewhere_and_is_delivered_here(background: Background, qtbot: QtBot) -> None:
    owner, seen = QObject(), []
    here = threading.get_ident()
    for number in range(20):
        background.run(
            owner,
            lambda number=number: (number, threading.get_ident()),
            lambda result: seen.append((*result, threading.get_ident())),
            lambda error: pytest.fail(str(error)),
        )
    qtbot.waitUntil(lambda: len(seen) == 20)
    assert [number for number, _, _ in seen] == list(range(20))
    assert all(worked != here and delivered == here for _, worked, delivered in seen)


def test_an_error_goes_to_failed(background: Background, qtbot: QtBot) -> None:
    owner, seen = QObject(), []
    background.run(owner, lambda: 1 / 0, seen.append, lambda error: seen.append(type(error)), Lane.OWN)
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [ZeroDivisionError]


def test_nothing_reaches_an_owner_that_is_gone(background: Background, qtbot: QtBot) -> None:
    seen: list[object] = []
    for _ in range(20):
        owner = QObject()
        background.run(owner, lambda: time.sleep(0.005), seen.append, seen.append)
        shiboken6.delete(owner)
    last, arrived = QObject(), []
    background.run(last, lambda: 1, arrived.append, arrived.append)
    qtbot.waitUntil(lambda: arrived == [1])
    assert seen == []


def test_what_was_asked_before_the_end_is_done_and_nothing_after(background: Background) -> None:
    owner, done = QObject(), []
    background.run(owner, lambda: (time.sleep(0.05), done.append(1)), lambda _: None, lambda _: None)
    background.run(owner, lambda: done.append(2), lambda _: None, lambda _: None)
    background.finish(timeout_s=5)
    background.run(owner, lambda: done.append(3), lambda _: None, lambda _: None)
    background.close()
    assert done == [1, 2]


class Counting:
    """A source of numbered deltas, as fast as they are taken; may end with an error."""

    def __init__(self, total: int, error: Exception | None = None) -> None:
        self.ended = False
        self._total = total
        self._next = 0
        self._error = error

    def take(self, timeout_s: float | None = None) -> list[Event]:
        if self._next == self._total and self._error:
            self.ended = True
            raise self._error
        time.sleep(0.001)
        last = min(self._total, self._next + 10)
        events: list[Event] = [Delta(Channel.FINAL, str(n)) for n in range(self._next, last)]
        self._next = last
        self.ended = self._next == self._total and self._error is None
        return events

    def cancel(self) -> None:
        self._total = self._next


def test_a_stream_gives_everything_once_in_few_lists(background: Background, qtbot: QtBot) -> None:
    owner, lists, ends = QObject(), [], []
    started = time.monotonic()
    Stream(background, owner, Counting(200), lists.append, ends.append)
    qtbot.waitUntil(lambda: bool(ends))
    texts = [event.text for events in lists for event in events]
    assert texts == [str(n) for n in range(200)]
    assert ends == [None]
    frames = (time.monotonic() - started) / 0.033
    assert len(lists) <= frames + 2


def test_a_busy_window_gets_one_list_instead_of_a_queue(background: Background, qtbot: QtBot) -> None:
    owner, lists, ends = QObject(), [], []
    Stream(background, owner, Counting(100), lists.append, ends.append)
    time.sleep(0.6)  # the window's thread does something else
    qtbot.waitUntil(lambda: bool(ends))
    assert len(lists) == 1
    assert len(lists[0]) == 100


def test_an_error_comes_after_all_events(background: Background, qtbot: QtBot) -> None:
    owner, told = QObject(), []
    Stream(background, owner, Counting(30, EngineCrashed(exit_code=-9)), told.append, told.append)
    qtbot.waitUntil(lambda: any(isinstance(t, EngineCrashed) for t in told))
    assert isinstance(told[-1], EngineCrashed)
    assert sum(len(events) for events in told[:-1]) == 30
