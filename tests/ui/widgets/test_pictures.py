"""Bars of what fills something, the plot of the last minutes, and the optional number."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.ui.theme import Theme
from app.ui.widgets.optional_number import OptionalNumber
from app.ui.widgets.rate_plot import WINDOW_S, RatePlot
from app.ui.widgets.stack_bar import Legend, Piece, StackBar


def test_pieces_fill_their_part_and_the_rest_is_free(qtbot: QtBot, theme: Theme) -> None:
    bar = StackBar(theme)
    qtbot.addWidget(bar)
    bar.resize(400, 16)
    bar.show_pieces([Piece(50, "experts"), Piece(0, "context"), Piece(25, "weights")], 100)
    first, second, free = bar.areas()
    assert abs(first.width() - 200) <= 2 and abs(second.width() - 100) <= 2 and abs(free.width() - 100) <= 2
    assert free.right() == 400


def test_more_than_there_is_fills_the_bar_and_stays_within(qtbot: QtBot, theme: Theme) -> None:
    bar = StackBar(theme)
    qtbot.addWidget(bar)

    @given(st.lists(st.floats(0, 1e12), max_size=8), st.floats(0, 1e12), st.integers(20, 900))
    def check(sizes: list[float], total: float, width: int) -> None:
        bar.resize(width, 16)
        bar.show_pieces([Piece(size, "experts") for size in sizes], total)
        areas = bar.areas()
        assert all(area.width() >= 0 and area.right() <= width + 0.01 for area in areas)
        assert all(one.left() <= other.left() for one, other in pairwise(areas))

    check()


def test_a_legend_takes_more_lines_where_it_is_narrow(qtbot: QtBot, theme: Theme) -> None:
    legend = Legend(theme)
    qtbot.addWidget(legend)
    legend.show_items([("experts", "experts"), ("context", "context"), ("weights", "attention, vocabulary")])
    assert legend.heightForWidth(100) > legend.heightForWidth(600)
    assert legend.heightForWidth(600) == legend.minimumSizeHint().height()


def test_the_plot_forgets_what_is_older_than_its_window(qtbot: QtBot, theme: Theme) -> None:
    plot = RatePlot(theme)
    qtbot.addWidget(plot)
    plot.resize(300, 56)
    for second in range(500):
        plot.add(float(second), 1000.0 if second < 100 else 50.0)
    assert plot.samples[0][0] >= 499 - WINDOW_S
    assert plot.highest == 50.0
    points = plot.points()
    assert points[-1].x() == 299 and points[0].x() >= 0
    assert all(0 <= point.y() <= 56 for point in points)


def test_many_samples_a_second_are_one(qtbot: QtBot, theme: Theme) -> None:
    plot = RatePlot(theme)
    qtbot.addWidget(plot)
    for step in range(100):
        plot.add(step * 0.05, float(step))
    assert len(plot.samples) <= 8 and plot.samples[-1] == (99 * 0.05, 99.0)


def test_an_optional_number_is_none_when_it_is_empty(qtbot: QtBot) -> None:
    field = OptionalNumber(0, 25)
    qtbot.addWidget(field)
    field.show()
    told: list[object] = []
    field.changed.connect(told.append)
    qtbot.keyClicks(field, "12")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    field.clear()
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert told == [12, None] and field.value is None
