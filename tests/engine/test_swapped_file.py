"""A model's file that is swapped, cut or gone while it is loaded: an answer or an error, and no harm."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.assembly import Alcove, assemble
from app.core.conversation import Options
from app.core.errors import EngineCrashed, ModelError
from app.core.events import Loaded
from app.core.message import Status
from app.core.sampling import Sampling
from app.launch import engine_command

GREEDY = Options(sampling=Sampling(temperature=0.0, seed=1, max_tokens=24))


@pytest.fixture
def alcove(tmp_path: Path) -> Iterator[Alcove]:
    made = assemble(tmp_path / "profile", storage="write", engine_command=engine_command())
    with contextlib.closing(made):
        yield made


@pytest.fixture
def loaded(alcove: Alcove, demo_model: Path, tmp_path: Path) -> Path:
    path = tmp_path / "copy.gguf"
    shutil.copyfile(demo_model, path)
    assert isinstance(list(alcove.models.load(path))[-1], Loaded)
    return path


def says(alcove: Alcove) -> str:
    answer = alcove.chat.send(None, "What is Alcove?", GREEDY)
    list(answer)
    return answer.message.reasoning + answer.message.text


def test_another_file_under_the_name_counts_from_the_next_load_on(
    alcove: Alcove, loaded: Path, tmp_path: Path
) -> None:
    before = says(alcove)
    other = tmp_path / "other"
    other.write_text("no model")
    os.replace(other, loaded)
    assert says(alcove) == before
    with pytest.raises(ModelError):
        alcove.models.load(loaded)
    assert says(alcove) == before


def test_a_file_that_is_gone_still_answers(alcove: Alcove, loaded: Path) -> None:
    before = says(alcove)
    loaded.unlink()
    assert says(alcove) == before


def test_a_file_that_is_cut_costs_the_engine_at_most(alcove: Alcove, loaded: Path) -> None:
    """What is mapped and no longer there ends whoever reads it: the child, and never the program."""
    os.truncate(loaded, 4096)
    answer = alcove.chat.send(None, "What is Alcove?", GREEDY)
    with contextlib.suppress(EngineCrashed, ModelError):
        list(answer)
    kept = alcove.chat.open(answer.conversation_id or 0)
    assert kept.last is not None and kept.last.status is not Status.STREAMING
    assert isinstance(list(alcove.models.load(None))[-1], Loaded)
    assert says(alcove)
