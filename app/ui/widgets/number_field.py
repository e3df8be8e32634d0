"""A field for one exact number within a range."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

_THIN_SPACE = "\u2009"


class NumberField(QLineEdit):
    """Up and Down change by `step`; Enter or leaving the field takes the text, Esc takes it back.

    A text that is no number turns the outline red and is not taken; a number beyond the range is
    taken as the nearest one allowed. `changed` tells what a person set, not what `set_value` did.
    """

    changed = Signal(float)

    def __init__(
        self, minimum: float, maximum: float, step: float, *, is_whole: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._minimum = minimum
        self._maximum = maximum
        self._step = step
        self._decimals = 0 if is_whole else max(2, -math.floor(math.log10(step)))
        self._value = minimum
        self.setProperty("kind", "number")
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.textEdited.connect(self._mark)
        self._write()

    @property
    def value(self) -> float:
        return self._value

    def set_value(self, value: float) -> None:
        """Show `value`, kept within the range, without telling."""
        self._value = self._fit(value)
        self._write()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        steps = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 10, Qt.Key.Key_PageDown: -10}
        if key in steps:
            self._take(self._value + steps[Qt.Key(key)] * self._step)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take_text()
            self.selectAll()
        elif key == Qt.Key.Key_Escape and self.isModified():
            self._write()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self.isModified():
            self._take_text()

    def _take_text(self) -> None:
        typed = _parse(self.text())
        if typed is None:
            self._write()
        else:
            self._take(typed)

    def _take(self, value: float) -> None:
        before = self._value
        self.set_value(value)
        if self._value != before:
            self.changed.emit(self._value)

    def _fit(self, value: float) -> float:
        return min(self._maximum, max(self._minimum, round(value, self._decimals)))

    def _mark(self, text: str) -> None:
        self._set_wrong(_parse(text) is None)

    def _write(self) -> None:
        self.setText(f"{self._value:,.{self._decimals}f}".replace(",", _THIN_SPACE).replace("-", "\u2212"))
        self.setModified(False)
        self._set_wrong(False)

    def _set_wrong(self, is_wrong: bool) -> None:
        if bool(self.property("wrong")) != is_wrong:
            self.setProperty("wrong", is_wrong)
            self.style().unpolish(self)
            self.style().polish(self)


def _parse(text: str) -> float | None:
    """A number as people type it: spaces between thousands, a decimal comma, a real minus sign."""
    plain = "".join(text.split()).replace("\u2212", "-").replace(",", ".")
    try:
        number = float(plain)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
