"""The editor: form and JSON in step, faults by line, from an example, and nothing typed is lost."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from app.core.answer_format import AnswerFormat, Notation
from app.structured.fields import Kind
from app.ui.structured.editor import SchemaEditor
from app.ui.structured.editor_parts import FORM, JSON
from app.ui.structured.field_list import FieldList
from app.ui.structured.field_row import FieldRow
from tests.ui.structured.conftest import wait_until_examined

pytestmark = pytest.mark.qt_log_ignore("does not support (grabbing|raise)", extend=True)

ANSWER = {"final": "Yes."}
SCHEMA = {
    "type": "object",
    "properties": {
        "number": {"type": "string", "maxLength": 9},
        "kind": {"enum": ["credit", "debit"]},
        "lines": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"what": {"type": "string"}},
                "required": ["what"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["number"],
    "additionalProperties": False,
}
BILL = AnswerFormat("Bill", json.dumps(SCHEMA, indent=2))


def _edit(program: Any, open_editor: Any, answer_format: AnswerFormat | None = BILL) -> SchemaEditor:
    session = program.window.session
    session.set_options(replace(session.options, format=answer_format))
    editor: SchemaEditor = open_editor(program)
    return editor


def _rows(editor: SchemaEditor) -> list[FieldRow]:
    assert isinstance(editor.form.inside.group, FieldList)
    return editor.form.inside.group.rows


def _schema(editor: SchemaEditor) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(editor.json.toPlainText())
    return schema


def _drop(editor: SchemaEditor) -> None:
    editor.close()
    editor.foot.drop.click()


def _take_from_menu(row: FieldRow, text: str) -> None:
    row.more.click()
    menu = next(menu for menu in row.findChildren(QMenu) if menu.isVisible())
    next(action for action in menu.actions() if action.text().startswith(text)).trigger()
    menu.close()


def test_a_form_is_filled_in_by_keys_alone(start: Any, open_editor: Any, qtbot: QtBot) -> None:
    program = start(ANSWER)
    editor = _edit(program, open_editor, None)
    assert QApplication.focusWidget() is editor.head.name
    QTest.keyClicks(editor.head.name, "Note")
    assert isinstance(editor.form.inside.group, FieldList)
    _tab_to(editor, editor.form.inside.group.add_button)
    _press(Qt.Key.Key_Space)
    _type("subject")
    _press(Qt.Key.Key_Tab)
    _press(Qt.Key.Key_Down)  # from text to whole number
    for _ in range(3):
        _press(Qt.Key.Key_Tab)
    _type("How many")
    wait_until_examined(editor, qtbot)
    schema = _schema(editor)
    assert schema["properties"] == {"subject": {"type": "integer", "description": "How many"}}
    assert schema["required"] == ["subject"]
    _tab_to(editor, editor.foot.use)
    _press(Qt.Key.Key_Space)
    assert program.window.session.options.format.name == "Note"
    assert json.loads(program.window.session.options.format.schema) == schema
    qtbot.waitUntil(lambda: program.window.formats.editor is None)


def test_form_and_json_are_kept_in_step(start: Any, open_editor: Any) -> None:
    editor = _edit(start(ANSWER), open_editor)
    number, kind, lines = _rows(editor)
    number.name.selectAll()
    QTest.keyClicks(number.name, "id")
    kind.required.click()
    assert kind.inside.choices is not None
    kind.inside.choices.setPlainText("credit\n\n debit \ncredit\nnone")
    assert isinstance(lines.inside.group, FieldList)
    lines.inside.group.rows[0].description.setText("What it is")
    lines.inside.group.rows[0].description.textEdited.emit("What it is")
    schema = _schema(editor)
    assert schema["properties"]["id"] == {"type": "string", "maxLength": 9}
    assert schema["required"] == ["id", "kind"]
    assert schema["properties"]["kind"] == {"enum": ["credit", "debit", "none"]}
    assert schema["properties"]["lines"]["items"]["properties"]["what"]["description"] == "What it is"
    editor.show_view(JSON)
    editor.json.replace_text(editor.json.toPlainText().replace('"none"', '"both"'))
    editor.show_view(FORM)
    choices = _rows(editor)[1].inside.choices
    assert choices is not None and choices.toPlainText() == "credit\ndebit\nboth"
    _drop(editor)


def test_what_was_not_edited_stays_as_it_stood(start: Any, open_editor: Any) -> None:
    editor = _edit(start(ANSWER), open_editor)
    before = editor.json.toPlainText()
    row = _rows(editor)[0]
    row.required.click()
    assert editor.has_changes
    row.required.click()
    assert editor.json.toPlainText() == before
    assert not editor.has_changes
    editor.close()


def test_another_kind_brings_what_it_needs(start: Any, open_editor: Any) -> None:
    editor = _edit(start(ANSWER), open_editor)
    row = _rows(editor)[0]
    _choose_kind(row, 0, Kind.LIST)
    assert [box.currentData() for box in row.kind.boxes] == [Kind.LIST, Kind.TEXT]
    _choose_kind(row, 1, Kind.GROUP)
    assert isinstance(row.inside.group, FieldList)
    row.inside.group.add_field()
    part = _schema(editor)["properties"]["number"]
    assert (part["type"], part["items"]["type"], list(part["items"]["properties"])) == (
        "array",
        "object",
        ["field"],
    )
    _choose_kind(row, 0, Kind.TEXT)
    assert row.inside.group is None
    assert _schema(editor)["properties"]["number"] == {"type": "string", "maxLength": 9}
    _drop(editor)


def test_fields_are_moved_copied_deleted_and_brought_back(start: Any, open_editor: Any) -> None:
    editor = _edit(start(ANSWER), open_editor)
    before = editor.json.toPlainText()
    _rows(editor)[0].focus_name()
    focus = QApplication.focusWidget()
    QTest.keyClick(
        focus, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    assert list(_schema(editor)["properties"]) == ["kind", "number", "lines"]
    assert QApplication.focusWidget() is focus
    _take_from_menu(_rows(editor)[1], "Move up")
    _take_from_menu(_rows(editor)[0], "Duplicate")
    assert list(_schema(editor)["properties"]) == ["number", "number_2", "kind", "lines"]
    _take_from_menu(_rows(editor)[1], "May be empty")
    assert _schema(editor)["properties"]["number_2"]["type"] == ["string", "null"]
    _take_from_menu(_rows(editor)[1], "Delete")
    assert list(_schema(editor)["properties"]) == ["number", "kind", "lines"]
    _take_from_menu(_rows(editor)[2], "Delete")
    editor.state.undo_button.click()
    assert [row.name.text() for row in _rows(editor)] == ["number", "kind", "lines"]
    assert json.loads(editor.json.toPlainText()) == json.loads(before)
    _drop(editor)


def test_a_name_that_is_taken_is_marked_and_not_taken(start: Any, open_editor: Any) -> None:
    editor = _edit(start(ANSWER), open_editor)
    row = _rows(editor)[0]
    for name in ("kind", "", "  "):
        row.name.setText(name)
        row.name.textEdited.emit(name)
        assert row.name.property("wrong") is True
        assert list(_schema(editor)["properties"]) == ["number", "kind", "lines"]
    row.name.setText("id")
    row.name.textEdited.emit("id")
    assert row.name.property("wrong") is False
    assert list(_schema(editor)["properties"]) == ["id", "kind", "lines"]
    _drop(editor)


def test_faults_are_shown_by_line_while_one_writes(start: Any, open_editor: Any, qtbot: QtBot) -> None:
    editor = _edit(start(ANSWER), open_editor)
    editor.show_view(JSON)
    editor.json.replace_text(editor.json.toPlainText().replace('"maxLength": 9', '"maxLength": -9'))
    wait_until_examined(editor, qtbot)
    assert editor.json.marked == {6}
    assert editor.state.faults.item(0).text().startswith("Line 6: properties.number.maxLength")
    assert not editor.foot.use.isEnabled() and not editor.foot.save.isEnabled()
    editor.show_view(FORM)
    editor.state.faults.itemActivated.emit(editor.state.faults.item(0))
    assert editor.tools.view.value == JSON
    assert editor.json.textCursor().blockNumber() == 5
    cursor = editor.json.textCursor()
    cursor.movePosition(QTextCursor.MoveOperation.End)
    cursor.deletePreviousChar()
    wait_until_examined(editor, qtbot)
    assert "cannot be read" in editor.state.faults.item(0).text()
    editor.show_view(FORM)
    assert not editor.form.inside.isVisible()
    editor.json.undo()
    editor.json.undo()
    wait_until_examined(editor, qtbot)
    assert editor.json.marked == set() and editor.state.faults.count() == 0
    assert editor.foot.use.isEnabled()
    editor.close()


def test_parts_that_no_form_shows_are_named(start: Any, open_editor: Any, qtbot: QtBot) -> None:
    schema = {"type": "object", "properties": {"a": {"anyOf": [{"type": "string"}, {"type": "integer"}]}}}
    editor = _edit(start(ANSWER), open_editor, AnswerFormat("Any", json.dumps(schema)))
    assert editor.tools.view.value == JSON
    form = editor.tools.view.buttons()[0]
    form.click()
    assert "$.properties.a: anyOf" in _texts(editor.form)
    editor.close()


def test_an_example_makes_a_schema_that_can_be_taken_back(start: Any, open_editor: Any, qtbot: QtBot) -> None:
    editor = _edit(start(ANSWER), open_editor)
    before = editor.json.toPlainText()
    editor.tools.example.click()
    dialog = editor.example
    assert not dialog.make_button.isEnabled()
    dialog.field.insertPlainText('[{"id": 1,\n "at": 2024-05-06}]')
    dialog.make_button.click()
    assert dialog.isVisible() and dialog.field.marked == {2}
    assert dialog.words.text().startswith("Line 2: [0].at: cannot be read")
    dialog.field.replace_text('[{"id": 1, "at": "2024-05-06"}]')
    assert dialog.field.marked == set()
    dialog.make_button.click()
    assert not dialog.isVisible()
    assert [row.name.text() for row in _rows(editor)] == ["id", "at"]
    wait_until_examined(editor, qtbot)
    assert editor.head.notation.buttons()[2].isEnabled()
    editor.state.undo_button.click()
    assert editor.json.toPlainText() == before
    assert [row.name.text() for row in _rows(editor)] == ["number", "kind", "lines"]
    editor.close()


def test_closing_asks_what_to_do_with_changes(start: Any, open_editor: Any, qtbot: QtBot) -> None:
    program = start(ANSWER)
    editor = _edit(program, open_editor)
    _rows(editor)[0].required.click()
    wait_until_examined(editor, qtbot)
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert editor.isVisible() and editor.foot.is_asking
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert editor.isVisible() and not editor.foot.is_asking
    program.window.close()
    assert program.window.isVisible() and editor.foot.is_asking
    editor.foot.save_and_close.click()
    qtbot.waitUntil(lambda: program.window.formats.editor is None, timeout=10_000)
    (own,) = [known for known in program.opening.alcove.formats.list() if known.is_own]
    assert "required" not in json.loads(own.format.schema) or not json.loads(own.format.schema)["required"]
    program.window.close()
    assert not program.window.isVisible()


def test_a_format_that_ships_is_saved_as_ones_own(start: Any, open_editor: Any, qtbot: QtBot) -> None:
    program = start(ANSWER)
    library = program.opening.alcove.formats
    shipped = next(known.format for known in library.list() if known.format.name == "Table")
    editor = _edit(program, open_editor, shipped)
    assert editor.head.name.text() == "My Table" and not editor.has_changes
    assert editor.form.kind.boxes[0].currentData() == Kind.LIST
    table = editor.head.notation.buttons()[2]
    table.click()
    wait_until_examined(editor, qtbot)
    editor.foot.save.click()
    qtbot.waitUntil(lambda: not editor.has_changes, timeout=10_000)
    assert editor.isVisible()
    own = {known.format.name: known.format for known in library.list() if known.is_own}
    assert own["My Table"].notation is Notation.TABLE
    assert program.window.session.options.format == own["My Table"]
    assert shipped in [known.format for known in library.list()]
    editor.close()


def test_a_name_is_needed(start: Any, open_editor: Any, qtbot: QtBot) -> None:
    editor = _edit(start(ANSWER), open_editor)
    editor.head.name.clear()
    editor.head.name.textEdited.emit("")
    wait_until_examined(editor, qtbot)
    assert not editor.foot.use.isEnabled()
    assert editor.foot.use.toolTip() == "Give the format a name first."
    _drop(editor)


def test_everything_in_the_editor_has_a_name(start: Any, open_editor: Any) -> None:
    editor = _edit(start(ANSWER), open_editor)
    stops = _round(editor)
    names = [_name(stop) for stop in stops]
    assert all(names), [type(stop) for stop in stops if not _name(stop)]
    first = names.index("Name of the field")
    assert names[first : first + 5] == [
        *("Name of the field", "Kind", "Required", "More about this field", "Description of the field"),
    ]
    assert names[-1] == "Name of the format"
    editor.close()


def test_a_second_format_waits_for_what_is_in_the_editor(start: Any, open_editor: Any, qtbot: QtBot) -> None:
    program = start(ANSWER)
    editor = _edit(program, open_editor)
    _rows(editor)[0].required.click()
    program.window.formats.new()
    assert program.window.formats.editor is editor and editor.foot.is_asking
    editor.foot.drop.click()
    qtbot.waitUntil(lambda: not isValid(editor) or not editor.isVisible())
    program.window.formats.new()
    assert program.window.formats.editor is not None
    program.window.formats.editor.close()


def _choose_kind(row: FieldRow, at: int, kind: Kind) -> None:
    box = row.kind.boxes[at]
    box.setCurrentIndex(box.findData(kind))
    box.activated.emit(box.currentIndex())


def _type(text: str) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClicks(focus, text)


def _press(key: Qt.Key) -> None:
    QApplication.processEvents()  # what came new is laid out between two keys
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, key)


def _tab_to(editor: SchemaEditor, target: QWidget) -> None:
    for _ in range(100):
        if QApplication.focusWidget() is target:
            return
        _press(Qt.Key.Key_Tab)
    raise AssertionError(target)


def _round(editor: SchemaEditor) -> list[QWidget]:
    """What gets the focus from Tab, until it is back at the name of the format."""
    editor.head.name.setFocus()
    stops: list[QWidget] = []
    while not stops or stops[-1] is not editor.head.name:
        _press(Qt.Key.Key_Tab)
        focus = QApplication.focusWidget()
        assert focus is not None and len(stops) < 100
        stops.append(focus)
    return stops


def _name(widget: QWidget) -> str:
    return (
        widget.accessibleName()
        or (widget.text() if isinstance(widget, QPushButton) else "")
        or (widget.property("text") or "")
    )


def _texts(widget: QWidget) -> str:
    from PySide6.QtWidgets import QLabel

    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def test_another_of_the_same_name_is_replaced_only_if_wanted(
    start: Any, open_editor: Any, qtbot: QtBot
) -> None:
    program = start(ANSWER)
    library = program.opening.alcove.formats
    library.save(AnswerFormat("Taken", '{"enum": ["a"]}'))
    editor = _edit(program, open_editor)
    editor.head.name.setText("Taken")
    editor.head.name.textEdited.emit("Taken")
    wait_until_examined(editor, qtbot)
    editor.foot.save.click()
    qtbot.waitUntil(lambda: editor.foot.is_asking, timeout=10_000)
    editor.foot.keep.click()
    assert editor.has_changes and not editor.foot.is_asking
    assert "enum" in next(known.format.schema for known in library.list() if known.is_own)
    editor.foot.save.click()
    qtbot.waitUntil(lambda: editor.foot.is_asking, timeout=10_000)
    editor.foot.replace.click()
    qtbot.waitUntil(lambda: not editor.has_changes, timeout=10_000)
    assert next(known.format.schema for known in library.list() if known.is_own) == BILL.schema
    _rows(editor)[0].required.click()
    wait_until_examined(editor, qtbot)
    editor.foot.save.click()
    qtbot.waitUntil(lambda: not editor.has_changes, timeout=10_000)
    assert not editor.foot.is_asking
    editor.close()


def test_what_was_done_since_is_not_taken_back(start: Any, open_editor: Any) -> None:
    editor = _edit(start(ANSWER), open_editor)
    _take_from_menu(_rows(editor)[1], "Delete")
    assert editor.state.undo_button.isVisible()
    _rows(editor)[0].required.click()
    assert not editor.state.undo_button.isVisible()
    _drop(editor)


def test_a_system_that_ends_the_program_is_not_asked(start: Any, open_editor: Any) -> None:
    program = start(ANSWER)
    editor = open_editor(program)
    editor.head.name.setText("Half done")
    program.window.end()
    assert not program.window.isVisible()
    assert program.window.formats.editor is None
