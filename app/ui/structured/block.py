"""The inspector's block about the answer format: which one, how it is written, and what it is held to."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.core.answer_format import AnswerFormat, Notation
from app.i18n import Texts
from app.structured.examine import Examination
from app.ui.structured.wording import NOTATIONS, coverage_lines, examination_text, fault_text, refusal_text
from app.ui.theme import Theme
from app.ui.tokens import SPACE_S, SPACE_XS
from app.ui.widgets.choice_button import ChoiceButton
from app.ui.widgets.segmented import Segmented


class FormatBlock(QWidget):
    """`changed` gives the format in another notation; the choice itself is made from a menu, at `button`."""

    changed = Signal(object)
    menu_wanted = Signal()
    edit_wanted = Signal()

    def __init__(self, theme: Theme, tr: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tr = tr
        self._format: AnswerFormat | None = None
        self.edit_button = QPushButton(tr("Edit"))
        self.edit_button.setProperty("kind", "quiet")
        self.edit_button.setAccessibleName(tr("Edit the answer format"))
        self.button = ChoiceButton(theme, tr("Answer format"))
        self.notation = Segmented([(key, tr(text)) for key, text in NOTATIONS.items()], tr("Written as"))
        self.note = QLabel()
        self.note.setProperty("kind", "muted")
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setWordWrap(True)
        self._place()
        self.edit_button.clicked.connect(self.edit_wanted)
        self.button.clicked.connect(self.menu_wanted)
        self.notation.chosen.connect(self._choose_notation)
        self.show_format(None)

    def show_format(self, answer_format: AnswerFormat | None) -> None:
        """Show the format in force, without telling; what is known of it comes later."""
        is_other = (
            answer_format is None or self._format is None or answer_format.schema != self._format.schema
        )
        self._format = answer_format
        if answer_format is None:
            self.button.show_choice(self._tr("Free text"), "prose")
        else:
            self.button.show_choice(self._tr(answer_format.name), "braces", "accent")
            self.notation.choose(answer_format.notation)
        for part in (self.edit_button, self.notation):
            part.setVisible(answer_format is not None)
        if is_other:
            self.note.hide()
            for way in Notation:
                self.notation.allow(way, True)

    def show_examination(self, found: Examination) -> None:
        """What of the format can be kept to, and how it can be written."""
        if self._format is None or found.text != self._format.schema:
            return
        for way in Notation:
            refusal = found.refusal(way)
            self.notation.allow(way, refusal is None, refusal_text(way, refusal, self._tr) if refusal else "")
        is_good = found.can_be_used
        text = fault_text(found.faults[0], self._tr) if found.faults else examination_text(found, self._tr)
        self.note.setProperty("kind", "muted" if is_good else "danger")
        self.note.style().unpolish(self.note)
        self.note.style().polish(self.note)
        self.note.setText(text)
        self.note.setToolTip(coverage_lines(found.coverage))
        self.note.show()

    def _choose_notation(self, value: str) -> None:
        if self._format is not None:
            self._format = replace(self._format, notation=Notation(value))
            self.changed.emit(self._format)

    def _place(self) -> None:
        rule = QFrame()
        rule.setProperty("kind", "rule")
        title = QLabel(self._tr("Answer format"))
        title.setProperty("kind", "section")
        head = QHBoxLayout()
        head.addWidget(title, 1)
        head.addWidget(self.edit_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        column.addWidget(rule)
        column.addSpacing(SPACE_XS)
        column.addLayout(head)
        column.addWidget(self.button)
        column.addWidget(self.notation)
        column.addWidget(self.note)
