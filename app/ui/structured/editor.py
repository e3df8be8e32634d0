"""The editor of an answer format: as a form and as JSON, from an example or from a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QFrame, QStackedLayout, QVBoxLayout, QWidget

from app.core.answer_format import AnswerFormat, Notation
from app.core.errors import AlcoveError
from app.i18n import Texts
from app.structured.examine import Examination
from app.structured.fields import EMPTY
from app.structured.form import form_of, schema_of
from app.ui.background import Background, Lane
from app.ui.opening import Opening
from app.ui.structured.describe import DescribeDialog
from app.ui.structured.editor_parts import FORM, JSON, Foot, Head, Tools
from app.ui.structured.examiner import Examiner
from app.ui.structured.example import ExampleDialog
from app.ui.structured.form_view import FormView
from app.ui.structured.state_bar import StateBar
from app.ui.structured.wording import refusal_text
from app.ui.tab_order import next_stop
from app.ui.theme import Theme
from app.ui.tokens import SPACE_L, SPACE_M, SPACE_XL
from app.ui.widgets.code_edit import CodeEdit

if TYPE_CHECKING:
    from app.services.formats import KnownFormat

_SIZE = (780, 660)
_LEAST = (620, 460)


class SchemaEditor(QDialog):
    """Stays open beside the chat. Nothing that was typed is dropped without a question.

    `used` gives the format for the chat in view, `saved` one that is in the library now.
    """

    used = Signal(object)
    saved = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        edited: AnswerFormat | None,
        name: str,
        own_name: str,
        opening: Opening,
        background: Background,
        theme: Theme,
        tr: Texts,
        parent: QWidget,
    ) -> None:
        """`edited` is what to begin with, None for a new format; `name` what to save it as.

        `own_name` is that of the one in the library which is edited; empty where it is another one.
        """
        super().__init__(parent)
        self._opening = opening
        self._background = background
        self._tr = tr
        self._own_name = own_name
        self._found: Examination | None = None
        self.head = Head(tr)
        self.tools = Tools(theme, tr)
        self.form = FormView(theme, tr)
        self.json = CodeEdit(theme, "json")
        self.state = StateBar(tr)
        self.foot = Foot(tr)
        self.example = ExampleDialog(theme, tr, self)
        self.describe = DescribeDialog(opening, background, theme, tr, self)
        self._examiner = Examiner(background, self)
        self._place()
        self._begin(edited, name)
        self._connect()

    @property
    def format(self) -> AnswerFormat:
        """What is in the editor now."""
        return AnswerFormat(self.head.name.text().strip(), self.json.toPlainText(), self.head.notation_value)

    @property
    def has_changes(self) -> bool:
        return self.format != self._kept

    @property
    def is_examining(self) -> bool:
        """Whether what is there now is not examined yet."""
        return self._examiner.is_pending

    def show_view(self, view: str) -> None:
        """The form, or the JSON."""
        self.tools.view.choose(view)
        if view == FORM:
            self.form.show_text(self.json.toPlainText())
        self._stack.setCurrentIndex(1 if view == JSON else 0)

    def replace_schema(self, text: str, sentence: str) -> None:
        """Another schema in place of the one that is there, which can be taken back."""
        before, form = self.json.toPlainText(), form_of(text)
        if form is not None and not self.head.name.text().strip():
            self.head.name.setText(form.title)
        self.json.replace_text(text)
        self.show_view(JSON if form is None else FORM)
        self.state.say(sentence, undo=lambda: self._put_back(before))

    def reject(self) -> None:
        """Closed by its button, by Esc or by the window: what is not kept is asked about first."""
        if not self.has_changes:
            super().reject()
        elif self.foot.is_asking:
            self.foot.stop_asking()
        else:
            self.foot.ask()

    def focusNextPrevChild(self, is_next: bool) -> bool:
        """In the order in which one reads; fields come and go."""
        stop = next_stop(self, self.focusWidget(), 1 if is_next else -1)
        if stop is not None:
            stop.setFocus(Qt.FocusReason.TabFocusReason if is_next else Qt.FocusReason.BacktabFocusReason)
            if self.form.isAncestorOf(stop):
                self.form.ensureWidgetVisible(stop)
        return stop is not None

    def _begin(self, edited: AnswerFormat | None, name: str) -> None:
        self.head.show_values(name, edited.notation if edited else Notation.JSON)
        self.json.setPlainText(edited.schema if edited else schema_of(EMPTY))
        self.show_view(JSON if form_of(self.json.toPlainText()) is None else FORM)
        self._before = self._text = self.json.toPlainText()
        self._kept = self.format
        if edited is None:
            self.head.name.setFocus()
        else:
            self.form.focus_first()
        self._show_offers()
        self._examiner.ask(self._text, self.head.notation_value, at_once=True)

    def _connect(self) -> None:
        tr = self._tr
        self.head.changed.connect(self._ask)
        self.tools.view_chosen.connect(self.show_view)
        self.tools.example_wanted.connect(self.example.open)
        self.tools.description_wanted.connect(self.describe.open)
        self.form.changed.connect(self.json.replace_text)
        self.form.removed.connect(self._offer_undo)
        self.json.textChanged.connect(self._follow)
        self.state.line_chosen.connect(self._go_to_line)
        self.example.made.connect(lambda text: self.replace_schema(text, tr("Made from the example.")))
        self.describe.made.connect(lambda text: self.replace_schema(text, tr("Drafted by the model.")))
        self.describe.failed.connect(self.failed)
        self.finished.connect(self.describe.stop)
        self._examiner.examined.connect(self._show_examination)
        self._examiner.failed.connect(self.failed)
        self.foot.use_wanted.connect(self._use)
        self.foot.save_wanted.connect(self._save)
        self.foot.replace_wanted.connect(lambda closes: self._save(closes, replaces=True))
        self.foot.close_wanted.connect(self.reject)
        self.foot.drop_wanted.connect(self._drop)

    def _follow(self) -> None:
        """The schema was changed, in whatever view."""
        self._before, self._text = self._text, self.json.toPlainText()
        self.state.forget_undo()
        self._ask()

    def _ask(self) -> None:
        self._show_offers()
        self._examiner.ask(self._text, self.head.notation_value)

    def _show_examination(self, found: Examination) -> None:
        self._found = found
        self.json.mark_lines(found.lines)
        self.state.show_examination(found)
        for way in Notation:
            refusal = found.refusal(way)
            reason = refusal_text(way, refusal, self._tr) if refusal else ""
            self.head.notation.allow(way, refusal is None, reason)
        self._show_offers()

    def _show_offers(self) -> None:
        is_sound = self._found is not None and self._found.can_be_used
        is_named = bool(self.format.name)
        self.foot.allow(save=is_sound and is_named and self.has_changes, use=is_sound and is_named)
        self.foot.explain("" if is_named else self._tr("Give the format a name first."))

    def _offer_undo(self, name: str) -> None:
        before = self._before
        self.state.say(self._tr("Deleted “{title}”.", title=name), undo=lambda: self._put_back(before))

    def _put_back(self, text: str) -> None:
        self.json.replace_text(text)
        self.show_view(self.tools.view.value)

    def _go_to_line(self, line: int) -> None:
        self.show_view(JSON)
        self.json.go_to_line(line)

    def _use(self) -> None:
        self._kept = self.format
        self.used.emit(self._kept)
        self.close()

    def _drop(self) -> None:
        """Close without keeping what is there."""
        self._kept = self.format
        self.foot.stop_asking()
        self.close()

    def _save(self, closes: bool, *, replaces: bool = False) -> None:
        """Keep it in the library; another one of its name is replaced only where that is wanted."""
        wanted = self.format
        may_replace = replaces or wanted.name == self._own_name

        def done(known: KnownFormat | None) -> None:
            if known is None:
                self.foot.ask_to_replace(wanted.name, closes)
                return
            self._kept, self._own_name = wanted, wanted.name
            self.foot.stop_asking()
            self.state.say(self._tr("Saved."))
            self.saved.emit(wanted)
            self._show_offers()
            if closes:
                self.close()

        def save() -> KnownFormat | None:
            library = self._opening.alcove.formats
            taken = {known.format.name for known in library.list() if known.is_own}
            return library.save(wanted) if may_replace or wanted.name not in taken else None

        self._background.run(self, save, done, self._show_error, Lane.FILES)

    def _show_error(self, error: Exception) -> None:
        from app.i18n.sentences import explain

        if isinstance(error, AlcoveError):
            self.state.say(explain(error, self._tr), is_fault=True)
        else:
            self.failed.emit(error)

    def _place(self) -> None:
        self.setWindowTitle(self._tr("Answer format"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumSize(*_LEAST)
        self.resize(*_SIZE)
        self.json.setAccessibleName(self._tr("Schema as JSON"))
        frame = QFrame()
        frame.setProperty("kind", "frame")
        self._stack = QStackedLayout(frame)
        self._stack.setContentsMargins(2, 2, 2, 2)  # the corners of the frame are round
        self._stack.addWidget(self.form)
        self._stack.addWidget(self.json)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_XL, SPACE_L, SPACE_XL, SPACE_L)
        column.setSpacing(SPACE_M)
        column.addWidget(self.head)
        column.addWidget(self.tools)
        column.addWidget(frame, 1)
        column.addWidget(self.state)
        column.addWidget(self.foot)
