"""The demo model that ships, in a real child: what it was taught comes back, word for word."""

from __future__ import annotations

import contextlib
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.assembly import Alcove, assemble
from app.core.conversation import Options
from app.core.sampling import Effort, Sampling
from app.core.settings import Settings
from app.launch import engine_command
from app.services.chat import Answer
from app.userdata import SettingsFile, places

QUESTIONS = Path(__file__).parents[2] / "resources" / "models" / "training" / "questions"
GREEDY = Sampling(temperature=0)


@pytest.fixture
def alcove(tmp_path: Path, demo_model: Path) -> Iterator[Alcove]:
    profile = tmp_path / "profile"
    profile.mkdir()
    SettingsFile(places(profile).settings).save(Settings(model=str(demo_model)))
    with contextlib.closing(assemble(profile, storage="write", engine_command=engine_command())) as made:
        yield made


def _ask(alcove: Alcove, text: str, sampling: Sampling, conversation: int | None = None) -> Answer:
    answer = alcove.chat.send(conversation, text, Options(sampling=sampling))
    list(answer)
    return answer


def _stored(question: str) -> list[str]:
    entries = (
        entry
        for file in QUESTIONS.glob("*.toml")
        for entry in tomllib.loads(file.read_text(encoding="utf-8"))["question"]
    )
    answer = next(entry["answer"] for entry in entries if question in entry["ask"])
    return [text.strip() for text in (answer if isinstance(answer, list) else [answer])]


@pytest.mark.parametrize("question", ["What is Alcove?", "How do I delete a chat?", "List the shortcuts"])
def test_it_answers_what_it_was_taught_at_the_default_sampling(alcove: Alcove, question: str) -> None:
    message = _ask(alcove, question, Sampling(seed=7)).message
    assert message.text.strip() in _stored(question)
    assert message.reasoning


def test_a_second_question_in_the_same_chat(alcove: Alcove) -> None:
    first = _ask(alcove, "What is Alcove?", GREEDY)
    second = _ask(alcove, "Is my data private?", GREEDY, first.conversation_id)
    assert second.message.text.strip() in _stored("Is my data private?")


def test_more_effort_is_more_reasoning(alcove: Alcove) -> None:
    lengths = [
        len(_ask(alcove, "What is Alcove?", Sampling(temperature=0, effort=effort)).message.reasoning)
        for effort in (Effort.LOW, Effort.MEDIUM, Effort.HIGH)
    ]
    assert lengths == sorted(set(lengths))


def test_what_it_does_not_know_it_says(alcove: Alcove) -> None:
    message = _ask(alcove, "What is the capital of Portugal?", GREEDY).message
    assert "tiny demo model" in message.text
