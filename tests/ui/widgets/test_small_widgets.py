"""The small widgets: by hand and by keyboard, and what they tell."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QSlider, QToolButton
from pytestqt.qtbot import QtBot

from app.core.settings import Theme as Choice
from app.ui.theme import Theme
from app.ui.widgets.banner import Banner
from app.ui.widgets.elided_label import ElidedLabel
from app.ui.widgets.fold import Fold
from app.ui.widgets.icon_button import IconButton
from app.ui.widgets.meter import Meter
from app.ui.widgets.number_field import NumberField
from app.ui.widgets.segmented import Segmented
from app.ui.widgets.slider_row import SliderRow

Keys = Qt.Key


def _type(field: QLineEdit, text: str) -> None:
    """As an input method does; `QTest.keyClicks` knows Latin letters alone."""
    for character in text:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, Keys.Key_unknown, Qt.KeyboardModifier.NoModifier, character)
            QApplication.sendEvent(field, event)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("0.7", 0.7),
        ("0,7", 0.7),
        (" 1 ", 1.0),
        ("9", 2.0),
        ("\u22121", 0.0),
        ("1e-1", 0.1),
    ],
)
def test_a_number_is_taken_as_people_type_it(qtbot: QtBot, typed: str, value: float) -> None:
    field = NumberField(0, 2, 0.05, is_whole=False)
    qtbot.addWidget(field)
    field.set_value(1.5)
    field.selectAll()
    _type(field, typed)
    QTest.keyClick(field, Keys.Key_Return)
    assert field.value == value


@pytest.mark.parametrize("typed", ["", "x", "nan", "inf", "1.2.3"])
def test_what_is_no_number_is_marked_and_not_taken(qtbot: QtBot, typed: str) -> None:
    field = NumberField(0, 2, 0.05, is_whole=False)
    qtbot.addWidget(field)
    field.set_value(1.5)
    told: list[float] = []
    field.changed.connect(told.append)
    field.selectAll()
    QTest.keyClick(field, Keys.Key_Delete)
    _type(field, typed)
    assert field.property("wrong") is True
    QTest.keyClick(field, Keys.Key_Return)
    assert (field.value, field.text(), told) == (1.5, "1.50", [])
    assert field.property("wrong") is False


def test_arrow_keys_step_within_the_range(qtbot: QtBot) -> None:
    field = NumberField(0, 10, 1, is_whole=True)
    qtbot.addWidget(field)
    told: list[float] = []
    field.changed.connect(told.append)
    for key in (Keys.Key_Up, Keys.Key_PageUp, Keys.Key_Up, Keys.Key_Down):
        QTest.keyClick(field, key)
    assert told == [1, 10, 9]


def _slider_row(theme: Theme, **values: float) -> SliderRow:
    numbers = {"minimum": 0.0, "maximum": 2.0, "step": 0.05, "default": 1.0, **values}
    is_whole = numbers["step"] >= 1
    return SliderRow(theme, "Temperature", *numbers.values(), is_whole=is_whole, reset_label="Default")


@pytest.mark.parametrize("numbers", [{}, {"minimum": 1.0, "maximum": 131_072.0, "step": 1.0, "default": 1.0}])
def test_every_press_of_an_arrow_key_changes_the_value(
    qtbot: QtBot, theme: Theme, numbers: dict[str, float]
) -> None:
    row = _slider_row(theme, **numbers)
    qtbot.addWidget(row)
    slider = row.findChild(QSlider)
    assert slider is not None
    QTest.keyClick(slider, Keys.Key_Home)
    values = [row.value]
    for _ in range(30):
        QTest.keyClick(slider, Keys.Key_Right)
        values.append(row.value)
    assert values == sorted(set(values))
    if not numbers:
        assert values[:3] == [0.0, 0.05, 0.1]
    for _ in range(40):
        QTest.keyClick(slider, Keys.Key_Left)
    assert row.value == values[0]


def test_slider_and_field_show_one_value(qtbot: QtBot, theme: Theme) -> None:
    row = _slider_row(theme)
    qtbot.addWidget(row)
    told: list[float] = []
    row.changed.connect(told.append)
    slider, field = row.findChild(QSlider), row.findChild(NumberField)
    assert slider is not None and field is not None
    slider.setValue(350)
    assert (row.value, field.text(), told) == (0.7, "0.70", [0.7])
    field.selectAll()
    QTest.keyClicks(field, "0.33")
    QTest.keyClick(field, Keys.Key_Return)
    assert (row.value, slider.value(), told) == (0.33, 165, [0.7, 0.33])
    row.set_value(2.0)
    assert (slider.value(), told) == (1000, [0.7, 0.33])


def test_reset_appears_with_another_value_and_goes_back(qtbot: QtBot, theme: Theme) -> None:
    row = _slider_row(theme)
    qtbot.addWidget(row)
    row.show()
    reset = row.findChild(IconButton)
    assert reset is not None and not reset.isVisible()
    row.set_value(0.5)
    assert reset.isVisible()
    reset.click()
    assert row.value == 1.0 and not reset.isVisible()


@pytest.mark.parametrize("value", [1, 64, 4096, 131_072])
def test_a_wide_range_reaches_small_and_large_numbers(qtbot: QtBot, theme: Theme, value: int) -> None:
    row = _slider_row(theme, minimum=1, maximum=131_072, step=64, default=4096)
    qtbot.addWidget(row)
    row.set_value(value)
    slider = row.findChild(QSlider)
    assert row.value == value and slider is not None
    assert value != 4096 or 250 < slider.value() < 450


def test_every_slider_position_gives_a_step_within_the_range(qtbot: QtBot, theme: Theme) -> None:
    row = _slider_row(theme, minimum=1, maximum=1000, step=64, default=4)
    qtbot.addWidget(row)
    slider = row.findChild(QSlider)
    assert slider is not None
    for position in range(0, 1001, 50):
        slider.setValue(position)
        assert row.value in (1, 1000) or row.value % 64 == 0


def test_segments_by_keyboard(qtbot: QtBot) -> None:
    control = Segmented([("low", "Low"), ("medium", "Medium"), ("high", "High")], "Effort")
    qtbot.addWidget(control)
    control.show()
    control.choose("medium")
    told: list[str] = []
    control.chosen.connect(told.append)
    segment = control.findChildren(QPushButton)[1]
    control.activateWindow()
    segment.setFocus()
    qtbot.waitUntil(segment.hasFocus)
    QTest.keyClick(segment, Keys.Key_Right)
    assert (control.value, told) == ("high", ["high"])
    control.choose("low")
    assert (control.value, told) == ("low", ["high"])


def test_choosing_a_segment_moves_nothing(qtbot: QtBot) -> None:
    control = Segmented([("low", "Low"), ("high", "High")], "Effort")
    qtbot.addWidget(control)
    control.show()
    before = control.sizeHint()
    control.choose("high")
    assert control.sizeHint() == before


def test_meter_turns_red_when_full(qtbot: QtBot) -> None:
    meter = Meter("Context")
    qtbot.addWidget(meter)
    bar = meter.findChildren(type(meter._bar))[0]
    for fraction, is_full in ((0.2, False), (1.0, True), (7.0, True), (0.99, False)):
        meter.show_use(fraction, "x")
        assert bool(bar.property("full")) is is_full
        assert bar.value() == min(1000, round(1000 * fraction))


def test_a_label_without_room_ends_in_an_ellipsis(qtbot: QtBot) -> None:
    label = ElidedLabel("A title that\ngoes <b>on</b> and on and on")
    qtbot.addWidget(label)
    label.resize(80, 20)
    label.show()
    assert "\n" not in label.text() and "<b>" in label.text()
    assert label.toolTip() and "<" not in label.toolTip()
    label.resize(800, 20)
    assert label.toolTip() == ""


def test_a_fold_opens_by_keyboard(qtbot: QtBot, theme: Theme) -> None:
    fold = Fold(theme, "Details")
    qtbot.addWidget(fold)
    inside = QLabel("inside")
    fold.body.addWidget(inside)
    fold.show()
    told: list[bool] = []
    fold.toggled.connect(told.append)
    button = fold.findChild(QToolButton)
    assert button is not None and not inside.isVisible()
    button.setFocus()
    QTest.keyClick(button, Keys.Key_Space)
    assert fold.is_open and inside.isVisible() and told == [True]


def test_a_banner_shows_its_words_as_they_are(qtbot: QtBot, theme: Theme) -> None:
    banner = Banner(
        theme, "<b>One</b>", close_label="Close", action="Undo", details="<i>x</i>", details_label="More"
    )
    qtbot.addWidget(banner)
    labels = banner.findChildren(QLabel)
    assert {label.text() for label in labels} == {"<b>One</b>", "<i>x</i>"}
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in labels)


def test_icons_follow_the_theme(qtbot: QtBot, theme: Theme) -> None:
    button = IconButton(theme, "copy", "Copy")
    qtbot.addWidget(button)
    before = button.icon().cacheKey()
    theme.choose(Choice.DARK)
    qtbot.waitUntil(lambda: button.icon().cacheKey() != before)
    assert button.accessibleName() == button.toolTip() == "Copy"
