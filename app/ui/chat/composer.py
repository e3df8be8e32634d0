"""Where a question is written: the field, long pastes, the context meter, and send or stop."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from app.core.model import PromptCount
from app.i18n import Texts
from app.i18n.quantities import duration_text
from app.ui.chat.pastes import Pastes
from app.ui.chat.prompt_edit import PASTE_LIMIT, PromptEdit
from app.ui.theme import Theme
from app.ui.widgets.elided_label import ElidedLabel
from app.ui.widgets.icon_button import IconButton
from app.ui.widgets.meter import Meter

COUNT_MS = 250
_BUTTON_PX = 34
LONG_PREFILL_S = 10.0
"""From so long a wait for the first token on, it is said before sending."""


class State(StrEnum):
    """What the round button does: send, nothing (yet), or stop."""

    READY = "ready"
    WAITING = "waiting"
    ANSWERING = "answering"


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in the composer; `editing` is the earlier question it will replace."""

    text: str = ""
    pastes: tuple[str, ...] = ()
    editing: int | None = None

    @property
    def whole(self) -> str:
        return "\n\n".join(part for part in (self.text, *self.pastes) if part.strip())


def draft_of(text: str, editing: int | None = None) -> Draft:
    """A text as a draft; a long one becomes a block."""
    if len(text) > PASTE_LIMIT:
        return Draft("", (text,), editing)
    return Draft(text, (), editing)


class Composer(QFrame):
    """Emits what the person wants to send; what was typed goes only when `accept` says it was taken."""

    sent = Signal(str)
    edited = Signal(int, str)
    stopped = Signal()
    edit_last_wanted = Signal()
    format_wanted = Signal(object)
    """The answer format is to be chosen, from a menu at this button."""
    count_wanted = Signal()
    """The draft rested for a moment: how many tokens would it be?"""

    def __init__(self, theme: Theme, tr: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tr = tr
        self._state = State.READY
        self._editing: int | None = None
        self._sent: Draft | None = None
        self._aside = Draft()
        self.field = PromptEdit()
        self._pastes = Pastes(theme, tr)
        self._meter = Meter(tr("Context used"))
        self.hint = ElidedLabel()
        self._soon = QTimer(self, singleShot=True, interval=COUNT_MS)
        self._build()
        self._connect()
        self.set_state(State.READY)

    @property
    def draft(self) -> Draft:
        """What stands in the composer now."""
        return Draft(self.field.toPlainText(), self._pastes.texts, self._editing)

    def show_draft(self, draft: Draft) -> None:
        """Put a draft into the composer in place of what is there."""
        self._editing = draft.editing
        self.field.escape_matters = draft.editing is not None
        self._strip.setVisible(draft.editing is not None)
        self.field.setPlainText(draft.text)
        self.field.moveCursor(self.field.textCursor().MoveOperation.End)
        self._pastes.show_texts(draft.pastes)
        self._changed()
        self.count_soon(at_once=True)

    def count_soon(self, at_once: bool = False) -> None:
        self._soon.start(0 if at_once else COUNT_MS)

    def edit(self, message_id: int, text: str) -> None:
        """Edit an earlier question; what is being written meanwhile waits aside."""
        if self._editing is None:
            self._aside = self.draft
        self.show_draft(draft_of(text, message_id))
        self.field.setFocus()

    def stop_editing(self) -> None:
        """Back to what was being written before."""
        self.show_draft(self._aside)
        self._aside = Draft()

    def accept(self, text: str) -> None:
        """`text` is in the chat now: take it out, but nothing that was typed since."""
        sent, self._sent = self._sent, None
        if sent is None or sent.whole != text:
            return
        if sent.editing is not None:
            self.stop_editing()
            return
        typed = self.field.toPlainText()
        left = typed[len(sent.text) :].lstrip("\n") if typed.startswith(sent.text) else typed
        self.show_draft(Draft(left, self._pastes.texts[len(sent.pastes) :]))

    def set_state(self, state: State) -> None:
        self._state = state
        is_answering = state is State.ANSWERING
        label = self._tr("Stop") if is_answering else self._tr("Send")
        self.button.set_icon("stop" if is_answering else "arrow-up")
        self.button.set_label(label)
        self._changed()

    def set_enter_sends(self, enter_sends: bool) -> None:
        self.field.enter_sends = enter_sends

    def show_format(self, name: str) -> None:
        """The format that the next answer has to fit; empty for free text."""
        label = self._tr("Answer format: {name}", name=name) if name else self._tr("Answer format…")
        self.format_button.set_label(label)
        self.format_button.set_role("accent" if name else "muted")

    def set_hint(self, text: str) -> None:
        """A quiet remark beside the meter; empty for none."""
        self.hint.setText(text)

    def forget_count(self) -> None:
        """Another chat is in view: what was counted does not hold for it."""
        self._meter.hide()
        self.set_hint("")

    def show_count(self, count: PromptCount | None) -> None:
        """How full the context will be with the draft, and how long reading it will take."""
        if count is None:  # nobody can count now: what was known last is still about right
            return
        self._meter.show()
        used, total = short_count(count.prompt_tokens), short_count(count.context_tokens)
        fraction = count.prompt_tokens / max(1, count.context_tokens)
        description = self._tr(
            "{used} of {total} tokens of the context, this draft included",
            used=f"{count.prompt_tokens:,}",
            total=f"{count.context_tokens:,}",
        )
        self._meter.show_use(fraction, self._tr("{used} of {total}", used=used, total=total), description)
        self.set_hint(self._remark(count))

    def _remark(self, count: PromptCount) -> str:
        if count.prompt_tokens > count.context_tokens:
            return self._tr("Too long for the context")
        if count.prefill_s is not None and count.prefill_s > LONG_PREFILL_S:
            return self._tr("about {duration} to read", duration=duration_text(count.prefill_s, self._tr))
        return ""

    def _submit(self) -> None:
        draft = self.draft
        if self._state is not State.READY or not draft.whole.strip():
            return
        self._sent = draft
        if draft.editing is None:
            self.sent.emit(draft.whole)
        else:
            self.edited.emit(draft.editing, draft.whole)

    def _press(self) -> None:
        if self._state is State.ANSWERING:
            self.stopped.emit()
        else:
            self._submit()

    def _changed(self) -> None:
        can_send = self._state is State.READY and bool(self.field.toPlainText().strip() or self._pastes.texts)
        self.button.setEnabled(can_send or self._state is State.ANSWERING)
        self.count_soon()

    def _connect(self) -> None:
        self.field.textChanged.connect(self._changed)
        self.field.sent.connect(self._submit)
        self.field.up_in_empty.connect(self.edit_last_wanted)
        self.field.escaped.connect(self.stop_editing)
        self.field.pasted.connect(self._pastes.add)
        self.field.focus_changed.connect(self._show_focus)
        self._pastes.changed.connect(self._changed)
        self.button.clicked.connect(self._press)
        self._soon.timeout.connect(self.count_wanted)

    def _show_focus(self, has_focus: bool) -> None:
        self.setProperty("focused", has_focus)
        self.style().unpolish(self)
        self.style().polish(self)

    def _build(self) -> None:
        self.setProperty("kind", "composer")
        self.field.setPlaceholderText(self._tr("Ask anything. Nothing leaves this computer."))
        self.field.setAccessibleName(self._tr("Message"))
        self.hint.setProperty("kind", "muted")
        self._meter.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 10, 8)
        column.setSpacing(6)
        column.addWidget(self._editing_strip())
        column.addWidget(self._pastes)
        column.addWidget(self.field)
        column.addLayout(self._bottom())
        self.setFocusProxy(self.field)

    def _bottom(self) -> QHBoxLayout:
        self.button: IconButton = IconButton(self._theme, "arrow-up", self._tr("Send"), role="on_accent")
        self.button.setProperty("kind", "round")
        self.button.setFixedSize(_BUTTON_PX, _BUTTON_PX)
        self.format_button: IconButton = IconButton(self._theme, "braces", self._tr("Answer format…"))
        self.format_button.clicked.connect(lambda: self.format_wanted.emit(self.format_button))
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(self.format_button)
        row.addWidget(self.hint, 1)
        row.addWidget(self._meter)
        row.addWidget(self.button)
        return row

    def _editing_strip(self) -> QWidget:
        self._strip = QWidget()
        words = QLabel(self._tr("Editing an earlier question; it stays as another version."))
        words.setProperty("kind", "muted")
        cancel: QToolButton = IconButton(self._theme, "close", self._tr("Stop editing"), size_px=14)
        cancel.clicked.connect(self.stop_editing)
        row = QHBoxLayout(self._strip)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(words, 1)
        row.addWidget(cancel)
        self._strip.hide()
        return self._strip


def short_count(tokens: int) -> str:
    """980, "980"; 3,120, "3.1k"; 8,192, "8k": contexts count in binary thousands, as people name them."""
    if tokens < 1000:
        return str(tokens)
    if tokens % 1024 == 0:
        return f"{tokens // 1024}k"
    return f"{tokens / 1000:.1f}k" if tokens < 99_950 else f"{tokens / 1000:.0f}k"
