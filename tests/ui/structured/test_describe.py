"""A schema drafted by the model: watched while it is written, stopped, refused, taken into the editor."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.ui.structured.describe import DescribeDialog

pytestmark = pytest.mark.qt_log_ignore("does not support (grabbing|raise)", extend=True)

DRAFT = {
    "title": "Recipe",
    "type": "object",
    "properties": {
        "name": {"type": "string", "description": "What the dish is called"},
        "steps": {"type": "array", "description": "What to do", "items": {"type": "string"}},
    },
    "required": ["name", "steps"],
    "additionalProperties": False,
}
GOOD = {"question": "recipe", "reasoning": "Two fields.", "final": json.dumps(DRAFT), "tokens_per_s": 200}
SLOW = {"question": "slow", "final": json.dumps(DRAFT), "tokens_per_s": 4}
CUT = {"question": "cut", "final": json.dumps(DRAFT)[:60], "finish_reason": "length"}
WRONG = {"question": "", "final": '{"quarter": "third"}'}
CRASH = {"question": "crash", "final": "{", "ends_with": "crash"}


def _ask(dialog: DescribeDialog, wish: str) -> None:
    dialog.wish.setText(wish)
    dialog.button.click()
    assert dialog.is_drafting and dialog.button.text() == "Stop"


def test_a_draft_lands_in_the_editor(start: Any, open_editor: Any, qtbot: QtBot) -> None:
    editor = open_editor(start(GOOD))
    editor.tools.description.click()
    assert not editor.describe.button.isEnabled()
    _ask(editor.describe, "a recipe")
    qtbot.waitUntil(lambda: '"title"' in editor.describe.draft.toPlainText(), timeout=10_000)
    qtbot.waitUntil(editor.describe.isHidden, timeout=10_000)
    assert json.loads(editor.json.toPlainText()) == DRAFT
    assert editor.head.name.text() == "Recipe"
    assert [row.name.text() for row in editor.form.inside.group.rows] == ["name", "steps"]
    editor.state.undo_button.click()
    assert json.loads(editor.json.toPlainText())["properties"] == {}
    editor.head.name.clear()
    editor.close()


def test_a_draft_is_stopped_and_changes_nothing(start: Any, open_editor: Any, qtbot: QtBot) -> None:
    editor = open_editor(start(SLOW))
    before = editor.json.toPlainText()
    editor.describe.open()
    _ask(editor.describe, "slow")
    qtbot.waitUntil(lambda: '"title"' in editor.describe.draft.toPlainText(), timeout=10_000)
    editor.describe.button.click()
    qtbot.waitUntil(lambda: not editor.describe.is_drafting, timeout=10_000)
    assert editor.describe.words.text() == "The draft is not complete."
    assert editor.describe.wish.text() == "slow" and editor.json.toPlainText() == before
    _ask(editor.describe, "slow")
    editor.describe.reject()
    qtbot.waitUntil(lambda: not editor.describe.is_drafting, timeout=10_000)
    assert editor.json.toPlainText() == before
    editor.close()


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ("cut", "The draft is not complete."),
        ("anything", "This draft is no schema: ask again in other words."),
        ("crash", "The engine stopped unexpectedly"),
    ],
)
def test_what_is_no_draft_is_told(start: Any, open_editor: Any, qtbot: QtBot, wish: str, words: str) -> None:
    editor = open_editor(start(CUT, CRASH, WRONG))
    before = editor.json.toPlainText()
    editor.describe.open()
    _ask(editor.describe, wish)
    qtbot.waitUntil(lambda: not editor.describe.is_drafting, timeout=10_000)
    assert editor.describe.isVisible()
    assert editor.describe.words.text().startswith(words)
    assert editor.json.toPlainText() == before
    editor.describe.reject()
    editor.close()


def test_closing_the_editor_stops_the_draft(start: Any, open_editor: Any, qtbot: QtBot) -> None:
    program = start(SLOW)
    editor = open_editor(program)
    editor.describe.open()
    _ask(editor.describe, "slow")
    qtbot.waitUntil(lambda: '"title"' in editor.describe.draft.toPlainText(), timeout=10_000)
    editor.close()
    qtbot.waitUntil(lambda: program.window.formats.editor is None, timeout=10_000)
