"""The JSON tree: what it shows, by mouse and keys, and that filling it in touches only what changed."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QHelpEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from app.ui.theme import Theme
from app.ui.tokens import DARK, LIGHT
from app.ui.widgets.json_items import JsonItem, JsonModel, Place
from app.ui.widgets.json_rows import ROW_PX, Note
from app.ui.widgets.json_tree import MOST_PX, JsonTree

VALUE = {
    "quarter": "Q3",
    "margin": 39.2,
    "sure": True,
    "nothing": None,
    "empty": "",
    "none": [],
    "segments": {"cloud": "121 million", "list": [1, {"a": "b"}]},
}
WIDTH = 500


def count_text(count: int) -> str:
    return f"{count} items"


@pytest.fixture
def tree(qtbot: QtBot, theme: Theme) -> JsonTree:
    tree = JsonTree(theme, "Answer", count_text)
    qtbot.addWidget(tree)
    return tree


def show(tree: JsonTree, value: object) -> None:
    tree.set_value(value)
    tree.resize(WIDTH, tree.lay_out(WIDTH))
    tree.show()
    tree.activateWindow()


def item(tree: JsonTree, *place: str | int) -> JsonItem:
    model = tree.model()
    assert isinstance(model, JsonModel)
    found = model.nearest(place)
    assert found is not None and found.place == place
    return found


def rows(tree: JsonTree) -> list[tuple[str, str]]:
    """What is in sight, from above to below."""
    model = tree.model()
    assert isinstance(model, JsonModel)
    return [(row.key, row.shown) for row in model.walk(is_folded_too=False)]


def click(tree: JsonTree, *place: str | int, x: int = 30) -> None:
    spot = tree.visualRect(item(tree, *place).index())
    QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x, spot.center().y()))


def test_every_value_has_its_row(tree: JsonTree) -> None:
    show(tree, VALUE)
    assert rows(tree) == [
        ("quarter", "Q3"),
        ("margin", "39.2"),
        ("sure", "true"),
        ("nothing", "null"),
        ("empty", '""'),
        ("none", "0 items"),
        ("segments", "2 items"),
        ("cloud", "121 million"),
        ("list", "2 items"),
        ("[0]", "1"),
        ("[1]", "1 items"),
        ("a", "b"),
    ]
    faint = [key for key in VALUE if item(tree, key).is_faint]
    assert faint == ["nothing", "empty", "none"]
    assert tree.height() == 12 * ROW_PX
    assert tree.visualRect(item(tree, "segments", "list", 1, "a").index()).top() == 11 * ROW_PX


@pytest.mark.parametrize(
    ("value", "shown"), [("yes", "yes"), (3, "3"), (None, "null"), ([], "0 items"), ({}, "0 items")]
)
def test_a_value_that_stands_alone_is_one_row(tree: JsonTree, value: object, shown: str) -> None:
    show(tree, value)
    assert rows(tree) == [("", shown)]


def test_a_long_value_takes_the_lines_it_needs(tree: JsonTree) -> None:
    show(tree, {"short": "a", "long": "words " * 60, "lines": "one\ntwo\nthree"})
    heights = [tree.visualRect(item(tree, key).index()).height() for key in ("short", "long", "lines")]
    assert heights[0] == ROW_PX and heights[1] > 4 * ROW_PX // 2 and heights[2] > heights[0]
    wide = tree.lay_out(2 * WIDTH)
    assert wide < tree.height() == sum(heights)


def test_folds_open_and_close_by_mouse_and_keys(tree: JsonTree, qtbot: QtBot) -> None:
    show(tree, VALUE)
    told: list[int] = []
    tree.resized.connect(lambda: told.append(tree.lay_out(WIDTH)))
    click(tree, "segments")
    assert rows(tree)[-1] == ("segments", "2 items") and told == [7 * ROW_PX]
    tree.setFocus()
    qtbot.waitUntil(tree.hasFocus)
    QTest.keyClick(tree, Qt.Key.Key_Right)
    QTest.keyClick(tree, Qt.Key.Key_Left)
    QTest.keyClick(tree, Qt.Key.Key_Space)
    QTest.keyClick(tree, Qt.Key.Key_Return)
    QTest.keyClick(tree, Qt.Key.Key_Return)
    assert told[1:] == [12 * ROW_PX, 7 * ROW_PX, 12 * ROW_PX, 7 * ROW_PX, 12 * ROW_PX]
    click(tree, "quarter")
    assert len(told) == 6


def test_the_chosen_value_is_copied(tree: JsonTree, qtbot: QtBot) -> None:
    show(tree, VALUE)
    assert tree.selected_text() == ""
    click(tree, "quarter")
    tree.setFocus()
    qtbot.waitUntil(tree.hasFocus)
    QTest.keyClick(tree, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == tree.selected_text() == "Q3"
    tree.show_place(("segments", "list"))
    assert json.loads(tree.selected_text()) == [1, {"a": "b"}]


def test_the_keys_tell_where_they_came_to(tree: JsonTree, qtbot: QtBot) -> None:
    show(tree, VALUE)
    tree.setFocus()
    qtbot.waitUntil(tree.hasFocus)
    told: list[int] = []
    tree.reached.connect(lambda area: told.append(area.top()))
    tree.show_place(("quarter",))
    QTest.keyClick(tree, Qt.Key.Key_Down)
    QTest.keyClick(tree, Qt.Key.Key_End)
    assert told[-2:] == [ROW_PX, 11 * ROW_PX]


def test_a_note_is_followed_by_mouse_and_by_enter(tree: JsonTree, qtbot: QtBot) -> None:
    show(tree, VALUE)
    tree.set_notes({("quarter",): Note(icon="quote", tip="Show it"), ("margin",): Note("page 2")})
    tree.lay_out(WIDTH)
    told: list[Place] = []
    tree.followed.connect(told.append)
    click(tree, "quarter")
    click(tree, "margin", x=WIDTH - 10)
    assert told == []
    click(tree, "quarter", x=WIDTH - 10)
    tree.setFocus()
    qtbot.waitUntil(tree.hasFocus)
    QTest.keyClick(tree, Qt.Key.Key_Return)
    assert told == [("quarter",), ("quarter",)]
    assert item(tree, "quarter").accessibleDescription() == "Show it"


def test_a_note_says_what_it_is_for(tree: JsonTree, qtbot: QtBot) -> None:
    show(tree, VALUE)
    tree.set_notes({("quarter",): Note(icon="quote", tip="Show it")})
    tree.lay_out(WIDTH)
    for x, tip in ((WIDTH - 10, "Show it"), (30, "")):
        place = QPoint(x, ROW_PX // 2)
        event = QHelpEvent(QEvent.Type.ToolTip, place, tree.viewport().mapToGlobal(place))
        QApplication.sendEvent(tree.viewport(), event)
        qtbot.waitUntil(lambda tip=tip: (QToolTip.text() if QToolTip.isVisible() else "") == tip)


def test_rows_have_names(tree: JsonTree) -> None:
    show(tree, VALUE)
    assert tree.accessibleName() == "Answer"
    assert item(tree, "quarter").text() == "quarter: Q3"
    show(tree, "alone")
    assert item(tree).text() == "alone"


def test_more_of_a_value_touches_only_what_changed(tree: JsonTree) -> None:
    show(tree, VALUE)
    click(tree, "segments", "list")
    model = tree.model()
    touched: list[str] = []
    model.rowsInserted.connect(lambda parent, first, last: touched.append(f"+{last - first + 1}"))
    model.rowsRemoved.connect(lambda parent, first, last: touched.append(f"-{last - first + 1}"))
    before = item(tree, "segments", "list")
    tree.set_value(copy.deepcopy(VALUE))
    assert touched == []
    more = copy.deepcopy(VALUE)
    more["segments"]["list"].append({"c": [1]})  # type: ignore[index]
    more["total"] = 5
    tree.set_value(more)
    assert touched == ["+1", "+1"]
    assert item(tree, "segments", "list") is before and before.is_folded
    assert rows(tree)[-2:] == [("list", "3 items"), ("total", "5")]


def test_what_comes_first_into_an_empty_object_is_in_sight(tree: JsonTree) -> None:
    for value in ({"a": {}}, {"a": {"b": ""}}, {"a": {"b": "c", "d": {"e": 1}}}):
        show(tree, value)
    assert rows(tree) == [("a", "2 items"), ("b", "c"), ("d", "1 items"), ("e", "1")]
    assert tree.visualRect(item(tree, "a", "d", "e").index()).top() == 3 * ROW_PX


def test_equal_values_of_other_kinds_are_other_values(tree: JsonTree) -> None:
    for value, shown in ((1, "1"), (1.0, "1.0"), (True, "true")):
        tree.set_value({"a": [value]})
        assert rows(tree)[1] == ("[0]", shown)


def test_a_high_tree_scrolls_within_itself_and_follows_what_is_written(tree: JsonTree, qtbot: QtBot) -> None:
    for count in range(0, 60, 3):
        tree.set_value([f"row {n}" for n in range(count)], open_place=(max(0, count - 1),))
        tree.resize(WIDTH, tree.lay_out(WIDTH))
        tree.show()
        QApplication.processEvents()
    bar = tree.verticalScrollBar()
    assert tree.height() == MOST_PX and bar.value() == bar.maximum() > 0
    bar.setValue(100)
    tree.set_value([f"row {n}" for n in range(90)], open_place=(89,))
    tree.lay_out(WIDTH)
    QApplication.processEvents()
    assert bar.value() == 100 < bar.maximum()


def test_the_wheel_is_the_pages_until_the_tree_has_the_focus(tree: JsonTree, qtbot: QtBot) -> None:
    show(tree, list(range(100)))
    QApplication.processEvents()

    def turn() -> bool:
        where = QPointF(20, 20)
        event = QWheelEvent(
            where, where, QPoint(0, 0), QPoint(0, -120), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        tree.wheelEvent(event)
        return event.isAccepted()

    tree.clearFocus()
    assert not turn() and tree.verticalScrollBar().value() == 0
    tree.setFocus()
    qtbot.waitUntil(tree.hasFocus)
    assert turn() and tree.verticalScrollBar().value() > 0


def test_it_is_drawn_in_the_colours_of_the_theme(tree: JsonTree, theme: Theme) -> None:
    show(tree, {"key": "value"})
    tree.set_notes({("key",): Note("not a number", is_fault=True)})
    tree.lay_out(WIDTH)
    image = tree.grab().toImage()
    colours = {image.pixelColor(x, y).name().upper() for x in range(WIDTH) for y in range(ROW_PX)}
    assert {LIGHT.text, LIGHT.muted, LIGHT.border, LIGHT.danger} <= colours
    assert DARK.text not in colours


@pytest.mark.parametrize(
    "text", ["\u202egnp.exe", "a\x00b", "<b>x</b>", "&amp", "emoji 👩‍👩‍👧", "中文" * 200]
)
def test_any_text_is_shown_as_text(tree: JsonTree, text: str) -> None:
    show(tree, {text: text})
    (key, shown), *_ = rows(tree)
    assert "\u202e" not in key + shown and "\x00" not in key + shown
    assert tree.grab().toImage().height() == tree.height()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(JSON, min_size=1, max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_after_any_values_the_tree_shows_the_last_one(
    qtbot: QtBot, theme: Theme, values: list[object]
) -> None:
    filled, fresh = JsonTree(theme, "", count_text), JsonTree(theme, "", count_text)
    for value in values:
        filled.set_value(value, open_place=())
        filled.lay_out(WIDTH)
    fresh.set_value(values[-1])
    assert rows(filled) == rows(fresh)
    assert filled.lay_out(WIDTH) == fresh.lay_out(WIDTH) > 0
    filled.deleteLater()
    fresh.deleteLater()
