"""The field for code: what it marks, how it indents, and that Undo takes a replacement back."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.ui.theme import Theme
from app.ui.widgets.code_edit import CodeEdit

TEXT = '{\n  "a": 1,\n  "b": [\n  ]\n}'


@pytest.fixture
def edit(qtbot: QtBot, theme: Theme) -> CodeEdit:
    edit = CodeEdit(theme, "json")
    qtbot.addWidget(edit)
    edit.resize(400, 300)
    edit.setPlainText(TEXT)
    return edit


def _put_cursor(edit: CodeEdit, text: str) -> None:
    cursor = edit.textCursor()
    cursor.setPosition(edit.toPlainText().index(text) + len(text))
    edit.setTextCursor(cursor)


@pytest.mark.parametrize(
    ("after", "typed"),
    [("{", '{\n  x\n  "a"'), ('"a": 1,', '"a": 1,\n  x\n'), ('"b": [', '"b": [\n    x\n')],
)
def test_enter_keeps_the_indentation_and_goes_in_after_a_bracket(
    edit: CodeEdit, after: str, typed: str
) -> None:
    _put_cursor(edit, after)
    QTest.keyClick(edit, Qt.Key.Key_Return)
    QTest.keyClicks(edit, "x")
    assert typed in edit.toPlainText()


def test_tab_leads_on(edit: CodeEdit) -> None:
    assert edit.tabChangesFocus()


def test_marked_lines_are_underlined_and_reached(edit: CodeEdit, qtbot: QtBot) -> None:
    edit.show()
    edit.mark_lines([2, 2, 99])
    assert edit.marked == {2, 99}
    assert edit.extraSelections()[0].cursor.selectedText() == '"a": 1,'
    edit.go_to_line(3)
    assert (edit.textCursor().blockNumber(), edit.textCursor().positionInBlock()) == (2, 2)
    edit.mark_lines([])
    assert edit.marked == set() and edit.extraSelections() == []


def test_a_replacement_is_one_step_back_and_leaves_the_cursor(edit: CodeEdit) -> None:
    _put_cursor(edit, '"a"')
    edit.replace_text(TEXT.replace("[\n  ]", "{}"))
    assert edit.textCursor().block().text() == '  "a": 1,'
    edit.undo()
    assert edit.toPlainText() == TEXT


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(*[st.text(st.sampled_from('ab{}"\n é字🎈'), max_size=12)] * 2)
def test_any_text_is_replaced_by_any_other(edit: CodeEdit, before: str, after: str) -> None:
    edit.setPlainText(before)
    edit.replace_text(after)
    assert edit.toPlainText() == after
    edit.undo()
    assert edit.toPlainText() == before


def test_words_are_coloured(edit: CodeEdit, theme: Theme) -> None:
    formats = edit.document().findBlockByNumber(1).layout().formats()
    colours = {formats[0].format.foreground().color().name(), formats[-1].format.foreground().color().name()}
    assert theme.tokens.code.keyword.lower() in colours
