"""An answer: the reasoning folded above, then Markdown, a remark where it ended early, and the actions."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from app.core.message import Message, Status
from app.i18n import Texts
from app.ui.chat.entry import Entry
from app.ui.chat.live import LiveAnswer
from app.ui.chat.reasoning import CHEVRON_PX, Reasoning
from app.ui.chat.row import Row, column
from app.ui.chat.row_actions import HEIGHT_PX, RowActions
from app.ui.chat.waiting import Waiting
from app.ui.chat.wording import remark, statistics, thought
from app.ui.theme import Theme
from app.ui.tokens import SPACE_S, SPACE_XS
from app.ui.widgets.markdown.blocks import Block
from app.ui.widgets.markdown.parse import parse
from app.ui.widgets.markdown_view import MarkdownView


class AnswerRow(Row):
    """`show_live` shows it while it is written, `show_entry` once it has ended."""

    def __init__(self, theme: Theme, tr: Texts, entry: Entry, parent: QWidget) -> None:
        super().__init__(theme, tr, entry, parent)
        self._view = MarkdownView(theme, (tr("Copy"), tr("Copied")), self)
        self._view.expect_width(column(parent.width())[1])
        self._view.link_activated.connect(self.link_activated)
        self._reasoning: Reasoning | None = None
        self._waiting: Waiting | None = None
        self._remark: QLabel | None = None
        self._actions: RowActions | None = None
        self._is_last = False
        self.setAccessibleName(tr("Answer"))
        if entry.message.status is not Status.STREAMING:
            self.show_entry(entry)

    @property
    def row_actions(self) -> RowActions | None:
        return self._actions

    def show_entry(self, entry: Entry) -> None:
        self.show_end(entry, parse(entry.message.text))

    def show_end(self, entry: Entry, blocks: Sequence[Block]) -> None:
        """Show the answer once it has ended; `blocks` are those of its text."""
        self.entry = entry
        message = entry.message
        self._show_waiting(None)
        self._show_reasoning(thought(message, self.tr_), message.reasoning)
        self._view.show_blocks(blocks)
        self._show_remark(message)
        self._show_actions(entry)
        self.setAccessibleName(self.tr_("Answer: {text}", text=message.text[:200]))
        self.laid_out_px = 0

    def show_live(self, live: LiveAnswer) -> None:
        """Show how far it has come; only what changed is laid out anew."""
        self._end_actions()
        is_waiting = not live.reasoning and not live.text
        self._show_waiting(live if is_waiting else None)
        if live.reasoning:
            title = self.tr_("Thinking…") if live.is_thinking else self.tr_("Thought")
            self._show_reasoning(title, live.reasoning)
        self._view.show_blocks(live.blocks, is_open=True)
        self.laid_out_px = 0

    def set_last(self, is_last: bool) -> None:
        self._is_last = is_last
        if self._actions:
            self._actions.set_lasting(is_last)

    def lay_out(self, width: int) -> int:
        left, inner = column(width)
        bottom = SPACE_XS
        for part, shift in ((self._waiting, 0), (self._reasoning, CHEVRON_PX), (self._view, 0)):
            if part is not None:
                height = part.lay_out(inner + shift)
                part.setGeometry(left - shift, bottom, inner + shift, height)
                bottom += height + (SPACE_S if height else 0)
        if self._remark:
            height = self._remark.heightForWidth(inner)
            self._remark.setGeometry(left, bottom, inner, height)
            bottom += height + SPACE_XS
        if self._actions:
            self._actions.setGeometry(left - SPACE_XS, bottom, inner + SPACE_XS, HEIGHT_PX)
            bottom += HEIGHT_PX
        self.laid_out_px = width
        return bottom + SPACE_S

    def selected_text(self) -> str:
        return self._view.selected_text() or (self._reasoning.selected_text() if self._reasoning else "")

    def _show_waiting(self, live: LiveAnswer | None) -> None:
        if live is None:
            if self._waiting:
                self._waiting.deleteLater()
                self._waiting.hide()
                self._waiting = None
            return
        if self._waiting is None:
            self._waiting = Waiting(self.tr_, self)
            self._waiting.show()
        self._waiting.show_progress(live.progress)

    def _show_reasoning(self, title: str, text: str) -> None:
        if not text:
            return
        if self._reasoning is None:
            self._reasoning = Reasoning(self.theme, self)
            self._reasoning.toggled.connect(self._toggled)
            self._reasoning.set_open(False)
            self._reasoning.show()
        self._reasoning.show_text(title, text)

    def _toggled(self) -> None:
        self.laid_out_px = 0
        self.grown.emit()

    def _show_remark(self, message: Message) -> None:
        text = remark(message, self.tr_)
        if text and self._remark is None:
            self._remark = QLabel(self)
            self._remark.setTextFormat(Qt.TextFormat.PlainText)
            self._remark.setProperty("kind", "muted")
            self._remark.setWordWrap(True)
            self._remark.show()
        if self._remark:
            self._remark.setText(text)
            self._remark.setVisible(bool(text))

    def _end_actions(self) -> None:
        if self._actions:
            self._actions.deleteLater()
            self._actions.hide()
            self._actions = None

    def _show_actions(self, entry: Entry) -> None:
        self._end_actions()
        self._actions = RowActions(self.theme, self.tr_, self)
        if entry.message.text:
            self._actions.add_copy()
        self._actions.add_regenerate()
        self._actions.add_versions(entry)
        self._actions.add_words(statistics(entry.message, self.tr_))
        self.connect_actions(self._actions)
        self._actions.set_lasting(self._is_last)
        self._actions.show()
