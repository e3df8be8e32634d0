"""The conversation as rows: only those in sight are widgets; what is read never jumps."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QFrame, QWidget

from app.core.conversation import Conversation
from app.core.events import Event
from app.core.message import Message, Role, Status
from app.i18n import Texts
from app.ui.chat.answer_row import AnswerRow
from app.ui.chat.entry import Entry, entries
from app.ui.chat.heights import Heights, guess
from app.ui.chat.link_dialog import LinkDialog
from app.ui.chat.live import LiveAnswer
from app.ui.chat.question_row import QuestionRow
from app.ui.chat.row import Row, column
from app.ui.theme import Theme
from app.ui.tokens import SPACE_L, SPACE_M
from app.ui.widgets.icon_button import IconButton

_MARGIN_PX = 240
"""Rows so far beyond the edges are made ready too."""
_KEPT_ROWS = 32
_LINE_PX = 48
_PASSES = 8
_NEAR_END_PX = 24
_REST = 4
"""A costly frame is followed by a rest so many times as long."""


class Transcript(QAbstractScrollArea):
    """Shows a conversation's active path and the answer being written at its end.

    The view is held by an anchor: a row and how far its top lies above the view's. Heights that turn
    out otherwise than guessed, above or below, leave that row where it is. At the end the view sticks
    to it, until the person scrolls up.
    """

    edit_requested = Signal(int)
    regenerate_requested = Signal(int)
    switch_requested = Signal(int)
    save_requested = Signal(int)
    append_requested = Signal(int, bool)
    """(message, whether a file is to be chosen)"""

    def __init__(self, theme: Theme, tr: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tr = tr
        self._conversation_id: int | None = None
        self._entries: list[Entry] = []
        self._heights = Heights()
        self._rows: dict[int, Row] = {}
        """Made rows by message id, the longest unseen first."""
        self._live: LiveAnswer | None = None
        self._append_target = ""
        self._empty: QWidget | None = None
        self._anchor = (0, 0)
        self._sticks = True
        self._is_behind = False
        self._rest = QTimer(self, singleShot=True)
        self._rest.timeout.connect(self._show_live)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setViewportMargins(
            self.verticalScrollBar().sizeHint().width(), 0, 0, 0
        )  # keeps the column centred
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Conversation"))
        self.verticalScrollBar().setSingleStep(_LINE_PX)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self._jump = self._jump_button()
        self._ring = self._focus_ring()
        theme.changed.connect(self._restyle)
        QApplication.instance().focusChanged.connect(self._focus_moved)  # type: ignore[union-attr]

    # What the window tells

    def show_conversation(self, conversation: Conversation) -> None:
        """Show its active path: at the end, or where one was in the same conversation."""
        is_same = conversation.id == self._conversation_id
        self._conversation_id = conversation.id
        held = self._held_message() if is_same else None
        self._live = None
        if not is_same:
            self._remove_rows()
        self._set_entries(entries(conversation))
        self._hold(held)
        self._arrange()

    def show_message(self, message: Message) -> None:
        """Show a newer state of one message, or a new one at the end."""
        at = self._index(message.id)
        if at is None:
            self._append(message)
            self._sticks = True
        else:
            entry = replace(self._entries[at], message=message)
            self._entries[at] = entry
            self._show_state(entry)
        self._arrange()

    def begin_answer(self, message: Message) -> None:
        """From now on `feed` writes this answer."""
        if self._index(message.id) is None:
            self._append(message)
        self._live = LiveAnswer(message)
        self._clear_marks()
        self._sticks = True
        if isinstance(row := self._rows.get(message.id), AnswerRow):
            row.show_live(self._live)
        self._arrange()

    def feed(self, events: Sequence[Event]) -> None:
        """Show what came since the last frame."""
        if self._live is None:
            return
        self._live.feed(events)
        self._is_behind = True
        if not self._rest.isActive():
            self._show_live()

    def last_answer_text(self) -> str:
        """The text of the newest answer, as written so far; empty where there is none."""
        if self._live and self._live.text:
            return self._live.text
        answers = (e.message.text for e in reversed(self._entries) if e.message.role is Role.ASSISTANT)
        return next(answers, "")

    def set_empty(self, widget: QWidget | None) -> None:
        """Show `widget` in place of a conversation; None gives the place back."""
        if self._empty is not None and self._empty is not widget:
            self._empty.hide()
        self._empty = widget
        if widget is None:
            return
        self._conversation_id = None
        self._live = None
        self._set_entries([])
        widget.setParent(self.viewport())
        widget.show()
        self._arrange()

    def _show_state(self, entry: Entry) -> None:
        """A message changed; an answer that has just ended is parsed already."""
        message, live = entry.message, self._live
        row = self._rows.get(message.id)
        has_ended = (
            live is not None and live.message_id == message.id and message.status is not Status.STREAMING
        )
        if has_ended:
            self._live = None
        if has_ended and isinstance(row, AnswerRow):
            row.show_end(entry, live)
        elif row is not None:
            row.show_entry(entry)

    def _show_live(self) -> None:
        """Show how far the answer is. What takes long is shown less often, so that typing stays quick."""
        if self._live is None or not self._is_behind:
            return
        self._is_behind = False
        started = time.perf_counter()
        if isinstance(row := self._rows.get(self._live.message_id), AnswerRow) and not row.isHidden():
            row.show_live(self._live)
        self._arrange()
        if self._live.is_costly:
            self._rest.start(round(_REST * 1000 * (time.perf_counter() - started)))

    def set_append_target(self, name: str) -> None:
        """The file that answers with a format are appended to; empty until one was chosen."""
        self._append_target = name
        for row in self._rows.values():
            if isinstance(row, AnswerRow):
                row.set_append_target(name)
        self._arrange()

    # Scrolling

    def jump_to_end(self) -> None:
        """Show the newest message, and stay with it."""
        self._sticks = True
        self._arrange()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        bar = self.verticalScrollBar()
        if event.key() == Qt.Key.Key_Home:
            bar.setValue(0)
        elif event.key() == Qt.Key.Key_End:
            self.jump_to_end()
        elif event.key() == Qt.Key.Key_Space:
            bar.setValue(bar.value() + bar.pageStep())
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._ring.setGeometry(self.rect())
        self._arrange()

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        """The rows are placed by `_arrange`, not shifted."""

    def _scrolled(self, value: int) -> None:
        bar = self.verticalScrollBar()
        self._sticks = value >= bar.maximum() - _NEAR_END_PX
        self._anchor_at(value)
        self._arrange()

    def _anchor_at(self, top: int) -> None:
        if self._entries:
            row = self._heights.row_at(top)
            self._anchor = (row, top - self._heights.top(row))

    # Rows

    def _set_entries(self, new: list[Entry]) -> None:
        kept = {entry.message.id: entry for entry in new}
        for message_id in [i for i in self._rows if i not in kept]:
            self._remove(message_id)
        for message_id, row in self._rows.items():
            if row.entry != kept[message_id]:
                row.show_entry(kept[message_id])
        old = {entry.message.id: self._heights[at] for at, entry in enumerate(self._entries) if self._rows}
        self._entries = new
        inner = column(self.viewport().width())[1]
        self._heights = Heights([old.get(e.message.id) or guess(e.message, inner) for e in new])

    def _append(self, message: Message) -> None:
        asked = self._entries[-1].message.text if self._entries else ""
        self._entries.append(Entry(message, (message.id,), asked))
        self._heights.append(guess(message, column(self.viewport().width())[1]))

    def _index(self, message_id: int) -> int | None:
        """Where a message is; the newest are asked for most."""
        last = len(self._entries) - 1
        return next((at for at in range(last, -1, -1) if self._entries[at].message.id == message_id), None)

    def _held_message(self) -> int | None:
        """The message at the top of the view, unless the view sticks to the end."""
        return None if self._sticks or not self._entries else self._entries[self._anchor[0]].message.id

    def _hold(self, message_id: int | None) -> None:
        at = self._index(message_id) if message_id is not None else None
        self._sticks = at is None
        self._anchor = (at, self._anchor[1]) if at is not None else (0, 0)

    def _row(self, at: int) -> Row:
        """The widget of a row, made where there is none."""
        entry = self._entries[at]
        row = self._rows.pop(entry.message.id, None) or self._make(entry)
        self._rows[entry.message.id] = row
        return row

    def _make(self, entry: Entry) -> Row:
        kind = QuestionRow if entry.message.role is Role.USER else AnswerRow
        row = kind(self._theme, self._tr, entry, self.viewport())
        row.edit.connect(self.edit_requested)
        row.regenerate.connect(self.regenerate_requested)
        row.switch.connect(self.switch_requested)
        row.save.connect(self.save_requested)
        row.append.connect(self.append_requested)
        row.traced.connect(self._show_source)
        row.reached.connect(lambda area: self._bring(row, area))
        row.link_activated.connect(self._ask_to_open)
        row.grown.connect(self._arrange)
        if isinstance(row, AnswerRow):
            row.set_append_target(self._append_target)
            if self._live and self._live.message_id == entry.message.id:
                row.show_live(self._live)
        return row

    def _restyle(self) -> None:
        """The colours changed: make the rows anew."""
        self._remove_rows()
        self._arrange()

    def _remove_rows(self) -> None:
        for message_id in list(self._rows):
            self._remove(message_id)

    def _remove(self, message_id: int) -> None:
        row = self._rows.pop(message_id)
        row.hide()
        row.deleteLater()

    def _drop_rows(self) -> None:
        """Let go of the rows unseen longest, but not of one that has a selection."""
        excess = len(self._rows) - _KEPT_ROWS
        if excess > 0:
            spare = (i for i, row in self._rows.items() if row.isHidden() and not row.selected_text())
            for message_id in list(islice(spare, excess)):
                self._remove(message_id)

    # Placing

    def _arrange(self) -> None:
        """Lay out the rows in sight and put them, the scroll bar and the button where they belong."""
        top, first, beyond = self._settle()
        self._place(top, first, beyond)
        self._place_bar(top)
        self._place_around(top)

    def _settle(self) -> tuple[int, int, int]:
        """Lay out rows until all in sight have their true heights: the view's top, first row, row beyond."""
        first = beyond = top = 0
        for _ in range(_PASSES if self._entries else 0):
            top = self._view_top()
            first = self._heights.row_at(max(0, top - _MARGIN_PX))
            beyond = self._heights.row_at(top + self.viewport().height() + _MARGIN_PX) + 1
            if not self._lay_out(first, beyond):
                break
        return top, first, beyond

    def _lay_out(self, first: int, beyond: int) -> bool:
        """Whether a height turned out otherwise than thought."""
        width = self.viewport().width()
        before = self._heights.total
        changed = False
        for at in range(first, beyond):
            row = self._row(at)
            if row.isHidden() and self._live and isinstance(row, AnswerRow):
                self._catch_up(row, self._live)
            if row.laid_out_px != width:
                known = self._heights[at]
                self._heights.set(at, row.lay_out(width))
                changed = changed or known != self._heights[at]
        return changed or before != self._heights.total

    @staticmethod
    def _catch_up(row: AnswerRow, live: LiveAnswer) -> None:
        """The answer being written grew while its row was out of sight."""
        if row.entry.message.id == live.message_id:
            row.show_live(live)

    def _view_top(self) -> int:
        lowest = max(0, self._whole_height() - self.viewport().height())
        if self._sticks:
            return lowest
        row, within = self._anchor
        return max(0, min(lowest, self._heights.top(row) + within))

    def _whole_height(self) -> int:
        return self._heights.total + SPACE_L if self._entries else 0

    def _place(self, top: int, first: int, beyond: int) -> None:
        width = self.viewport().width()
        shown = {entry.message.id for entry in self._entries[first:beyond]}
        focus = self.focusWidget()
        for message_id, row in self._rows.items():
            if message_id in shown or row.isHidden():
                continue
            if focus is not None and row.isAncestorOf(focus):
                row.move(0, -row.height() - self.viewport().height())
            else:
                row.hide()
        for at in range(first, beyond):
            row = self._row(at)
            row.set_last(at == len(self._entries) - 1)
            row.setGeometry(0, self._heights.top(at) - top + SPACE_M, width, self._heights[at])
            if row.isHidden():
                row.show()
        self._drop_rows()

    def _place_bar(self, top: int) -> None:
        bar = self.verticalScrollBar()
        was_blocked = bar.blockSignals(True)
        bar.setPageStep(self.viewport().height())
        bar.setRange(0, max(0, self._whole_height() - self.viewport().height()))
        bar.setValue(top)
        bar.setEnabled(bar.maximum() > 0)
        bar.blockSignals(was_blocked)
        if self._sticks:
            self._anchor_at(top)

    def _place_around(self, top: int) -> None:
        if self._empty is not None:
            self._empty.setGeometry(self.viewport().rect())
        size = self._jump.sizeHint()
        below = self._whole_height() - top - self.viewport().height()
        self._jump.setVisible(below > self.viewport().height() // 3)
        self._jump.move(
            (self.viewport().width() - size.width()) // 2, self.viewport().height() - size.height() - SPACE_M
        )
        self._jump.raise_()

    def _jump_button(self) -> IconButton:
        button = IconButton(self._theme, "arrow-down", self._tr("Jump to the latest"), self.viewport())
        button.setProperty("kind", "float")
        button.clicked.connect(self.jump_to_end)
        button.hide()
        return button

    def _focus_ring(self) -> QFrame:
        ring = QFrame(self)
        ring.setProperty("kind", "ring")
        ring.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        ring.hide()
        return ring

    # Hands and eyes

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        by_key = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self._ring.setVisible(by_key)
        self._ring.raise_()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._ring.hide()

    def _focus_moved(self, _old: QWidget | None, new: QWidget | None) -> None:
        """A control reached by the Tab key comes into sight."""
        if new is None or not self.viewport().isAncestorOf(new):
            return
        if new.height() <= self.viewport().height() // 2:
            self._bring(new, new.rect())

    def _bring(self, widget: QWidget, area: QRect) -> None:
        """Bring a part of a widget into sight."""
        above = widget.mapTo(self.viewport(), area.topLeft()).y()
        below = above + area.height() - self.viewport().height()
        bar = self.verticalScrollBar()
        if above < 0:
            bar.setValue(bar.value() + above - SPACE_L)
        elif below > 0:
            bar.setValue(bar.value() + below + SPACE_L)

    def _show_source(self, message_id: int, start: int, end: int) -> None:
        """Highlight in the question above an answer where a value of the answer stands."""
        at = self._index(message_id)
        if not at:
            return
        self._sticks, self._anchor = False, (at - 1, 0)
        self._arrange()
        self._clear_marks()
        question = self._row(at - 1)
        if isinstance(question, QuestionRow):
            self._anchor = (at - 1, question.mark(start, end) - self.viewport().height() // 3)
            self._arrange()

    def _clear_marks(self) -> None:
        for row in self._rows.values():
            if isinstance(row, QuestionRow):
                row.clear_marks()

    def _ask_to_open(self, target: str) -> None:
        LinkDialog(target, self._tr, self).open()
