"""Have the model draft a schema from a sentence: watched while it is written, and stopped at will."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.core.errors import AlcoveError, SchemaRefused
from app.core.events import Delta, Event, LoadProgress, PromptProgress, Retried
from app.core.message import Channel, Status
from app.i18n import Texts
from app.structured.json_text import read
from app.ui.background import Background
from app.ui.chat.wording import progress
from app.ui.opening import Opening
from app.ui.stream import Stream
from app.ui.theme import Theme
from app.ui.tokens import SPACE_M, SPACE_XL
from app.ui.widgets.code_edit import CodeEdit

if TYPE_CHECKING:
    from app.services.answer import Answer

_SIZE = (560, 460)
_PARTS = 1000


class DescribeDialog(QDialog):
    """`made` gives a finished draft; what was asked stays, for the next time it is opened."""

    made = Signal(str)
    failed = Signal(object)

    def __init__(
        self, opening: Opening, background: Background, theme: Theme, tr: Texts, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._opening = opening
        self._background = background
        self._tr = tr
        self._answer: Answer | None = None
        self._stream: Stream[Event] | None = None
        self._is_asking = False
        self._text = ""
        self.wish = QLineEdit()
        self.draft = CodeEdit(theme, "json")
        self.words = QLabel()
        self.bar = QProgressBar()
        self.button = QPushButton()
        self._place()
        self.wish.textChanged.connect(self._show_state)
        self.wish.returnPressed.connect(self._start)
        self.button.clicked.connect(self._press)
        self._say("")
        self._show_state()

    @property
    def is_drafting(self) -> bool:
        return self._is_asking or self._stream is not None

    def reject(self) -> None:
        self.stop()
        super().reject()

    def stop(self) -> None:
        """Write no more of the draft."""
        if self._stream is not None:
            self._stream.cancel()

    def _press(self) -> None:
        if self.is_drafting:
            self.stop()
        else:
            self._start()

    def _start(self) -> None:
        wish = self.wish.text().strip()
        if not wish or self.is_drafting:
            return
        self._is_asking = True
        self._text = ""
        self.draft.clear()
        self._show_progress(None)
        self._show_state()

        def ask() -> Answer:
            return self._opening.alcove.formats.describe(wish)

        self._background.run(self, ask, self._begin, self._end)

    def _begin(self, answer: Answer) -> None:
        self._is_asking = False
        self._answer = answer
        self._stream = Stream(self._background, self, answer, self._feed, self._end)
        if self.isHidden():  # put away before it began
            self.stop()

    def _feed(self, events: Sequence[Event]) -> None:
        for event in events:
            match event:
                case LoadProgress() | PromptProgress():
                    self._show_progress(event)
                case Delta(Channel.FINAL, text):
                    self._show_writing(self._tr("Writing the draft…"))
                    self._text += text
                case Delta():
                    self._show_writing(self._tr("Thinking…"))
                case Retried():
                    self._text = ""
        self._show_draft()

    def _end(self, error: Exception | None) -> None:
        answer, self._answer = self._answer, None
        self._stream, self._is_asking = None, False
        self.bar.hide()
        self._show_state()
        if error is not None or answer is None:
            self._show_error(error)
        elif answer.message.status is not Status.COMPLETE:
            self._say(self._tr("The draft is not complete."))
        elif answer.message.faults:
            self._say(self._tr("This draft is no schema: ask again in other words."), is_fault=True)
        elif self.isVisible():
            self._take(answer.message.text)

    def _take(self, text: str) -> None:
        from app.services.formats import drafted

        try:
            schema = drafted(text)
        except SchemaRefused as error:
            self._show_error(error)
        else:
            self._say("")
            self.made.emit(schema)
            self.accept()

    def _show_draft(self) -> None:
        """As far as it has come, set as people read it."""
        value = read(self._text).value
        shown = "" if value is None else json.dumps(value, ensure_ascii=False, indent=2)
        if shown != self.draft.toPlainText():
            self.draft.setPlainText(shown)
            self.draft.moveCursor(QTextCursor.MoveOperation.End)

    def _show_error(self, error: Exception | None) -> None:
        from app.i18n.sentences import explain

        if isinstance(error, AlcoveError):
            self._say(explain(error, self._tr), is_fault=True)
        else:
            self.failed.emit(error)

    def _show_progress(self, event: LoadProgress | PromptProgress | None) -> None:
        text, fraction = progress(event, self._tr)
        self._say(text)
        self.bar.setValue(round(_PARTS * fraction))
        self.bar.show()

    def _show_writing(self, text: str) -> None:
        self.bar.hide()
        if self.words.text() != text:
            self._say(text)

    def _say(self, text: str, *, is_fault: bool = False) -> None:
        self.words.setText(text)
        self.words.setProperty("kind", "danger" if is_fault else "muted")
        self.words.style().unpolish(self.words)
        self.words.style().polish(self.words)

    def _show_state(self) -> None:
        self.button.setText(self._tr("Stop") if self.is_drafting else self._tr("Draft it"))
        self.button.setEnabled(self.is_drafting or bool(self.wish.text().strip()))
        self.wish.setReadOnly(self.is_drafting)

    def _place(self) -> None:
        tr = self._tr
        self.setWindowTitle(tr("Describe it"))
        self.resize(*_SIZE)
        self.wish.setPlaceholderText(tr("For example: the ingredients and the steps of a recipe"))
        self.wish.setAccessibleName(tr("What the answers should hold"))
        self.draft.setReadOnly(True)
        self.draft.setProperty("kind", "field")
        self.draft.setAccessibleName(tr("The draft"))
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.bar.setRange(0, _PARTS)
        self.bar.setTextVisible(False)
        self.bar.hide()
        self.button.setProperty("kind", "primary")
        self.button.setAutoDefault(False)
        cancel = QPushButton(tr("Cancel"))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.setSpacing(SPACE_M)
        row.addWidget(self.words, 1)
        row.addWidget(cancel)
        row.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_XL, SPACE_XL, SPACE_XL, SPACE_XL)
        column.setSpacing(SPACE_M)
        column.addWidget(QLabel(tr("What should the answers hold? One sentence is enough.")))
        column.addWidget(self.wish)
        column.addWidget(self.draft, 1)
        column.addWidget(self.bar)
        column.addLayout(row)
