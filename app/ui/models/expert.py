"""How a model is loaded, decided by hand: each choice automatic unless a person says otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.core.model import KvType, LoadOptions
from app.core.plan import Overrides
from app.core.settings import CONTEXT_CHOICES
from app.i18n import Texts
from app.ui.theme import Theme
from app.ui.tokens import SPACE_L, SPACE_S
from app.ui.widgets.fold import Fold
from app.ui.widgets.optional_number import OptionalNumber

_MOST_LAYERS, _MOST_THREADS = 512, 256
_BATCHES = (32, 64, 128, 256, 512, 1024, 2048)
_FIELD_PX = 240


class ExpertFold(QWidget):
    """`changed` gives the new `Overrides`; `show_options` says what automatic comes to."""

    changed = Signal(object)

    def __init__(self, theme: Theme, tr: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tr = tr
        self._overrides = Overrides()
        self.fold = Fold(theme, tr("Expert"))
        self.numbers = {
            "gpu_layers": self._number(tr("Layers on the graphics card"), _MOST_LAYERS),
            "cpu_experts": self._number(tr("Layers with experts in memory"), _MOST_LAYERS),
            "threads": self._number(tr("Threads"), _MOST_THREADS, least=1),
        }
        yes_no = ((True, tr("yes")), (False, tr("no")))
        contexts = [(n, tr("{size} tokens", size=f"{n:,}")) for n in CONTEXT_CHOICES]
        self.combos = {
            "context_tokens": self._combo(tr("Context"), contexts),
            "kv_type": self._combo(
                tr("Keys and values"), ((KvType.F16, tr("16 bits")), (KvType.Q8_0, tr("8 bits")))
            ),
            "micro_batch": self._combo(tr("Tokens in one go"), [(n, str(n)) for n in _BATCHES]),
            "repack": self._combo(tr("Faster copy of the experts"), yes_no),
            "mapped": self._combo(tr("Weights stay in the file"), yes_no),
        }
        self.reset = QPushButton(tr("All automatic"))
        self.reset.setProperty("kind", "quiet")
        self.reset.clicked.connect(lambda: self._take(Overrides()))
        self._place()
        self.show_overrides(self._overrides)

    def show_overrides(self, overrides: Overrides) -> None:
        """Show what was decided by hand, without telling."""
        self._overrides = overrides
        for name, field in self.numbers.items():
            field.set_value(getattr(overrides, name))
        for name, combo in self.combos.items():
            value = getattr(overrides, name)
            at = next((row for row in range(1, combo.count()) if combo.itemData(row) == value), 0)
            combo.setCurrentIndex(0 if value is None else at)
        self.reset.setEnabled(overrides != Overrides())

    def show_options(self, options: LoadOptions) -> None:
        """What the plan in force has, so that "automatic" says what it comes to."""
        for name, field in self.numbers.items():
            field.setPlaceholderText(self._tr("automatic: {value}", value=getattr(options, name)))
        for name, combo in self.combos.items():
            if combo.currentIndex() == 0:
                value = getattr(options, name)
                rows = range(1, combo.count())
                told = next((combo.itemText(row) for row in rows if combo.itemData(row) == value), "")
                text = self._tr("automatic: {value}", value=told) if told else self._tr("automatic")
                combo.setItemText(0, text)

    def set_layers(self, layers: int) -> None:
        """How many there are; the output counts as one more."""
        self.numbers["gpu_layers"].set_highest(layers + 1)
        self.numbers["cpu_experts"].set_highest(layers)

    def _take(self, overrides: Overrides) -> None:
        self.show_overrides(overrides)
        self.changed.emit(overrides)

    def _set(self, name: str, value: object) -> None:
        self._take(replace(self._overrides, **{name: value}))  # type: ignore[arg-type]

    def _number(self, label: str, most: int, least: int = 0) -> OptionalNumber:
        field = OptionalNumber(least, most)
        field.setAccessibleName(label)
        field.setPlaceholderText(self._tr("automatic"))
        return field

    def _combo(self, label: str, choices: Sequence[tuple[object, str]]) -> QComboBox:
        combo = QComboBox()
        combo.addItem(self._tr("automatic"), None)
        for value, text in choices:
            combo.addItem(text, value)
        combo.setAccessibleName(label)
        return combo

    def _place(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(SPACE_L)
        form.setVerticalSpacing(SPACE_S)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.FieldsStayAtSizeHint)
        order = ("gpu_layers", "cpu_experts", "context_tokens", "kv_type", "threads", "micro_batch")
        for name in (*order, "repack", "mapped"):
            self._add(form, name)
        below = QHBoxLayout()
        below.addWidget(self.reset)
        below.addStretch(1)
        self.fold.body.setSpacing(SPACE_S)
        self.fold.body.addLayout(form)
        self.fold.body.addLayout(below)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.fold)

    def _add(self, form: QFormLayout, name: str) -> None:
        field: QWidget
        if name in self.numbers:
            field = number = self.numbers[name]
            number.changed.connect(lambda value: self._set(name, value))
        else:
            field = combo = self.combos[name]
            combo.activated.connect(lambda _: self._set(name, combo.currentData()))
        field.setFixedWidth(_FIELD_PX)
        form.addRow(field.accessibleName(), field)
