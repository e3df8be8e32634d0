"""The right column: how the next answer is made, and how the last one went."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from app.core.conversation import Options
from app.core.message import Message
from app.core.model import LoadedModel
from app.core.sampling import Sampling
from app.i18n import Texts
from app.ui.sampling.instructions import Instructions
from app.ui.sampling.sliders import Sliders
from app.ui.sampling.statistics import Statistics, answer_lines, engine_lines
from app.ui.theme import Theme
from app.ui.tokens import SPACE_L, SPACE_M


class Inspector(QScrollArea):
    """Shows the options of the chat in view; `changed` gives new ones."""

    changed = Signal(object)

    def __init__(self, theme: Theme, tr: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tr = tr
        self._options = Options()
        self.sliders = Sliders(theme, tr)
        self.instructions = Instructions(tr)
        self._answer = Statistics(tr("Last answer"))
        self._engine = Statistics(tr("Engine"))
        self.sliders.changed.connect(self._take_sampling)
        self.instructions.changed.connect(self._take_instructions)
        self._place()

    def show_options(self, options: Options) -> None:
        self._options = options
        self.sliders.show_sampling(options.sampling)
        self.instructions.show_text(options.instructions)

    def show_answer(self, message: Message | None) -> None:
        """The figures of the last answer in view."""
        self._answer.show_lines(answer_lines(message, self._tr))

    def show_model(self, model: LoadedModel | None, name: str) -> None:
        self._engine.show_lines(engine_lines(model, name, self._tr))

    def _take_sampling(self, sampling: Sampling) -> None:
        self._take(replace(self._options, sampling=sampling))

    def _take_instructions(self, text: str) -> None:
        self._take(replace(self._options, instructions=text))

    def _take(self, options: Options) -> None:
        self._options = options
        self.changed.emit(options)

    def _place(self) -> None:
        page = QFrame()
        page.setProperty("kind", "inspector")
        column = QVBoxLayout(page)
        column.setContentsMargins(SPACE_L, SPACE_M, SPACE_L, SPACE_L)
        column.setSpacing(SPACE_M)
        for block in (self.sliders, _rule(), self.instructions, self._answer, self._engine):
            column.addWidget(block)
        column.addStretch(1)
        self.setWidget(page)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self._tr("Inspector"))


def _rule() -> QFrame:
    rule = QFrame()
    rule.setProperty("kind", "rule")
    return rule
