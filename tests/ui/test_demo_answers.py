"""What the demo model was taught about this program has to be true of it."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from app.cli.parser import parse
from app.ui.actions import COMMANDS
from app.ui.chat.welcome import STARTERS

QUESTIONS = Path(__file__).parents[2] / "resources" / "models" / "training" / "questions"
EDITING_KEYS = {"Enter", "Shift+Enter", "Up"}


def _entries() -> list[dict[str, list[str] | str]]:
    files = sorted(QUESTIONS.glob("*.toml"))
    return [entry for file in files for entry in tomllib.loads(file.read_text(encoding="utf-8"))["question"]]


def _answers() -> list[str]:
    answers = (entry["answer"] for entry in _entries())
    return [text for answer in answers for text in (answer if isinstance(answer, list) else [answer])]


def test_there_are_questions_enough() -> None:
    assert len(_entries()) >= 65


@pytest.mark.parametrize("starter", STARTERS)
def test_every_starter_is_a_question_it_learnt(starter: str) -> None:
    assert any(starter in entry["ask"] for entry in _entries())


def test_no_held_out_phrasing_was_learnt() -> None:
    for entry in _entries():
        learnt = {text.casefold().rstrip("?.! ") for text in entry["ask"]}
        assert learnt.isdisjoint(text.casefold().rstrip("?.! ") for text in entry["held_out"])


def test_every_key_it_names_does_something() -> None:
    known = {declared.keys for declared in COMMANDS.values()} | EDITING_KEYS
    a_key = re.compile(r"`((?:(?:Ctrl|Alt|Shift)\+|F\d)[^`]*|Esc|Enter)`")
    named = {key for text in _answers() for key in a_key.findall(text)}
    assert len(named) > 12
    assert named <= known


def test_every_command_it_shows_is_understood() -> None:
    blocks = (block for text in _answers() for block in re.findall(r"```bash\n(.*?)```", text, re.DOTALL))
    lines = [line for block in blocks for line in block.splitlines() if "main.py" in line]
    shown = [line.partition("main.py")[2] for line in lines]
    assert len(shown) > 4
    for words in shown:
        parse(shlex.split(words))
