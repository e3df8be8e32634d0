"""The fields of a group as rows, in an order that can be changed, and a way to add one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import count

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from app.i18n import Texts
from app.structured.fields import Field
from app.ui.structured.field_inside import FieldGroup
from app.ui.structured.field_row import FieldRow
from app.ui.theme import Theme
from app.ui.tokens import SPACE_S


class FieldList(FieldGroup):
    """A row for each field, and a button to add one."""

    def __init__(self, theme: Theme, tr: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tr = tr
        self.rows: list[FieldRow] = []
        self.add_button = QPushButton(tr("Add a field"))
        self.add_button.setProperty("kind", "link")
        self.add_button.setIcon(theme.icon("plus", "accent", 14))
        self.add_button.clicked.connect(self.add_field)
        self._column = QVBoxLayout()
        self._column.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        column.addLayout(self._column)
        column.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignLeft)

    @property
    def fields(self) -> tuple[Field, ...]:
        return tuple(row.field for row in self.rows)

    def show_fields(self, fields: Sequence[Field]) -> None:
        for row in self.rows:
            row.hide()
            row.deleteLater()
        self.rows = []
        for field in fields:
            self._insert(len(self.rows), field)

    def another(self) -> FieldList:
        return FieldList(self._theme, self._tr)

    def is_free(self, name: str, row: QWidget | None = None) -> bool:
        return all(other.field.name != name for other in self.rows if other is not row)

    def add_field(self) -> None:
        """One more at the end, to be named."""
        row = self._insert(len(self.rows), Field(self._free_name(self._tr("field"))))
        self.changed.emit()
        row.focus_name()

    def _insert(self, at: int, field: Field) -> FieldRow:
        row = FieldRow(field, self, self._theme, self._tr)
        row.changed.connect(self.changed)
        row.move_wanted.connect(lambda step: self._move(row, step))
        row.copy_wanted.connect(lambda: self._copy(row))
        row.remove_wanted.connect(lambda: self._remove(row))
        self.rows.insert(at, row)
        self._column.insertWidget(at, row)
        return row

    def _move(self, row: FieldRow, step: int) -> None:
        at = self.rows.index(row) + step
        if 0 <= at < len(self.rows):
            focus = row.focusWidget()
            self.rows.remove(row)
            self.rows.insert(at, row)
            self._column.removeWidget(row)
            self._column.insertWidget(at, row)
            if focus is not None:
                focus.setFocus(Qt.FocusReason.OtherFocusReason)
            self.changed.emit()

    def _copy(self, row: FieldRow) -> None:
        field = replace(row.field, name=self._free_name(row.field.name))
        made = self._insert(self.rows.index(row) + 1, field)
        self.changed.emit()
        made.focus_name()

    def _remove(self, row: FieldRow) -> None:
        at = self.rows.index(row)
        self.rows.remove(row)
        row.hide()
        row.deleteLater()
        self.changed.emit()
        self.removed.emit(row.field.name)
        if self.rows:
            self.rows[min(at, len(self.rows) - 1)].name.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.add_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _free_name(self, stem: str) -> str:
        return next(
            name
            for n in count(2)
            if self.is_free(name := f"{stem}_{n}" if n > 2 or not self.is_free(stem) else stem)
        )
