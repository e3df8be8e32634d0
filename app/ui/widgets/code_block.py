"""A block of code: its language and a Copy button above, coloured, scrolled sideways where long."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QGuiApplication,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextLayout,
)
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QWidget

from app.ui.theme import Theme, code_font
from app.ui.tokens import LINE_HEIGHT, SMALL_PX, SPACE_M, SPACE_S, SPACE_XS
from app.ui.widgets.markdown.highlight import highlight
from app.ui.widgets.rich_document import SealedDocument
from app.ui.widgets.text_view import TextView

_COPIED_MS = 1500
_LIVE_LIMIT = 800
"""While code streams, only so much of its end is coloured again with each piece."""
_HEAD_PX = 24

_Runs = dict[int, list[QTextLayout.FormatRange]]
"""By line number."""


class CodeBlock(QFrame):
    """`lay_out` places it at a width and gives the height it needs. Copying gives exactly what is shown."""

    def __init__(self, theme: Theme, words: tuple[str, str], parent: QWidget | None = None) -> None:
        """`words` are those for "Copy" and "Copied"."""
        super().__init__(parent)
        self.setProperty("kind", "card")
        self._theme = theme
        self._words = words
        self._text = ""
        self._coloured = 0
        self._language = ""
        self._is_open = False
        self._label = QLabel(self)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setProperty("kind", "muted")
        self._copy = self._copy_button()
        self._document = SealedDocument()
        self._view = TextView(theme, self._document, self, is_wrapping=False)
        self._plain = QTextCharFormat()
        self._plain.setFont(code_font())
        self._view.setTabStopDistance(4 * QFontMetricsF(code_font()).horizontalAdvance(" "))

    @property
    def text(self) -> str:
        return self._text

    @property
    def view(self) -> TextView:
        return self._view

    def show_code(self, text: str, language: str, *, is_open: bool = False) -> None:
        """Show `text`; more of the same code is only added. While `is_open`, colours may wait."""
        if (text, language, is_open) == (self._text, self._language, self._is_open):
            return
        if language != self._language:
            self._language = language
            self._label.setText(language)
            self._view.setAccessibleName(language)
        self._add(text)
        if not is_open or self._is_time_to_colour():
            self._colour(is_open)
        self._is_open = is_open

    def lay_out(self, width: int) -> int:
        inner = width - 2 * SPACE_M
        height = self._view.lay_out(inner)
        button = self._copy.sizeHint()
        self._label.setGeometry(SPACE_M, SPACE_S, inner - button.width(), _HEAD_PX)
        self._copy.setGeometry(width - SPACE_S - button.width(), SPACE_S, button.width(), _HEAD_PX)
        top = SPACE_S + _HEAD_PX + SPACE_XS
        self._view.setGeometry(SPACE_M, top, inner, height)
        return top + height + SPACE_M

    def copy(self) -> None:
        """Put the code as shown on the clipboard, and say so for a moment."""
        QGuiApplication.clipboard().setText(self._text)
        self._copy.setText(self._words[1])
        self._copy.setIcon(self._theme.icon("check", size_px=16))
        QTimer.singleShot(_COPIED_MS, self._copy, self._label_copy)

    def _copy_button(self) -> QPushButton:
        button = QPushButton(self)
        button.setProperty("kind", "quiet")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(self.copy)
        self._copy = button
        self._label_copy()
        return button

    def _label_copy(self) -> None:
        self._copy.setText(self._words[0])
        self._copy.setIcon(self._theme.icon("copy", size_px=16))

    def _add(self, text: str) -> None:
        cursor = QTextCursor(self._document)
        if not self._text or not text.startswith(self._text):
            self._text = ""
            self._coloured = 0
            cursor.select(QTextCursor.SelectionType.Document)
            cursor.removeSelectedText()
            layout = QTextBlockFormat()
            layout.setLineHeight(SMALL_PX * LINE_HEIGHT, QTextBlockFormat.LineHeightTypes.MinimumHeight.value)
            cursor.setBlockFormat(layout)
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(text[len(self._text) :], self._plain)
        self._text = text

    def _is_time_to_colour(self) -> bool:
        """Open code is coloured line by line: at each new line."""
        return "\n" in self._text[self._coloured :]

    def _colour(self, is_open: bool) -> None:
        """Colour all once the code is whole; before that the last lines, as if the code began there."""
        start = 0
        if is_open:
            start = self._text.find("\n", max(0, len(self._text) - _LIVE_LIMIT)) + 1
            start = start if len(self._text) > _LIVE_LIMIT else 0
        self._coloured = len(self._text)
        runs: _Runs = {}
        for at, length, role in highlight(self._text[start:], self._language):
            self._spread(runs, start + at, length, role)
        block = self._document.findBlock(start)
        while block.isValid():
            block.layout().setFormats(runs.get(block.blockNumber(), []))
            block = block.next()
        self._document.markContentsDirty(start, len(self._text) - start)

    def _spread(self, runs: _Runs, at: int, length: int, role: str) -> None:
        """Lay one run over the lines it covers."""
        end = at + length
        while at < end:
            block = self._document.findBlock(at)
            stop = min(end, block.position() + block.length() - 1)
            if stop > at:
                piece = QTextLayout.FormatRange()
                piece.start = at - block.position()
                piece.length = stop - at
                piece.format = self._format(role)
                runs.setdefault(block.blockNumber(), []).append(piece)
            at = max(stop, at) + 1 if stop < end else end

    def _format(self, role: str) -> QTextCharFormat:
        style = QTextCharFormat()
        style.setForeground(QColor(getattr(self._theme.tokens.code, role)))
        if role == "comment":
            style.setFontItalic(True)
        return style
