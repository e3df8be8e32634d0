"""A real database in a temporary folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.storage.conversations import Conversations
from app.storage.database import Database
from app.storage.opening import open_to_write


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "alcove.db"


@pytest.fixture
def backups(tmp_path: Path) -> Path:
    return tmp_path / "backups"


@pytest.fixture
def database(path: Path, backups: Path) -> Iterator[Database]:
    opened = open_to_write(path, backups)
    yield opened
    opened.close()


@pytest.fixture
def conversations(database: Database) -> Conversations:
    return Conversations(database)
