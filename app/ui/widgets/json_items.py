"""A JSON value as rows of a model: changed in place, so that what did not change is not touched."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex
from PySide6.QtGui import QStandardItem, QStandardItemModel, QTextLayout

from app.ui.widgets.markdown.marks import visible_text

Index = QModelIndex | QPersistentModelIndex
Place = tuple[str | int, ...]
"""Keys and indices from the root of the value to one of its parts."""


class JsonItem(QStandardItem):
    """One row: a member of an object, an element of an array, or a value that stands alone."""

    def __init__(self, place: Place, value: object, count_text: Callable[[int], str]) -> None:
        super().__init__()
        self._count_text = count_text
        self.place = place
        self.key = _key_text(place)
        self.rows: list[JsonItem] = []
        self.is_open = False
        """Whether more of the value will come."""
        self.is_folded = False
        self.height_px = 0
        """0 until it was laid out."""
        self.lines: QTextLayout | None = None
        """The text broken into lines, where it needs several."""
        self.setEditable(False)
        self.take(value)

    @property
    def indent(self) -> int:
        return max(0, len(self.place) - 1)

    @property
    def is_container(self) -> bool:
        return isinstance(self.value, dict | list)

    def take(self, value: object) -> None:
        """Show another value; the rows within are not touched."""
        self.value = value
        self.height_px = 0
        self.shown = value_text(value) if not isinstance(value, dict | list) else self._count_text(len(value))
        self.is_faint = not value and not isinstance(value, bool | int | float)
        """Whether the text only stands for what has none: null, "", nothing in it."""
        self.setText(f"{self.key}: {self.shown}" if self.key else self.shown)


class JsonModel(QStandardItemModel):
    """`set_value` changes only what differs.

    `take_new` gives the rows that were made since, `take_filled` those that have rows within them since.
    """

    def __init__(self, count_text: Callable[[int], str]) -> None:
        super().__init__()
        self._count_text = count_text
        self._new: list[JsonItem] = []
        self._filled: list[JsonItem] = []
        self.value: object = None
        self.rows: list[JsonItem] = []

    def set_value(self, value: object) -> None:
        if self.rows and is_same(self.value, value):
            return
        self.value = value
        self._show(None, self.rows, _parts((), value) or [((), value)])

    def take_new(self) -> list[JsonItem]:
        new, self._new = self._new, []
        return new

    def take_filled(self) -> list[JsonItem]:
        filled, self._filled = self._filled, []
        return filled

    def nearest(self, place: Place) -> JsonItem | None:
        """The row of this place, or the one that would hold it."""
        found, rows = None, self.rows
        for depth in range(len(place) + 1):
            row = next((row for row in rows if row.place == place[:depth]), None)
            if row is not None:
                found, rows = row, row.rows
            elif depth:
                break
        return found

    def walk(self, *, is_folded_too: bool = True) -> Iterator[JsonItem]:
        """The rows from above to below; those folded away may be left out."""
        waiting = self.rows[::-1]
        while waiting:
            item = waiting.pop()
            yield item
            if is_folded_too or not item.is_folded:
                waiting += item.rows[::-1]

    def count_shown(self) -> int:
        return sum(1 for _ in self.walk(is_folded_too=False))

    def _show(
        self, holder: JsonItem | None, rows: list[JsonItem], parts: Sequence[tuple[Place, object]]
    ) -> None:
        """Make these the rows of `holder`, or of the model.

        The model's invisible root is asked for nowhere: its wrapper would outlive it, and pass for
        whatever comes to lie at its address.
        """
        kept = 0
        for row, (place, value) in zip(rows, parts, strict=False):
            if row.place != place:
                break
            self._update(row, value)
            kept += 1
        if kept < len(rows):
            (self if holder is None else holder).removeRows(kept, len(rows) - kept)
            del rows[kept:]
        new = [self._make(place, value) for place, value in parts[kept:]]
        if new:
            if holder is None:
                for item in new:
                    self.appendRow(item)
            else:
                if not rows:
                    self._filled.append(holder)
                holder.appendRows(new)
            rows += new

    def _update(self, row: JsonItem, value: object) -> None:
        if is_same(row.value, value):
            return
        row.take(value)
        self._show(row, row.rows, _parts(row.place, value))

    def _make(self, place: Place, value: object) -> JsonItem:
        item = JsonItem(place, value, self._count_text)
        self._new.append(item)
        self._show(item, item.rows, _parts(place, value))
        return item


def value_text(value: object) -> str:
    """A value as it is read: strings as they are, everything else as JSON."""
    if isinstance(value, str) and value:
        return visible_text(value)
    return json.dumps(value, ensure_ascii=False, default=str)


def copied_text(value: object) -> str:
    """A value as it is copied: strings as they are, arrays and objects as indented JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2, default=str)


def _key_text(place: Place) -> str:
    if not place:
        return ""
    return visible_text(place[-1]) if isinstance(place[-1], str) else f"[{place[-1]}]"


def _parts(place: Place, value: object) -> list[tuple[Place, object]]:
    if isinstance(value, dict):
        return [((*place, str(key)), inner) for key, inner in value.items()]
    if isinstance(value, list):
        return [((*place, at), inner) for at, inner in enumerate(value)]
    return []


def is_same(one: object, other: object) -> bool:
    """Equal and of the same kinds throughout: 1, 1.0 and true are three values."""
    return one == other and repr(one) == repr(other)
