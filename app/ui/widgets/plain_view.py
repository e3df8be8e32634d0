"""Plain text as it stands, with the line height of running text; grows at its end."""

from __future__ import annotations

from PySide6.QtGui import QColor, QTextBlockFormat, QTextCharFormat, QTextCursor, QTextFormat
from PySide6.QtWidgets import QWidget

from app.ui.theme import Theme
from app.ui.tokens import BODY_PX, LINE_HEIGHT, SMALL_PX
from app.ui.widgets.markdown.marks import visible_text
from app.ui.widgets.rich_document import SealedDocument
from app.ui.widgets.text_view import TextView


class PlainView(TextView):
    """`is_muted`: small and grey, for what matters less."""

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, is_muted: bool = False) -> None:
        super().__init__(theme, SealedDocument(), parent)
        self._size_px = SMALL_PX if is_muted else BODY_PX
        self._is_muted = is_muted
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
        cursor.insertText(visible_text(text[len(self._text) :]), self._char_format())
        self._text = text

    def _char_format(self) -> QTextCharFormat:
        style = QTextCharFormat()
        style.setProperty(QTextFormat.Property.FontPixelSize, self._size_px)
        if self._is_muted:
            style.setForeground(QColor(self._theme.tokens.muted))
        return style
