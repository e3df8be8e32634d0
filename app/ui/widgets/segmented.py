"""A segmented control: one of a few choices, all in sight."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QPushButton, QSizePolicy, QWidget


class Segmented(QFrame):
    """Shows `choices` (value, text) side by side; the arrow keys move between them.

    `chosen` tells the value a person chose, not what `choose` set.
    """

    chosen = Signal(str)

    def __init__(self, choices: Sequence[tuple[str, str]], label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "track")
        self.setAccessibleName(label)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._buttons: dict[str, QPushButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 2, 2, 2)
        row.setSpacing(2)
        for value, text in choices:
            row.addWidget(self._add(value, text, label))
        self.choose(choices[0][0])
        self._group.buttonToggled.connect(self._toggled)

    @property
    def value(self) -> str:
        return next(value for value, button in self._buttons.items() if button.isChecked())

    def buttons(self) -> tuple[QPushButton, ...]:
        """One for each choice, in their order."""
        return tuple(self._buttons.values())

    def choose(self, value: str) -> None:
        """Show `value` as chosen without telling."""
        was_blocked = self._group.blockSignals(True)
        self._buttons[value].setChecked(True)
        self._group.blockSignals(was_blocked)

    def allow(self, value: str, is_allowed: bool, reason: str = "") -> None:
        """Let `value` be chosen, or not and say why; the one that is chosen stays reachable."""
        button = self._buttons[value]
        button.setEnabled(is_allowed or button.isChecked())
        button.setToolTip(reason)
        button.setAccessibleDescription(reason)

    def _add(self, value: str, text: str, label: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setProperty("kind", "segment")
        button.setAccessibleName(f"{label}: {text}")
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._group.addButton(button)
        self._buttons[value] = button
        _keep_width_when_bold(button)
        return button

    def _toggled(self, _button: QPushButton, is_on: bool) -> None:
        if is_on:
            self.chosen.emit(self.value)


def _keep_width_when_bold(button: QPushButton) -> None:
    """The chosen segment is bold: leave room for that, so that choosing moves nothing."""
    button.setChecked(True)
    button.ensurePolished()
    width = button.sizeHint().width()
    button.setChecked(False)
    button.setMinimumWidth(width + 2)
