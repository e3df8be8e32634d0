"""The services over a real engine child with a scripted backend: crash, stop, close."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.assembly import Alcove, assemble
from app.core.conversation import Options
from app.core.errors import EngineCrashed, PromptTooLong
from app.core.events import Finished, FinishReason
from app.core.message import Status
from app.core.settings import Settings
from app.userdata import SettingsFile, places
from tests.helpers.scripted import scripted_command
from tests.helpers.tiny_model import write_tiny_model


@pytest.fixture
def alcove(tmp_path: Path) -> Iterator[Alcove]:
    where = places(tmp_path / "profile")
    where.make()
    model = write_tiny_model(tmp_path / "tiny.gguf")
    SettingsFile(where.settings).save(Settings(model=str(model)))
    command = scripted_command(
        tmp_path,
        {"question": "crash", "final": "one two three", "ends_with": "crash"},
        {"question": "long", "final": "word " * 3000, "tokens_per_s": 200},
        {"reasoning": "think a bit", "final": "Hello there.", "tokens_per_s": 2000},
    )
    with contextlib.closing(assemble(tmp_path / "profile", storage="write", engine_command=command)) as made:
        yield made


def test_from_a_cold_start_to_a_kept_answer(alcove: Alcove) -> None:
    answer = alcove.chat.send(None, "Hi?")
    events = list(answer)
    assert isinstance(events[-1], Finished)
    kept = alcove.chat.open(answer.conversation_id or 0).last
    assert kept == answer.message
    assert (kept.text, kept.reasoning, kept.model) == ("Hello there.", "think a bit", "scripted")
    assert kept.usage.completion_tokens == 5


def test_an_engine_that_dies_leaves_the_text_and_comes_back(alcove: Alcove) -> None:
    answer = alcove.chat.send(None, "crash")
    with pytest.raises(EngineCrashed):
        list(answer)
    kept = alcove.chat.open(answer.conversation_id or 0).last
    assert kept is not None
    assert kept.text.startswith("one") and kept.status is Status.INTERRUPTED
    again = alcove.chat.send(answer.conversation_id, "Hi?")
    list(again)
    assert (again.message.text, again.message.status) == ("Hello there.", Status.COMPLETE)


def test_stopping_keeps_what_came(alcove: Alcove) -> None:
    answer = alcove.chat.send(None, "long")
    while not answer.message.text:
        answer.take()
    answer.cancel()
    (*_, last) = answer
    assert isinstance(last, Finished) and last.reason is FinishReason.CANCELLED
    kept = alcove.chat.open(answer.conversation_id or 0).last
    assert kept is not None
    assert kept.text.startswith("word") and kept.status is Status.CANCELLED


def test_closing_in_the_middle_is_quick_and_keeps_what_came(alcove: Alcove, tmp_path: Path) -> None:
    answer = alcove.chat.send(None, "long")
    while not answer.message.text:
        answer.take()
    began = time.monotonic()
    alcove.close()
    assert time.monotonic() - began < 3
    with contextlib.closing(assemble(tmp_path / "profile", storage="read", engine_command=[])) as reader:
        kept = reader.chat.open(answer.conversation_id or 0).last
    assert kept is not None
    assert kept.text == answer.message.text and kept.status is Status.CANCELLED


def test_counting_and_refusing_while_another_answer_is_written(alcove: Alcove) -> None:
    answer = alcove.chat.send(None, "long")
    while not answer.message.text:
        answer.take()
    assert alcove.chat.count(None, "one two three").prompt_tokens == 3
    with pytest.raises(PromptTooLong):
        alcove.chat.ask("word " * 9000, Options())
    answer.cancel()
    list(answer)
