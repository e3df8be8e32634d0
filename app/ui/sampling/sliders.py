"""A slider and an exact number for every sampling parameter, made from its one declaration."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.core.sampling import PARAMETERS, Parameter, Sampling
from app.i18n import Texts
from app.ui.theme import Theme
from app.ui.tokens import SPACE_M, SPACE_S
from app.ui.widgets.fold import Fold
from app.ui.widgets.slider_row import SliderRow

SHOWN_FIRST = ("temperature", "top_p", "min_p", "max_tokens", "thinking_budget")
"""What people reach for; the others are folded away."""
NO_SLIDER = ("seed",)
"""A number out of two thousand million is typed, not slid to."""


class Sliders(QWidget):
    """Shows a `Sampling`; `changed` gives the new one when a person changed a value."""

    changed = Signal(object)

    def __init__(self, theme: Theme, tr: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tr = tr
        self._sampling = Sampling()
        self._rows = {parameter.name: self._row(parameter) for parameter in PARAMETERS}
        self._place()

    def show_sampling(self, sampling: Sampling) -> None:
        """Show these values, without telling."""
        self._sampling = sampling
        for name, row in self._rows.items():
            row.set_value(getattr(sampling, name))
        self._show_reset()

    def reset(self) -> None:
        """Every parameter back to its default; the effort stays, it is chosen elsewhere."""
        self._take(Sampling(effort=self._sampling.effort))
        self.show_sampling(self._sampling)

    def row(self, name: str) -> SliderRow:
        return self._rows[name]

    def _row(self, parameter: Parameter) -> SliderRow:
        row = SliderRow(
            self._theme,
            self._tr(parameter.label),
            parameter.minimum,
            parameter.maximum,
            parameter.step,
            parameter.default,
            is_whole=parameter.is_whole,
            meaning=self._tr(parameter.meaning),
            reset_label=self._tr("Back to default"),
            has_slider=parameter.name not in NO_SLIDER,
        )
        row.changed.connect(lambda value: self._set(parameter, value))
        return row

    def _set(self, parameter: Parameter, value: float) -> None:
        exact: Any = int(value) if parameter.is_whole else float(value)
        self._take(replace(self._sampling, **{parameter.name: exact}))

    def _take(self, sampling: Sampling) -> None:
        if sampling != self._sampling:
            self._sampling = sampling
            self._show_reset()
            self.changed.emit(sampling)

    def _show_reset(self) -> None:
        default = Sampling(effort=self._sampling.effort)
        self._reset.setEnabled(self._sampling != default)

    def _place(self) -> None:
        self._reset = QPushButton(self._tr("Back to default"))
        self._reset.setProperty("kind", "quiet")
        self._reset.clicked.connect(self.reset)
        title = QLabel(self._tr("Sampling"))
        title.setProperty("kind", "section")
        head = QHBoxLayout()
        head.addWidget(title, 1)
        head.addWidget(self._reset)
        self.fold = fold = Fold(self._theme, self._tr("More"))
        fold.body.setSpacing(SPACE_S)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        column.addLayout(head)
        for name in SHOWN_FIRST:
            column.addWidget(self._rows[name])
        for name, row in self._rows.items():
            if name not in SHOWN_FIRST:
                fold.body.addWidget(row)
        column.addSpacing(SPACE_M - SPACE_S)
        column.addWidget(fold)
