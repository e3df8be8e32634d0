"""Plain text as it stands, with the line height of running text; grows at its end."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QTextBlockFormat, QTextCharFormat, QTextCursor, QTextFormat
from PySide6.QtWidgets import QTextEdit, QWidget

from app.ui.theme import Theme, code_font
from app.ui.tokens import BODY_PX, LINE_HEIGHT, SMALL_PX
from app.ui.widgets.markdown.marks import visible_code, visible_text
from app.ui.widgets.rich_document import SealedDocument
from app.ui.widgets.text_view import TextView


class PlainView(TextView):
    """`is_muted`: small and grey, for what matters less. `is_code`: in the font of code."""

    def __init__(
        self, theme: Theme, parent: QWidget | None = None, *, is_muted: bool = False, is_code: bool = False
    ) -> None:
        super().__init__(theme, SealedDocument(), parent)
        self._size_px = SMALL_PX if is_muted or is_code else BODY_PX
        self._is_muted = is_muted
        self._is_code = is_code
        self._text = ""

    def show_text(self, text: str) -> None:
        """Show `text`; where it only grew, the rest is added."""
        cursor = QTextCursor(self.document())
        if not self._text or not text.startswith(self._text):
            cursor.select(QTextCursor.SelectionType.Document)
            cursor.removeSelectedText()
            layout = QTextBlockFormat()
            line_px = self._size_px * LINE_HEIGHT
            layout.setLineHeight(line_px, QTextBlockFormat.LineHeightTypes.MinimumHeight.value)
            cursor.setBlockFormat(layout)
            self._text = ""
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(self._visible(text[len(self._text) :]), self._char_format())
        self._text = text

    def mark(self, start: int, end: int) -> QRect:
        """Highlight these characters of the text, and nothing else; gives where they are in the view."""
        cursor = QTextCursor(self.document())
        cursor.setPosition(self._position(start))
        area = self.cursorRect(cursor)
        cursor.setPosition(self._position(end), QTextCursor.MoveMode.KeepAnchor)
        marked = QTextEdit.ExtraSelection()
        marked.cursor = cursor
        marked.format.setBackground(QColor(self._theme.tokens.marked))
        self.setExtraSelections([marked])
        return area.united(self.cursorRect(cursor))

    def clear_marks(self) -> None:
        self.setExtraSelections([])

    def _position(self, at: int) -> int:
        """Where a character of the text is in the document, which counts in units of UTF-16."""
        return len(self._visible(self._text[:at]).encode("utf-16-le")) // 2

    def _visible(self, text: str) -> str:
        return visible_code(text) if self._is_code else visible_text(text)

    def _char_format(self) -> QTextCharFormat:
        style = QTextCharFormat()
        if self._is_code:
            style.setFont(code_font())
        style.setProperty(QTextFormat.Property.FontPixelSize, self._size_px)
        if self._is_muted:
            style.setForeground(QColor(self._theme.tokens.muted))
        return style
