"""The right column: how the next answer is made, and how the last one went."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from app.core.answer_format import AnswerFormat
from app.core.conversation import Options
from app.core.message import Message
from app.core.model import LoadedModel
from app.core.sampling import Sampling
from app.i18n import Texts
from app.ui.theme import Theme
from app.ui.tokens import SPACE_L, SPACE_M

if TYPE_CHECKING:
    from app.structured.examine import Examination
    from app.ui.sampling.page import InspectorPage


class Inspector(QScrollArea):
    """Shows the options of the chat in view; `changed` gives new ones.

    Its many small widgets are made by `build`, so that the window need not wait for them to appear.
    """

    changed = Signal(object)
    format_menu_wanted = Signal(object)
    """The button to open it at."""
    format_edit_wanted = Signal()

    def __init__(self, theme: Theme, tr: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tr = tr
        self._options = Options()
        self._answer: Message | None = None
        self._model: tuple[LoadedModel | None, str] = (None, "")
        self.page: InspectorPage | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(tr("Inspector"))

    def build(self) -> None:
        """Make what is in the column and show what was told so far."""
        from app.ui.sampling.page import InspectorPage

        self.page = page = InspectorPage(self._theme, self._tr)
        page.sliders.changed.connect(self._take_sampling)
        page.instructions.changed.connect(self._take_instructions)
        page.format.changed.connect(self._take_format)
        page.format.menu_wanted.connect(lambda: self.format_menu_wanted.emit(page.format.button))
        page.format.edit_wanted.connect(self.format_edit_wanted)
        self.show_options(self._options)
        self.show_answer(self._answer)
        self.show_model(*self._model)
        self.setWidget(page)
        self.verticalScrollBar().rangeChanged.connect(self._make_room)

    def show_options(self, options: Options) -> None:
        self._options = options
        if self.page is not None:
            self.page.sliders.show_sampling(options.sampling)
            self.page.instructions.show_text(options.instructions)
            self.page.format.show_format(options.format)

    def show_examination(self, found: Examination) -> None:
        """What is known of the answer format in force."""
        if self.page is not None:
            self.page.format.show_examination(found)

    def show_answer(self, message: Message | None) -> None:
        """The figures of the last answer in view."""
        self._answer = message
        if self.page is not None:
            self.page.show_answer(message)

    def show_model(self, model: LoadedModel | None, name: str) -> None:
        self._model = (model, name)
        if self.page is not None:
            self.page.show_model(model, name)

    def _make_room(self, _least: int, most: int) -> None:
        """The scroll bar takes its room from the margin, so that nothing moves when it comes."""
        if self.page is not None:
            taken = self.verticalScrollBar().sizeHint().width() if most else 0
            self.page.column.setContentsMargins(SPACE_L, SPACE_M, SPACE_L - taken, SPACE_L)

    def _take_sampling(self, sampling: Sampling) -> None:
        self._take(replace(self._options, sampling=sampling))

    def _take_instructions(self, text: str) -> None:
        self._take(replace(self._options, instructions=text))

    def _take_format(self, answer_format: AnswerFormat) -> None:
        self._take(replace(self._options, format=answer_format))

    def _take(self, options: Options) -> None:
        self._options = options
        self.changed.emit(options)
