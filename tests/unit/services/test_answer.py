"""How often an answer is saved, and what happens when it cannot be."""

from __future__ import annotations

import threading
import time
from itertools import pairwise

import pytest

from app.core.errors import DiskFull
from app.core.events import Finished, FinishReason
from app.core.message import Message, Role, Status
from app.engine.generation import Generation
from app.services import answer as answer_module
from app.services.answer import Answer
from tests.helpers.fake_engine import final, finished


class Disk:
    """Remembers each saved state; `is_full` refuses."""

    def __init__(self):
        self.states = []
        self.is_full = False

    def save(self, message):
        if self.is_full:
            raise DiskFull(path="x")
        self.states.append((message.text, message.status))


@pytest.fixture
def disk():
    return Disk()


@pytest.fixture
def job():
    made = Generation(
        (Finished,), cancel=lambda: made.put(finished(FinishReason.CANCELLED)), abandon=lambda: None
    )
    return made


@pytest.fixture
def answer(disk, job):
    message = Message(2, 1, 0.0, Role.ASSISTANT, "", status=Status.STREAMING)
    return Answer(message, [lambda: job], save=disk.save)


@pytest.fixture
def pace(monkeypatch):
    """Save every 20 ms."""
    monkeypatch.setattr(answer_module, "SAVE_EVERY_S", 0.02)


def test_the_first_text_is_saved_at_once_and_the_rest_in_turn(answer, disk, job, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(answer_module.time, "monotonic", lambda: now[0])
    for _ in range(40):
        job.put(final("x"))
        answer.take(0)
        now[0] += 0.1
    lengths = [len(text) for text, _ in disk.states]
    assert lengths[0] == 1
    assert all(later - earlier <= 10 for earlier, later in pairwise(lengths))
    assert 4 <= len(lengths) <= 10
    job.put(finished())
    answer.take(0)
    assert disk.states[-1] == ("x" * 40, Status.COMPLETE)


def test_text_is_saved_also_when_no_more_comes(answer, disk, job, pace):
    job.put(final("a"))
    answer.take()
    job.put(final("b"))
    answer.take()
    threading.Timer(0.2, job.put, [final("c")]).start()
    answer.take()
    assert ("ab", Status.STREAMING) in disk.states


def test_a_full_disk_does_not_end_the_answer(answer, disk, job, pace, request):
    request.applymarker(pytest.mark.logs("cannot be saved yet: DiskFull"))
    disk.is_full = True
    job.put(final("a"))
    assert answer.take() == [final("a")]
    time.sleep(0.03)
    job.put(final("b"))
    answer.take()
    disk.is_full = False
    time.sleep(0.03)
    job.put(final("c"))
    answer.take()
    assert disk.states == [("abc", Status.STREAMING)]
    job.put(finished())
    list(answer)
    assert disk.states[-1] == ("abc", Status.COMPLETE)


@pytest.mark.logs("cannot be saved yet: DiskFull")
def test_an_answer_that_cannot_be_kept_says_so_after_its_end(answer, disk, job):
    disk.is_full = True
    for event in (final("a"), finished()):
        job.put(event)
        assert answer.take() == [event]
    assert not answer.ended
    with pytest.raises(DiskFull):
        answer.take()
    assert answer.ended
    assert answer.take() == []
    assert (answer.message.text, answer.message.status) == ("a", Status.COMPLETE)


def test_a_hung_engine_does_not_hold_up_the_closing(disk):
    hung = Generation((Finished,), cancel=lambda: None, abandon=lambda: None)
    message = Message(2, 1, 0.0, Role.ASSISTANT, "", status=Status.STREAMING)
    answer = Answer(message, [lambda: hung], save=disk.save)
    hung.put(final("kept"))
    answer.take()
    began = time.monotonic()
    answer.finish(0.1)
    assert time.monotonic() - began < 1
    assert disk.states[-1] == ("kept", Status.INTERRUPTED)


def test_closing_while_another_thread_takes(answer, disk, job):
    def follow():
        for _ in answer:
            pass

    thread = threading.Thread(target=follow)
    thread.start()
    job.put(final("a"))
    answer.finish(2)
    thread.join()
    assert disk.states[-1] == ("a", Status.CANCELLED)
