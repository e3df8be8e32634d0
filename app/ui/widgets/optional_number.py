"""A field for one whole number that may be left empty."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QIntValidator, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget


class OptionalNumber(QLineEdit):
    """Empty means None; the placeholder says what that comes to. `changed` gives what a person set."""

    changed = Signal(object)

    def __init__(self, minimum: int, maximum: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bounds = QIntValidator(minimum, maximum, self)
        self._value: int | None = None
        self.setValidator(self._bounds)
        self.editingFinished.connect(self._take)

    @property
    def value(self) -> int | None:
        return self._value

    def set_value(self, value: int | None) -> None:
        """Show `value` without telling."""
        self._value = value
        self.setText("" if value is None else str(value))

    def set_highest(self, maximum: int) -> None:
        """What may be typed at most."""
        self._bounds.setTop(maximum)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take()  # Qt does not call an empty field finished

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if not self.hasAcceptableInput():  # half a number, or none
            self._take()

    def _take(self) -> None:
        text = self.text().strip()
        value = int(text) if text and self.hasAcceptableInput() else None
        if value is None:
            self.clear()
        if value != self._value:
            self._value = value
            self.changed.emit(value)
