"""An answer: the reasoning folded above, then Markdown or a card, a remark on its end, and the actions."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMenu, QWidget

from app.core.message import Status
from app.i18n import Texts
from app.ui.chat.entry import Entry
from app.ui.chat.live import LiveAnswer
from app.ui.chat.reasoning import CHEVRON_PX, Reasoning
from app.ui.chat.row import Row, column
from app.ui.chat.row_actions import HEIGHT_PX, RowActions
from app.ui.chat.structured_card import StructuredCard
from app.ui.chat.waiting import Waiting
from app.ui.chat.wording import remark, statistics, thought
from app.ui.theme import Theme
from app.ui.tokens import SPACE_S, SPACE_XS
from app.ui.widgets.markdown.blocks import Block
from app.ui.widgets.markdown.parse import parse
from app.ui.widgets.markdown_view import MarkdownView


class AnswerRow(Row):
    """`show_live` shows it while it is written, `show_entry` once it has ended.

    What has a format to fit is shown as a card, everything else as Markdown.
    """

    def __init__(self, theme: Theme, tr: Texts, entry: Entry, parent: QWidget) -> None:
        super().__init__(theme, tr, entry, parent)
        self._view = self._make_view(column(parent.width())[1])
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
        self.show_end(entry, None)

    def show_end(self, entry: Entry, live: LiveAnswer | None) -> None:
        """Show the answer once it has ended; `live` is how it came, where that was seen."""
        self.entry = entry
        message = entry.message
        self._show_waiting(None)
        self._show_reasoning(thought(message, self.tr_), message.reasoning)
        if isinstance(self._view, StructuredCard):
            self._view.show()
            self._view.show_end(message, entry.asked, is_again=bool(live and live.faults))
        else:
            self._view.show_blocks(_blocks(message.text, live))
        self._show_remark("" if message.format else remark(message, self.tr_))
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
        if isinstance(self._view, StructuredCard):
            self._view.setVisible(bool(live.text or live.faults))
            self._view.show_live(live.text, is_again=bool(live.faults))
        else:
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
            if part is not None and not part.isHidden():
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

    def fill_menu(self, menu: QMenu) -> None:
        super().fill_menu(menu)
        for button in self._view.buttons if isinstance(self._view, StructuredCard) else ():
            menu.addAction(button.icon(), button.text().strip()).triggered.connect(button.click)

    def set_append_target(self, name: str) -> None:
        """The file that answers with a format are appended to; empty until one was chosen."""
        if isinstance(self._view, StructuredCard):
            self._view.set_target(name)
            self.laid_out_px = 0

    def _make_view(self, width: int) -> MarkdownView | StructuredCard:
        message = self.entry.message
        if message.format is None:
            view = MarkdownView(self.theme, (self.tr_("Copy"), self.tr_("Copied")), self)
            view.expect_width(width)
            view.link_activated.connect(self.link_activated)
            return view
        card = StructuredCard(self.theme, self.tr_, message.format, self)
        card.resized.connect(self._changed)
        card.reached.connect(lambda area: self.reached.emit(area.translated(card.pos())))
        card.traced.connect(lambda start, end: self.traced.emit(message.id, start, end))
        card.save.connect(lambda: self.save.emit(message.id))
        card.append.connect(lambda is_new: self.append.emit(message.id, is_new))
        return card

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
            self._reasoning.toggled.connect(self._changed)
            self._reasoning.set_open(False)
            self._reasoning.show()
        self._reasoning.show_text(title, text)

    def _changed(self) -> None:
        self.laid_out_px = 0
        self.grown.emit()

    def _show_remark(self, text: str) -> None:
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


def _blocks(text: str, live: LiveAnswer | None) -> Sequence[Block]:
    """The blocks of an answer that has ended; they are parsed already where it was seen to come."""
    if live is None or live.text != text:
        return parse(text)
    live.finish()
    return live.blocks
