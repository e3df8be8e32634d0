"""The items of a batch as a table: which document, how it went, and what was filled in."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from app.core.batch import Outcome
from app.core.text import one_line, visible
from app.i18n import Texts
from app.i18n.faults import explain_fault, place_text
from app.i18n.sentences import explain
from app.ui.theme import Theme

if TYPE_CHECKING:
    from app.services.batches import Batch
    from app.structured.json_text import JsonValue

Index = QModelIndex | QPersistentModelIndex
MOST_FIELDS = 6
"""More columns would be too narrow to read."""

_NOWHERE = QModelIndex()


class ItemModel(QAbstractTableModel):
    """One row for each item and each document that was refused, in the order of the inputs."""

    def __init__(self, theme: Theme, tr: Texts) -> None:
        super().__init__()
        self._theme = theme
        self._tr = tr
        self._keys: tuple[str, ...] = ()
        self._rows: dict[str, int] = {}
        self._outcomes: dict[str, Outcome] = {}
        self._values: dict[str, JsonValue] = {}
        self._fields: tuple[str, ...] = ()
        self._batch: Batch | None = None

    def show_keys(self, keys: Sequence[str]) -> None:
        """Items of which nothing more is known yet."""
        self.beginResetModel()
        self._keys, self._outcomes, self._values, self._fields = tuple(keys), {}, {}, ()
        self._rows = {key: row for row, key in enumerate(self._keys)}
        self.endResetModel()

    def show_batch(self, batch: Batch, fields: Sequence[str]) -> None:
        """The items of a batch; `fields` are the columns of their answers."""
        self.beginResetModel()
        self._batch = batch
        self._outcomes = {outcome.key: outcome for outcome in batch.outcomes}
        self._keys = tuple(dict.fromkeys((*batch.keys, *self._outcomes)))
        self._rows = {key: row for row, key in enumerate(self._keys)}
        self._fields = tuple(fields)[:MOST_FIELDS]
        self._values = {}
        self.endResetModel()

    def show_outcome(self, outcome: Outcome) -> None:
        """An item has ended."""
        if outcome.key in self._rows:
            row = self._rows[outcome.key]
            self._outcomes[outcome.key] = outcome
            self._values.pop(outcome.key, None)
            self.dataChanged.emit(self.index(row, 0), self.index(row, self.columnCount() - 1))

    def row_of(self, key: str) -> int:
        return self._rows[key]

    def has_failed(self, row: int) -> bool:
        outcome = self._outcomes.get(self._keys[row])
        return outcome is not None and not outcome.is_good

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._keys)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else 2 + len(self._fields)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return (self._tr("Document"), self._tr("State"), *map(visible, self._fields))[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        key = self._keys[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(key, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return key if index.column() == 0 else self._text(key, index.column())
        outcome = self._outcomes.get(key)
        is_coloured = index.column() == 1 or (index.column() > 1 and self.has_failed(index.row()))
        if role == Qt.ItemDataRole.ForegroundRole and is_coloured:
            tokens = self._theme.tokens
            return QColor(
                tokens.muted if outcome is None else tokens.accent if outcome.is_good else tokens.danger
            )
        return None

    def _text(self, key: str, column: int) -> str:
        if column == 0:
            return visible(Path(key).name)
        outcome = self._outcomes.get(key)
        if column == 1:
            return self._state(outcome)
        if outcome is not None and not outcome.is_good:
            return self._reason(outcome) if column == 2 else ""
        return _cell(self._value(outcome), self._fields[column - 2]) if outcome else ""

    def _state(self, outcome: Outcome | None) -> str:
        if outcome is None:
            return self._tr("Waiting")
        return self._tr("Fits") if outcome.is_good else self._tr("Failed")

    def _reason(self, outcome: Outcome) -> str:
        if problem := outcome.problem:
            named = {"path": Path(outcome.key).name} if "path" in problem.values else {}
            return explain(type(problem)(**{**problem.values, **named}), self._tr)
        first = outcome.faults[0]
        return ": ".join(filter(None, (place_text(first), explain_fault(first, self._tr))))

    def _value(self, outcome: Outcome) -> JsonValue:
        if not outcome.is_good or self._batch is None:
            return None
        if outcome.key not in self._values:
            self._values[outcome.key] = self._batch.value(outcome)
        return self._values[outcome.key]


def _cell(value: JsonValue, field: str) -> str:
    found = value.get(field) if isinstance(value, dict) else value
    if found is None:
        return ""
    return one_line(found if isinstance(found, str) else json.dumps(found, ensure_ascii=False))
