"""The menu of choices and the button that opens it: by hand, by keys, and where there is little room."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.ui.theme import Theme
from app.ui.widgets.choice_button import ChoiceButton
from app.ui.widgets.choice_menu import Choice, ChoiceMenu

pytestmark = pytest.mark.qt_log_ignore("does not support (grabbing|raise)", extend=True)

ROWS = (
    Choice("none", "None", is_chosen=True),
    Choice(title="Heading"),
    Choice("a", "First", "What it is for"),
    Choice("b", "Second", "What this one is for", can_remove=True),
    Choice(),
    Choice("new", "New", icon="plus"),
)


@pytest.fixture
def anchor(qtbot: QtBot) -> QWidget:
    anchor = QWidget()
    qtbot.addWidget(anchor)
    anchor.resize(200, 40)
    anchor.show()
    return anchor


def _menu(theme: Theme, anchor: QWidget, rows: tuple[Choice, ...] = ROWS) -> tuple[ChoiceMenu, list[object]]:
    menu = ChoiceMenu(theme, "Choices", anchor)
    for row in rows:
        menu.add(row)
    told: list[object] = []
    menu.chosen.connect(told.append)
    menu.removed.connect(lambda value: told.append(("removed", value)))
    menu.open_at(anchor)
    return menu, told


def test_keys_pass_over_what_cannot_be_chosen(theme: Theme, anchor: QWidget) -> None:
    menu, told = _menu(theme, anchor)
    names = []
    for _ in range(4):
        names.append(menu.list.currentItem().text())
        QTest.keyClick(menu.list, Qt.Key.Key_Down)
    assert names == ["None", "First", "Second", "New"]
    QTest.keyClick(menu.list, Qt.Key.Key_Up)
    QTest.keyClick(menu.list, Qt.Key.Key_Return)
    assert told == ["b"]


def test_a_click_chooses_but_not_on_a_heading(theme: Theme, anchor: QWidget) -> None:
    menu, told = _menu(theme, anchor)
    for row in (1, 2):
        place = menu.list.visualItemRect(menu.list.item(row)).center()
        QTest.mouseClick(menu.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert told == ["a"]


def test_only_some_can_be_removed(theme: Theme, anchor: QWidget) -> None:
    menu, told = _menu(theme, anchor)
    for row in (2, 3):
        menu.list.setCurrentRow(row)
        QTest.keyClick(menu.list, Qt.Key.Key_Delete)
    assert told == [("removed", "b")]


def test_esc_closes_it(theme: Theme, anchor: QWidget) -> None:
    menu, told = _menu(theme, anchor)
    QTest.keyClick(menu.list, Qt.Key.Key_Escape)
    assert QApplication.activePopupWidget() is None and told == []


def test_screen_readers_are_told_the_line_below_too(theme: Theme, anchor: QWidget) -> None:
    menu, _ = _menu(theme, anchor)
    assert menu.list.item(2).data(Qt.ItemDataRole.AccessibleTextRole) == "First. What it is for"
    menu.close()


@pytest.mark.parametrize("at", [(0, 0), (1880, 0), (0, 1160), (1880, 1160), (900, 600)])
def test_it_stays_within_the_screen_and_beside_its_button(
    theme: Theme, anchor: QWidget, at: tuple[int, int]
) -> None:
    anchor.move(QPoint(*at))
    menu, _ = _menu(theme, anchor, tuple(Choice(n, f"Number {n}", "x") for n in range(1, 60)))
    screen = anchor.screen().availableGeometry()
    assert screen.contains(menu.geometry())
    assert not menu.geometry().intersects(anchor.geometry().intersected(screen))
    menu.close()


def test_the_button_cuts_a_long_name_and_tells_all_of_it(qtbot: QtBot, theme: Theme) -> None:
    button = ChoiceButton(theme, "Format")
    qtbot.addWidget(button)
    button.resize(160, 34)
    button.show_choice("A & B", "braces", "accent")
    assert (button.text(), button.toolTip(), button.accessibleName()) == ("A && B", "", "Format: A & B")
    name = "A name that is far too long for it"
    button.show_choice(name, "braces")
    assert button.text().endswith("…") and button.toolTip() == name
    assert button.accessibleName() == f"Format: {name}"
