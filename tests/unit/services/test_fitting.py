"""Answers with a format: refused schemas, checked answers, one more try, and what is kept of a failed one."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.core.answer_format import AnswerFormat, FileKind, Notation
from app.core.conversation import Options
from app.core.errors import (
    DocumentExists,
    EngineCrashed,
    NotFound,
    PromptTooLong,
    SchemaRefused,
)
from app.core.events import Event, FinishReason, Retried
from app.core.message import Message, Role, Status
from app.core.request import GenerationRequest
from app.core.shelf import Verdict
from app.engine.generation import Generation
from app.services.answer import Answer
from app.services.answers import Answers
from app.services.chat import Chat
from app.services.fitting import value_of
from app.services.library import Library
from app.services.models import Models
from app.services.transfer import Transfers
from app.userdata import Places, SettingsFile
from app.vault import Vault, helper_command
from tests.helpers.fake_engine import FakeEngine, final, finished

NUMBER = AnswerFormat("Number", '{"type": "integer", "minimum": 5}')
OPTIONS = Options(format=NUMBER)


class Engine(FakeEngine):
    """Plays one part of its script for each request; the last part stays."""

    parts: list[list[Event]]

    def generate(self, request: GenerationRequest) -> Generation:
        self.answer = list(self.parts.pop(0) if len(self.parts) > 1 else self.parts[0])
        return super().generate(request)


@pytest.fixture
def engine() -> Engine:
    return Engine()


def says(text: str, reason: FinishReason = FinishReason.STOP) -> list[Event]:
    return [final(text), finished(reason)]


def asked(chat: Chat, engine: Engine, *parts: list[Event]) -> tuple[Answer, list[Event]]:
    engine.parts = list(parts)
    answer = chat.send(None, "How many?", OPTIONS)
    return answer, list(answer)


def kept(chat: Chat, answer: Answer) -> Message:
    """As the database has it."""
    assert answer.conversation_id is not None and answer.message_id is not None
    return chat.open(answer.conversation_id).messages[answer.message_id]


def test_an_answer_that_fits_is_kept_with_its_format(loaded: Chat, engine: Engine) -> None:
    answer, events = asked(loaded, engine, says("7"))
    assert engine.requests[-1].format == NUMBER
    message = kept(loaded, answer)
    assert (message.text, message.format, message.faults, message.fits) == ("7", NUMBER, (), True)
    assert value_of(message) == 7
    assert not any(isinstance(event, Retried) for event in events)
    assert answer.conversation_id is not None
    assert loaded.open(answer.conversation_id).options.format == NUMBER


def test_one_that_does_not_fit_is_written_once_more_with_its_faults_told(
    loaded: Chat, engine: Engine
) -> None:
    answer, events = asked(loaded, engine, says("3"), says("8"))
    assert [type(event).__name__ for event in events] == ["Delta", "Retried", "Delta", "Finished"]
    first, second = engine.requests[-2:]
    assert [(turn.role, turn.text) for turn in second.turns[:2]] == [
        (Role.USER, "How many?"),
        (Role.ASSISTANT, "3"),
    ]
    assert "minimum" in second.turns[2].text
    assert replace(second, turns=first.turns) == first
    assert (kept(loaded, answer).text, kept(loaded, answer).fits) == ("8", True)


def test_after_that_it_stays_and_its_faults_are_kept(loaded: Chat, engine: Engine) -> None:
    answer, _ = asked(loaded, engine, says("3"), says("4"))
    message = kept(loaded, answer)
    assert len(engine.requests) == 2
    assert (message.text, message.status, message.fits) == ("4", Status.COMPLETE, False)
    assert [(fault.path, fault.rule, fault.detail) for fault in message.faults] == [("$", "minimum", "5")]
    assert value_of(message) is None


@pytest.mark.parametrize(
    "second", [says("", FinishReason.CANCELLED), says("{", FinishReason.LENGTH)], ids=["stopped", "cut"]
)
def test_a_second_try_that_comes_to_nothing_brings_the_first_back(
    loaded: Chat, engine: Engine, second: list[Event]
) -> None:
    answer, _ = asked(loaded, engine, says("3"), second)
    message = kept(loaded, answer)
    assert (message.text, message.status, message.fits) == ("3", Status.COMPLETE, False)
    assert message == answer.message


@pytest.mark.parametrize(
    "error",
    [EngineCrashed(exit_code=-9), PromptTooLong(prompt_tokens=9, context_tokens=8)],
    ids=["crash", "long"],
)
def test_so_does_one_that_fails(loaded: Chat, engine: Engine, error: EngineCrashed | PromptTooLong) -> None:
    engine.parts = [says("3"), [final("1"), error]]  # type: ignore[list-item]
    answer = loaded.send(None, "How many?", OPTIONS)
    with pytest.raises(type(error)):
        list(answer)
    assert (kept(loaded, answer).text, kept(loaded, answer).fits) == ("3", False)


def test_a_cut_answer_is_not_checked_and_does_not_fit(loaded: Chat, engine: Engine) -> None:
    answer, _ = asked(loaded, engine, says("7", FinishReason.LENGTH))
    message = kept(loaded, answer)
    assert (message.status, message.faults, message.fits) == (Status.CUT, (), False)
    assert len(engine.requests) == 1


@pytest.mark.parametrize("schema", ["{", '{"type": "strnig"}', '{"$ref": "https://example.org/s.json"}'])
def test_a_schema_that_is_refused_keeps_nothing(loaded: Chat, engine: Engine, schema: str) -> None:
    with pytest.raises(SchemaRefused):
        loaded.send(None, "How many?", Options(format=AnswerFormat("x", schema)))
    assert loaded.list() == ()
    assert engine.requests == []


def test_while_it_is_written_again_the_first_one_is_what_is_kept(loaded: Chat, engine: Engine) -> None:
    engine.parts = [says("3")]
    answer = loaded.send(None, "How many?", OPTIONS)
    engine.is_held = False
    seen: list[Event] = []
    while not any(isinstance(event, Retried) for event in seen):
        engine.parts = [says("3")]
        seen += answer.take()
    assert (kept(loaded, answer).text, kept(loaded, answer).status) == ("3", Status.STREAMING)
    assert answer.message.text == ""
    list(answer)


@pytest.fixture
def library(where: Places) -> Library:
    return Library(SettingsFile(where.settings), where, lambda old, new: None)


@pytest.fixture
def answers(models: Models, library: Library, where: Places) -> Answers:
    transfers = Transfers(SettingsFile(where.settings), library, Vault(helper_command()))
    return Answers(models, transfers, clock=lambda: 0.0)


def test_a_fitting_answer_becomes_a_file(
    loaded: Chat, engine: Engine, models: Models, answers: Answers, library: Library, tmp_path: Path
) -> None:
    schema = '{"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}'
    engine.parts = [says('{"a":"=1"}')]
    answer = loaded.send(None, "Which?", Options(format=AnswerFormat("A: b/c", schema)))
    list(answer)
    message = kept(loaded, answer)
    assert answers.suggest_name(message, FileKind.CSV) == "A b c.csv"
    contents = {}
    for kind in FileKind:
        path = tmp_path / f"x{kind.suffix}"
        answers.save(message, path, kind)
        contents[kind] = path.read_text("utf-8-sig")
    assert json.loads(contents[FileKind.JSON]) == json.loads(contents[FileKind.JSONL]) == {"a": "=1"}
    assert "'=1" in contents[FileKind.CSV]
    with pytest.raises(DocumentExists):
        answers.save(message, tmp_path / "x.json", FileKind.JSON)
    answers.append(message, tmp_path / "all.jsonl")
    answers.append(message, tmp_path / "all.jsonl")
    assert (tmp_path / "all.jsonl").read_text() == '{"a":"=1"}\n' * 2
    assert answer.conversation_id is not None
    answers.save_provenance(loaded.open(answer.conversation_id), message, tmp_path / "x.json")
    told = json.loads((tmp_path / "x.json.provenance.json").read_text())
    model_file = models.file_of("Tiny")
    assert model_file is not None
    sha256 = hashlib.sha256(model_file.read_bytes()).hexdigest()
    assert (told["model"], told["model_sha256"], len(told["prompt_sha256"])) == ("Tiny", sha256, 64)
    assert told["sampling"]["temperature"] == 1.0
    assert json.loads((tmp_path / "x.json.schema.json").read_text()) == json.loads(schema)
    known = library.hashes.get(model_file)
    assert known is not None and known.sha256 == sha256
    library.hashes.note(model_file, "ab" * 32, Verdict.GOOD)
    answers.save_provenance(loaded.open(answer.conversation_id), message, tmp_path / "x.json")
    told = json.loads((tmp_path / "x.json.provenance.json").read_text())
    assert told["model_sha256"] == "ab" * 32, "what is known is not found out again"


def test_one_that_does_not_fit_never_becomes_a_file(
    loaded: Chat, engine: Engine, answers: Answers, tmp_path: Path
) -> None:
    answer, _ = asked(loaded, engine, says("3"))
    with pytest.raises(NotFound):
        answers.save(kept(loaded, answer), tmp_path / "x.json", FileKind.JSON)
    with pytest.raises(NotFound):
        answers.append(kept(loaded, answer), tmp_path / "x.jsonl")
    assert not list(tmp_path.glob("x.*"))


def test_a_choice_is_checked_as_one(loaded: Chat, engine: Engine) -> None:
    engine.parts = [says("maybe"), says("yes")]
    choice = AnswerFormat("Answer", '{"enum": ["yes", "no"]}', Notation.CHOICE)
    answer = loaded.send(None, "Is it?", Options(format=choice))
    list(answer)
    assert value_of(kept(loaded, answer)) == "yes"
