"""The data table: its columns, live rows, what is copied, and long and wide tables."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QItemSelectionModel, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from app.ui.theme import Theme
from app.ui.widgets.data_table import HEAD_PX, MOST_PX, ROW_PX, DataTable

ROWS: list[dict[str, object]] = [
    {"name": "Cloud", "revenue": 121.5, "sure": True},
    {"name": "Devices", "revenue": 98, "note": None},
    {"name": "", "more": [1, 2]},
]
WIDTH = 500


@pytest.fixture
def table(qtbot: QtBot, theme: Theme) -> DataTable:
    table = DataTable(theme, "Answer")
    qtbot.addWidget(table)
    return table


def show(table: DataTable, rows: list[dict[str, object]], *, is_open: bool = False) -> None:
    table.set_value(rows, is_open=is_open)
    table.resize(WIDTH, table.lay_out(WIDTH))
    table.show()
    table.activateWindow()


def cells(table: DataTable) -> list[list[str]]:
    model = table.model()
    columns = range(model.columnCount())
    head = [model.headerData(column, Qt.Orientation.Horizontal) for column in columns]
    return [head, *([model.index(row, c).data() for c in columns] for row in range(model.rowCount()))]


def test_a_column_for_every_key_in_the_order_they_come_up(table: DataTable) -> None:
    show(table, ROWS)
    assert cells(table) == [
        ["name", "revenue", "sure", "note", "more"],
        ["Cloud", "121.5", "true", "", ""],
        ["Devices", "98", "", "null", ""],
        ['""', "", "", "", "[1, 2]"],
    ]
    assert table.height() == HEAD_PX + 3 * ROW_PX
    assert table.accessibleName() == "Answer"


def test_rows_that_come_later_touch_only_themselves(table: DataTable) -> None:
    show(table, ROWS[:2])
    touched: list[str] = []
    model = table.model()
    model.modelReset.connect(lambda: touched.append("all"))
    model.rowsInserted.connect(lambda parent, first, last: touched.append(f"+{first}-{last}"))
    model.dataChanged.connect(lambda first, last: touched.append(f"{first.row()}-{last.row()}"))
    table.set_value([dict(row) for row in ROWS[:2]])
    assert touched == []
    table.set_value([*ROWS[:1], {**ROWS[1], "note": "more"}, {"name": "x"}])
    assert touched == ["1-1", "+2-2"]
    table.set_value([*ROWS[:1], {"revenue": 1.0, "name": True}])
    assert touched[-1] == "all"
    assert cells(table)[2] == ["true", "1.0", ""]


def test_equal_values_of_other_kinds_are_other_values(table: DataTable) -> None:
    for value, shown in ((1, "1"), (1.0, "1.0"), (True, "true")):
        show(table, [{"a": value}, {"a": "same"}])
        assert cells(table)[1] == [shown]


def test_what_is_chosen_is_copied_as_tab_separated_values(table: DataTable, qtbot: QtBot) -> None:
    show(table, [{"a": "one\ttwo\nthree", "b": 1}, {"a": "x", "b": None}])
    assert table.selected_text() == ""
    table.selectRow(0)
    assert table.selected_text() == "one two three\t1"
    table.setFocus()
    qtbot.waitUntil(table.hasFocus)
    QTest.keyClick(table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "a\tb\none two three\t1\nx\tnull"


def test_the_keys_walk_through_the_cells_and_tab_leaves(table: DataTable, qtbot: QtBot) -> None:
    show(table, ROWS)
    told: list[int] = []
    table.reached.connect(lambda area: told.append(area.top()))
    table.setFocus()
    qtbot.waitUntil(table.hasFocus)
    flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
    table.selectionModel().setCurrentIndex(table.model().index(0, 0), flag)
    QTest.keyClick(table, Qt.Key.Key_Down)
    QTest.keyClick(table, Qt.Key.Key_Right)
    assert (table.currentIndex().row(), table.currentIndex().column()) == (1, 1)
    assert told[-1] == HEAD_PX + ROW_PX
    QTest.keyClick(table, Qt.Key.Key_Tab)
    assert table.currentIndex().column() == 1


def test_a_long_table_scrolls_within_itself_and_follows_what_is_written(table: DataTable) -> None:
    for count in range(1, 60, 4):
        show(table, [{"n": n} for n in range(count)], is_open=True)
        QApplication.processEvents()
    bar = table.verticalScrollBar()
    assert table.height() == MOST_PX and bar.value() == bar.maximum() > 0
    bar.setValue(0)
    show(table, [{"n": n} for n in range(80)], is_open=True)
    assert bar.value() == 0


def test_a_wide_table_scrolls_sideways(table: DataTable) -> None:
    show(table, [{f"column {n}": n for n in range(30)}])
    QApplication.processEvents()
    assert table.horizontalScrollBar().maximum() > 0
    assert table.verticalScrollBar().maximum() == 0
    assert table.height() > HEAD_PX + ROW_PX


def test_the_whole_text_of_a_cut_cell_is_a_tip(table: DataTable) -> None:
    show(table, [{"a": "<b>long</b> " * 40, "b": "short"}])
    for column, is_cut in ((0, True), (1, False)):
        place = table.visualRect(table.model().index(0, column)).center()
        event = QHelpEvent(QEvent.Type.ToolTip, place, table.viewport().mapToGlobal(QPoint(place)))
        QApplication.sendEvent(table.viewport(), event)
        if is_cut:
            assert "long" in QToolTip.text() and "<" not in QToolTip.text()
    QToolTip.hideText()
