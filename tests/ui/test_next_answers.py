"""What the next demo model is taught about this program has to be true of it."""

from __future__ import annotations

import importlib.util
import sys
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from app.ui.chat.welcome import STARTERS

TRAINING = Path(__file__).parents[2] / "resources" / "models" / "training"
LANGUAGES = ("en", "zh")


@pytest.fixture(scope="module")
def answers() -> ModuleType:
    """The check beside the training script, which is no package of the program."""
    spec = importlib.util.spec_from_file_location("demo_answers", TRAINING / "answers.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    path = list(sys.path)
    spec.loader.exec_module(module)
    sys.path[:] = path
    return module


def _entries(language: str) -> list[dict[str, Any]]:
    files = sorted((TRAINING / "next").glob(f"*.{language}.toml"))
    pages = (tomllib.loads(file.read_text(encoding="utf-8")) for file in files)
    return [entry for page in pages for entry in page.get("question", ())]


def _phrasings(entry: dict[str, Any]) -> list[str]:
    return entry["ask"].strip().splitlines()


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_questions_enough(language: str) -> None:
    assert len(_entries(language)) >= 300


def test_both_languages_know_the_same() -> None:
    english, chinese = ({entry["id"] for entry in _entries(language)} for language in LANGUAGES)
    assert english == chinese


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_second_question_has_a_first_one(language: str) -> None:
    known = {entry["id"] for entry in _entries(language)}
    assert {entry["first"] for entry in _entries(language) if "first" in entry} <= known


@pytest.mark.parametrize("starter", STARTERS)
def test_every_starter_is_a_question_it_learnt(starter: str) -> None:
    """The first phrasing is never kept out."""
    assert starter in {_phrasings(entry)[0] for entry in _entries("en")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_phrasing_asks_two_things(language: str) -> None:
    asked = [
        text.casefold().rstrip("?.! ")
        for entry in _entries(language)
        if "first" not in entry
        for text in _phrasings(entry)
    ]
    assert {text for text in asked if asked.count(text) > 1} == set()


def test_everything_that_an_answer_names_exists(answers: ModuleType) -> None:
    assert answers.faults() == []


@pytest.mark.parametrize(
    "text",
    [
        "Run `main.py transcribe`.",
        "Add `--colour red` to `ask`.",
        "Type `/fly` there.",
        "Press `Ctrl+Shift+F9`.",
        "Click **Make coffee**.",
        "```bash\nmain.py ask --colour red\n```",
    ],
)
def test_what_does_not_exist_is_found(answers: ModuleType, text: str) -> None:
    assert list(answers.wrong(answers.Stored("x", "en", text)))
