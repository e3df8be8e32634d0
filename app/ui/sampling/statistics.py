"""What the last answer cost, and what the engine holds."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.core.message import Message, Role
from app.core.model import LoadedModel
from app.i18n import Texts
from app.i18n.quantities import duration_text, size_text
from app.ui.tokens import SPACE_S, SPACE_XS
from app.ui.widgets.elided_label import ElidedLabel

Lines = tuple[tuple[str, str], ...]


class Statistics(QWidget):
    """A block of names and numbers; hidden while there are none."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines: Lines = ()
        rule = QFrame()
        rule.setProperty("kind", "rule")
        head = QLabel(title)
        head.setProperty("kind", "section")
        self._rows = QVBoxLayout()
        self._rows.setSpacing(6)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        column.addWidget(rule)
        column.addSpacing(SPACE_XS)
        column.addWidget(head)
        column.addLayout(self._rows)
        self.hide()

    def show_lines(self, lines: Lines) -> None:
        if lines == self.lines:
            return
        self.lines = lines
        while item := self._rows.takeAt(0):
            if row := item.widget():
                row.hide()
                row.deleteLater()
        for name, value in lines:
            self._rows.addWidget(_row(name, value))
        self.setVisible(bool(lines))


def answer_lines(message: Message | None, tr: Texts) -> Lines:
    """The figures of an answer; none for one that has no figures (yet)."""
    if message is None or message.role is not Role.ASSISTANT or not message.usage.completion_tokens:
        return ()
    usage, timing = message.usage, message.timing
    return (
        (tr("Tokens"), f"{usage.completion_tokens:,}"),
        (tr("Tokens per second"), f"{timing.tokens_per_s:.1f}"),
        (tr("First token after"), duration_text(timing.first_token_s, tr)),
        (
            tr("Prompt"),
            tr.plural(
                "{tokens} token", "{tokens} tokens", usage.prompt_tokens, tokens=f"{usage.prompt_tokens:,}"
            ),
        ),
        (
            tr("Reused from cache"),
            tr.plural(
                "{tokens} token", "{tokens} tokens", usage.cached_tokens, tokens=f"{usage.cached_tokens:,}"
            ),
        ),
    )


def engine_lines(model: LoadedModel | None, name: str, tr: Texts) -> Lines:
    """What is loaded, how large it is and how much it can hold in view."""
    if model is None:
        return ()
    return (
        (tr("Model"), name),
        (tr("Size"), size_text(model.size_bytes)),
        (
            tr("Context"),
            tr.plural(
                "{tokens} token", "{tokens} tokens", model.context_tokens, tokens=f"{model.context_tokens:,}"
            ),
        ),
    )


def _row(name: str, value: str) -> QWidget:
    """A name to the left and its value to the right, read together by screen readers."""
    row = QWidget()
    row.setAccessibleName(f"{name}: {value}")
    what, number = QLabel(name), ElidedLabel(value)
    number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    number.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    for label in (what, number):
        label.setProperty("kind", "muted")
        label.setTextFormat(Qt.TextFormat.PlainText)
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    line.addWidget(what)
    line.addWidget(number, 1)
    return row
