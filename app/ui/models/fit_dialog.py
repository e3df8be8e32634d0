"""How a model fits this computer: the plan as a picture, and the choices that can be made by hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.core.architecture import Architecture
from app.core.model import Device
from app.core.plan import Overrides, Plan, Refusal
from app.i18n import Texts
from app.ui.models.expert import ExpertFold
from app.ui.models.fit_picture import FitPicture
from app.ui.models.wording import device_names, plan_text, rate_text, refusal_text, unused_text
from app.ui.models.work import ModelWork
from app.ui.opening import Opening
from app.ui.theme import Theme
from app.ui.tokens import SPACE_L, SPACE_M, SPACE_XL

if TYPE_CHECKING:
    from collections.abc import Sequence

Found = tuple[Architecture, "Plan | Refusal", "Sequence[Device]", str]
_WIDTH_PX = 620


class FitDialog(QDialog):
    """`load_wanted` gives the path and the overrides to load it with, which are kept."""

    load_wanted = Signal(object, object)

    def __init__(
        self,
        opening: Opening,
        work: ModelWork,
        path: Path | None,
        overrides: Overrides,
        theme: Theme,
        tr: Texts,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._opening = opening
        self._work = work
        self._path = path
        self._tr = tr
        self._asked = 0
        self.overrides = overrides
        self.plan: Plan | Refusal | None = None
        self.title = QLabel()
        self.words = QLabel(tr("Measuring this computer…"))
        self.speed, self.remark = QLabel(), QLabel()
        self.picture = FitPicture(theme, tr)
        self.expert = ExpertFold(theme, tr)
        self.load = QPushButton(tr("Load it this way"))
        self.close_button = QPushButton(tr("Close"))
        self.expert.show_overrides(overrides)
        self._place()
        self._connect()
        self._ask(overrides)

    def _ask(self, overrides: Overrides) -> None:
        """Plan anew; only the answer to the last question is shown."""
        self.overrides = overrides
        self._asked += 1
        asked = self._asked

        def work() -> Found:
            models = self._opening.models
            machine = models.computer.measured()
            remarks = [unused_text(each.gpu.name, each.rebuild, self._tr) for each in machine.unused_gpus]
            model, plan = models.architecture(self._path), models.plan(self._path, overrides)
            return model, plan, machine.devices, "\n".join(remarks)

        def done(found: Found) -> None:
            if asked == self._asked:
                self._show(*found)

        self._work.ask(work, done)

    def _show(
        self, model: Architecture, plan: Plan | Refusal, devices: Sequence[Device], remark: str
    ) -> None:
        tr = self._tr
        self.plan = plan
        self.title.setText(model.about.name or model.facts.name)
        self.expert.set_layers(model.facts.layers)
        shown = plan.closest if isinstance(plan, Refusal) else plan
        if isinstance(plan, Refusal):
            self.words.setText(refusal_text(plan, tr))
            self.speed.clear()
        else:
            self.words.setText(plan_text(plan, model.facts.layers, tr))
            self.speed.setText(
                tr(
                    "Reads {prefill} and writes {decode} tokens a second, as far as can be told.",
                    prefill=rate_text(plan.prefill_tokens_per_s),
                    decode=rate_text(plan.decode_tokens_per_s),
                )
            )
        self.picture.show_plan(shown, device_names(devices))
        self.picture.show()
        self.remark.setText(remark)
        self.remark.setVisible(bool(remark))
        self.expert.show_options(shown.options)
        self.load.setEnabled(isinstance(plan, Plan))

    def _connect(self) -> None:
        self.expert.changed.connect(self._ask)
        self.load.clicked.connect(self._load)
        self.close_button.clicked.connect(self.close)

    def _load(self) -> None:
        self.load_wanted.emit(self._path, self.overrides)
        self.close()

    def _place(self) -> None:
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self._tr("How it fits this computer"))
        self.title.setProperty("kind", "title")
        for label in (self.words, self.speed, self.remark):
            label.setProperty("kind", "muted")
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        self.load.setProperty("kind", "primary")
        self.load.setEnabled(False)
        self.picture.hide()
        self.remark.hide()
        self.remark.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        card = QFrame()
        card.setProperty("kind", "answer")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        inside.setSpacing(SPACE_M)
        for part in (self.words, self.picture, self.speed, self.remark):
            inside.addWidget(part)
        foot = QHBoxLayout()
        foot.addStretch(1)
        for button in (self.close_button, self.load):
            button.setAutoDefault(False)
            foot.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_XL, SPACE_XL, SPACE_XL, SPACE_L)
        column.setSpacing(SPACE_M)
        column.addWidget(self.title)
        column.addWidget(card)
        column.addWidget(self.expert)
        column.addStretch(1)
        column.addLayout(foot)
        self.setMinimumWidth(_WIDTH_PX)
        self.setFocus()  # no control is marked before a key was pressed
