"""Everything in the inspector's column, from above."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout

from app.core.message import Message
from app.core.model import LoadedModel
from app.i18n import Texts
from app.ui.sampling.instructions import Instructions
from app.ui.sampling.sliders import Sliders
from app.ui.sampling.statistics import Statistics, answer_lines, engine_lines
from app.ui.structured.block import FormatBlock
from app.ui.theme import Theme
from app.ui.tokens import SPACE_L, SPACE_M


class InspectorPage(QFrame):
    """The blocks of the column; `Inspector` fills them and listens to them."""

    def __init__(self, theme: Theme, tr: Texts) -> None:
        super().__init__()
        self._tr = tr
        self.setProperty("kind", "inspector")
        self.sliders = Sliders(theme, tr)
        self.instructions = Instructions(tr)
        self.format = FormatBlock(theme, tr)
        self.answer = Statistics(tr("Last answer"))
        self.engine = Statistics(tr("Engine"))
        rule = QFrame()
        rule.setProperty("kind", "rule")
        self.column = column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_M, SPACE_L, SPACE_L)
        column.setSpacing(SPACE_M)
        for block in (self.sliders, rule, self.instructions, self.format, self.answer, self.engine):
            column.addWidget(block)
        column.addStretch(1)

    def show_answer(self, message: Message | None) -> None:
        """The figures of an answer, or none."""
        self.answer.show_lines(answer_lines(message, self._tr))

    def show_model(self, model: LoadedModel | None, name: str) -> None:
        self.engine.show_lines(engine_lines(model, name, self._tr))
