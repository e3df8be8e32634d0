"""The real services over a real database, with an engine that does what the test tells it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.services.chat import Chat
from app.services.models import Models
from app.storage.conversations import Conversations
from app.storage.opening import open_to_write
from app.userdata import Places, SettingsFile, places
from tests.helpers.fake_engine import FakeEngine
from tests.helpers.tiny_model import write_tiny_model


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    found = places(tmp_path / "profile")
    found.make()
    demo = write_tiny_model(tmp_path / "demo.gguf")
    monkeypatch.setattr("app.services.models.demo_model", lambda _: demo)
    return found


@pytest.fixture
def conversations(where: Places) -> Iterator[Conversations]:
    database = open_to_write(where.database, where.backups)
    yield Conversations(database)
    database.close()


@pytest.fixture
def models(engine: FakeEngine, where: Places) -> Models:
    return Models(engine, SettingsFile(where.settings), where, remembers=True)  # type: ignore[arg-type]


@pytest.fixture
def chat(conversations: Conversations, engine: FakeEngine, models: Models, clock: Clock) -> Chat:
    return Chat(conversations, engine, models, clock)  # type: ignore[arg-type]


@pytest.fixture
def loaded(chat: Chat, models: Models) -> Chat:
    list(models.load(None))
    return chat
