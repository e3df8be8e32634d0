"""The order in which the Tab key goes through a window: as its widgets are read, line by line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QWidget


def next_stop(root: QWidget, current: QWidget | None, step: int) -> QWidget | None:
    """The stop after (+1) or before (-1) `current` in `root`, round and round; None where there is none.

    Taken from where the widgets are now: rows, columns and notices come and go.
    """
    stops = list(_stops(root))
    if not stops:
        return None
    if current not in stops:
        return stops[0] if step > 0 else stops[-1]
    return stops[(stops.index(current) + step) % len(stops)]


def _stops(parent: QWidget) -> Iterator[QWidget]:
    children = [
        child
        for child in parent.children()
        if isinstance(child, QWidget) and child.isVisible() and not child.isWindow()
    ]
    for child in _as_read(children):
        if _is_stop(child):
            yield child
        yield from _stops(child)


def _as_read(widgets: Sequence[QWidget]) -> Iterator[QWidget]:
    """From above to below; those beside each other from left to right."""
    lines: list[list[QWidget]] = []
    for widget in sorted(widgets, key=lambda w: w.y()):
        if lines and widget.geometry().center().y() <= lines[-1][0].geometry().bottom():
            lines[-1].append(widget)
        else:
            lines.append([widget])
    for line in lines:
        yield from sorted(line, key=lambda w: w.x())


def _is_stop(widget: QWidget) -> bool:
    """Of an exclusive group only the chosen button is one: the arrow keys do the rest."""
    if not widget.isEnabled() or widget.focusProxy() is not None:
        return False
    if isinstance(widget, QAbstractButton) and (group := widget.group()) and group.exclusive():
        return widget.isChecked()
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
