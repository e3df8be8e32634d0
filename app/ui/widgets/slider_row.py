"""A labelled slider with an exact number field and a way back to the default."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget

from app.ui.theme import Theme
from app.ui.tokens import SPACE_XS
from app.ui.widgets.icon_button import IconButton
from app.ui.widgets.number_field import NumberField

_POSITIONS = 1000
_WIDE = 200
"""From so many steps on the slider's left part is stretched, so that small numbers can be reached."""
_STRETCH = 3.0


class _QuietSlider(QSlider):
    """Leaves the wheel to the page it lies on unless it has the focus; `nudged` (+1, -1) by an arrow key."""

    nudged = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Right, Qt.Key.Key_Up):
            self.nudged.emit(1)
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Down):
            self.nudged.emit(-1)
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class SliderRow(QWidget):
    """One number: `label` and field above, slider below. `changed` tells what a person set."""

    changed = Signal(float)

    def __init__(
        self,
        theme: Theme,
        label: str,
        minimum: float,
        maximum: float,
        step: float,
        default: float,
        *,
        is_whole: bool,
        meaning: str = "",
        reset_label: str,
        has_slider: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._range = (minimum, maximum)
        self._step = step
        self._default = default
        is_wide = is_whole and (maximum - minimum) / step > _WIDE
        self._power = _STRETCH if is_wide else 1.0
        self._field = NumberField(minimum, maximum, step, is_whole=is_whole)
        self._slider = _QuietSlider(Qt.Orientation.Horizontal)
        self._reset = IconButton(theme, "undo", reset_label, size_px=14)
        self._name(label, meaning)
        self._place(label, has_slider)
        self._field.changed.connect(self._take)
        self._slider.valueChanged.connect(self._slide)
        self._slider.nudged.connect(self._nudge)
        self._reset.clicked.connect(self.reset)
        self.set_value(default)

    @property
    def value(self) -> float:
        return self._field.value

    def set_value(self, value: float) -> None:
        """Show `value` without telling."""
        self._field.set_value(value)
        was_blocked = self._slider.blockSignals(True)
        self._slider.setValue(self._position(self.value))
        self._slider.blockSignals(was_blocked)
        self._reset.setVisible(self.value != self._default)

    def reset(self) -> None:
        """Back to the default, and tell."""
        if self._reset.hasFocus():
            self._field.setFocus()
        self._take(self._default)

    def _name(self, label: str, meaning: str) -> None:
        for part in (self._field, self._slider):
            part.setAccessibleName(label)
            part.setAccessibleDescription(meaning)
        self.setToolTip(meaning)
        wide = self._field.fontMetrics().horizontalAdvance("0000.00")
        low, high = (f"{end:,.0f}" for end in self._range)
        room = max(wide, *(self._field.fontMetrics().horizontalAdvance(text) for text in (low, high)))
        self._field.setFixedWidth(room + 10)

    def _place(self, label: str, has_slider: bool) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(SPACE_XS)
        head = QHBoxLayout()
        head.setSpacing(SPACE_XS)
        text = QLabel(label)
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.setBuddy(self._field)
        head.addWidget(text, 1)
        head.addWidget(self._reset)
        head.addWidget(self._field)
        rows.addLayout(head)
        self._slider.setRange(0, _POSITIONS)
        self._slider.setPageStep(_POSITIONS // 10)
        if has_slider:
            rows.addWidget(self._slider)
        else:
            self._slider.setParent(self)
            self._slider.hide()
        _keep_height_when_hidden(self._reset)

    def _position(self, value: float) -> int:
        low, high = self._range
        share: float = ((value - low) / (high - low)) ** (1 / self._power)
        return round(_POSITIONS * share)

    def _value_at(self, position: int) -> float:
        low, high = self._range
        exact: float = low + (high - low) * (position / _POSITIONS) ** self._power
        return min(high, max(low, round(exact / self._step) * self._step))

    def _slide(self, position: int) -> None:
        self._take(self._value_at(position), is_sliding=True)

    def _nudge(self, direction: int) -> None:
        """To the next place that stands for another value."""
        position = self._slider.value() + direction
        while 0 < position < _POSITIONS and math.isclose(self._value_at(position), self.value, abs_tol=1e-9):
            position += direction
        self._take(self._value_at(min(_POSITIONS, max(0, position))))

    def _take(self, value: float, *, is_sliding: bool = False) -> None:
        if is_sliding:
            self._field.set_value(value)
            self._reset.setVisible(self.value != self._default)
        else:
            self.set_value(value)
        self.changed.emit(self.value)


def _keep_height_when_hidden(widget: QWidget) -> None:
    policy = widget.sizePolicy()
    policy.setRetainSizeWhenHidden(True)
    widget.setSizePolicy(policy)
