"""An answer with a format as a card: whether it fits, its value as tree, table or text, and its uses."""

from __future__ import annotations

import json
from collections.abc import Mapping

from PySide6.QtCore import QRect, Signal
from PySide6.QtWidgets import QFrame, QPushButton, QWidget

from app.core.answer_format import AnswerFormat, Fault, Notation
from app.core.message import Message, Status
from app.i18n import Texts
from app.i18n.faults import explain_fault
from app.structured.json_path import Place
from app.structured.trace import Span, trace
from app.ui.chat.structured_foot import StructuredFoot
from app.ui.chat.structured_head import StructuredHead
from app.ui.chat.structured_value import Content, content_of, content_so_far, field_names, place_of
from app.ui.chat.verdict import Verdict, at_end, while_written
from app.ui.theme import Theme
from app.ui.tokens import SPACE_L, SPACE_M, SPACE_S
from app.ui.widgets.data_table import DataTable
from app.ui.widgets.json_rows import PAD_PX, Note
from app.ui.widgets.json_tree import JsonTree
from app.ui.widgets.plain_view import PlainView

_TRACED_CHARACTERS = 100_000
"""Of a longer question only the beginning is searched: it must not hold up the window."""

View = JsonTree | DataTable | PlainView


class StructuredCard(QFrame):
    """`show_live` shows it while it is written, `show_end` once it has ended; then it is laid out anew.

    `traced` asks to show these characters of the question; `reached` tells where the keys came to.
    """

    resized = Signal()
    reached = Signal(QRect)
    traced = Signal(int, int)
    save = Signal()
    append = Signal(bool)

    def __init__(self, theme: Theme, tr: Texts, answer_format: AnswerFormat, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("kind", "answer")
        self._theme = theme
        self._tr = tr
        self._format = answer_format
        self._names = field_names(answer_format)
        self._content = Content()
        self._text = ""
        self._asked = ""
        self._faults: tuple[Fault, ...] = ()
        self._spans: Mapping[Place, Span] | None = {}
        """Where its values stand in the question; None until that is looked for."""
        self._wanted = ""
        """The way of looking the person chose; empty until then."""
        self._views: dict[str, View] = {}
        self._head = StructuredHead(theme, tr, self)
        self._head.chosen.connect(self._choose)
        self._head.fault_chosen.connect(self._show_fault)
        self._head.resized.connect(self.resized)
        self._foot: StructuredFoot | None = None
        self._target = ""

    @property
    def buttons(self) -> tuple[QPushButton, ...]:
        """What can be done with the answer, once it has ended and is whole."""
        return self._foot.buttons if self._foot and not self._foot.isHidden() else ()

    def show_live(self, text: str, *, is_again: bool) -> None:
        """Show how far it has come; `is_again`: the first try did not fit and was dropped."""
        self._text, self._faults, self._spans = text, (), {}
        self._content = content_so_far(self._format, text)
        verdict = while_written(self._format, self._content.value, self._names, self._tr, is_again=is_again)
        self._show(verdict)

    def show_end(self, message: Message, asked: str, *, is_again: bool = False) -> None:
        """Show the answer once it has ended; `asked` is the question it may be traced to."""
        self._text, self._asked, self._faults, self._spans = message.text, asked, message.faults, None
        self._content = content_of(self._format, message.text)
        self._show(at_end(message, self._content.value, self._names, self._tr, is_again=is_again))
        self._offer(message)

    def set_target(self, name: str) -> None:
        """The file that answers are appended to."""
        self._target = name
        if self._foot:
            self._foot.set_target(name)

    def lay_out(self, width: int) -> int:
        inner = width - 2 * SPACE_L
        wide, left = inner + SPACE_S, SPACE_L - SPACE_S
        height = self._head.lay_out(wide)
        self._head.setGeometry(left, SPACE_S + 2, wide, height)
        bottom = SPACE_S + 2 + height + SPACE_S
        if view := self._views.get(self._view):
            pad = PAD_PX if not isinstance(view, PlainView) else 0
            room = inner + 2 * pad
            height = view.lay_out(room)
            view.setGeometry(SPACE_L - pad, bottom, room, height)
            bottom += height + SPACE_M
        if self._foot and not self._foot.isHidden():
            height = self._foot.lay_out(wide)
            self._foot.setGeometry(left, bottom, wide, height)
            bottom += height + SPACE_M + 2
        return bottom

    def selected_text(self) -> str:
        view = self._views.get(self._view)
        return view.selected_text() if view else ""

    # Ways of looking

    @property
    def _choices(self) -> tuple[str, ...]:
        tree = ("tree",) if self._content.value is not None else ()
        table = ("table",) if self._content.rows else ()
        return (*tree, *table, *(("text",) if self._text else ()))

    @property
    def _view(self) -> str:
        """The one in sight: the person's choice where there is such a view, or else the clearest."""
        choices = self._choices
        return next((view for view in (self._wanted, "table", "tree", "text") if view in choices), "")

    def _show(self, verdict: Verdict) -> None:
        self._head.show_verdict(verdict)
        self._head.set_views(self._choices, self._view)
        self.setAccessibleName(verdict.sentence)
        self._fill()

    def _choose(self, view: str) -> None:
        self._wanted = view
        self._fill()
        self.resized.emit()

    def _fill(self) -> None:
        """Let the view in sight show what there is."""
        chosen = self._view
        for name, view in self._views.items():
            view.setVisible(name == chosen)
        if chosen and chosen not in self._views:
            self._views[chosen] = self._make(chosen)
            self._views[chosen].show()
        match self._views.get(chosen):
            case JsonTree() as tree:
                tree.set_value(self._content.value, self._content.place)
                tree.set_notes(self._notes())
            case DataTable() as table:
                table.set_value(self._content.rows, is_open=self._content.place is not None)
            case PlainView() as text:
                text.show_text(self._text.rstrip())

    def _make(self, view: str) -> View:
        label = self._tr("Answer")
        if view == "tree":
            tree = JsonTree(self._theme, label, self._count_text, self)
            tree.resized.connect(self.resized)
            tree.followed.connect(self._follow)
            tree.reached.connect(lambda area: self.reached.emit(area.translated(tree.pos())))
            return tree
        if view == "table":
            table = DataTable(self._theme, label, self)
            table.reached.connect(lambda area: self.reached.emit(area.translated(table.pos())))
            return table
        text = PlainView(self._theme, self, is_code=True)
        text.setAccessibleName(label)
        return text

    def _count_text(self, count: int) -> str:
        return self._tr.plural("{n} item", "{n} items", count)

    # Where it came from, and where it may go

    def _notes(self) -> dict[Place, Note]:
        """A mark for each value that stands in the question, and for each that does not fit."""
        if self._spans is None:
            source = self._asked[:_TRACED_CHARACTERS]
            self._spans = trace(self._content.value, source).spans if self._content.is_whole else {}
        found = Note(icon="quote", tip=self._tr("Show where this stands in the question"))
        notes = dict.fromkeys(self._spans, found)
        for fault in self._faults:
            notes[place_of(fault.path)] = Note(
                icon="alert", tip=explain_fault(fault, self._tr), is_fault=True
            )
        return notes

    def _follow(self, place: Place) -> None:
        if self._spans and place in self._spans:
            self.traced.emit(*self._spans[place])

    def _show_fault(self, path: str) -> None:
        if "tree" in self._choices:
            self._head.set_views(self._choices, "tree")
            self._choose("tree")
            tree = self._views["tree"]
            assert isinstance(tree, JsonTree)
            tree.show_place(place_of(path))

    def _offer(self, message: Message) -> None:
        """The foot, where the answer is whole: what ended early is not to be taken for an answer."""
        is_whole = message.status is Status.COMPLETE and self._content.is_whole
        if self._foot is None and is_whole:
            self._foot = StructuredFoot(self._theme, self._tr, self)
            self._foot.save.connect(self.save)
            self._foot.append.connect(self.append)
            self._foot.set_target(self._target)
            self._foot.show()
        if self._foot:
            self._foot.setVisible(is_whole)
            self._foot.offer(self._json_text(), fits=message.fits)

    def _json_text(self) -> str:
        """JSON as the model wrote it, or what another notation says as JSON."""
        if self._format.notation is Notation.JSON:
            return self._text.strip()
        return json.dumps(self._content.value, ensure_ascii=False, indent=2)
