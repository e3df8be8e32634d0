"""A field for code: numbered lines, colours, and marks on the lines where something is wrong."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from app.ui.theme import Theme, code_font
from app.ui.tokens import SPACE_M, SPACE_S
from app.ui.widgets.markdown.highlight import SIZE_LIMIT, highlight

_INDENT = "  "


class CodeEdit(QPlainTextEdit):
    """Plain text alone; Tab leads on to the next control, Enter keeps the indentation."""

    def __init__(self, theme: Theme, language: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._marked: frozenset[int] = frozenset()
        self.setProperty("kind", "code")
        self.setFont(code_font())
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTabChangesFocus(True)
        self._colours = _Colours(self.document(), theme, language)
        self._gutter = _Gutter(self)
        self.blockCountChanged.connect(self._make_room)
        self.updateRequest.connect(self._gutter.follow)
        self._make_room()

    @property
    def marked(self) -> frozenset[int]:
        return self._marked

    def mark_lines(self, lines: Sequence[int]) -> None:
        """Mark these lines, from 1 on, as wrong; no others."""
        self._marked = frozenset(lines)
        self.setExtraSelections([self._mark(line) for line in sorted(self._marked)])
        self._gutter.update()

    def go_to_line(self, line: int) -> None:
        """Put the cursor there and take the focus."""
        block = self.document().findBlockByNumber(line - 1)
        cursor = QTextCursor(block)
        cursor.movePosition(QTextCursor.MoveOperation.Right, n=_indent(block.text()))
        self.setTextCursor(cursor)
        self.centerCursor()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def replace_text(self, text: str) -> None:
        """Another text, which Undo takes back; what both have in common stays, and the cursor in it."""
        before = self.toPlainText()
        start = _alike(before, text)
        rest = _alike(before[start:][::-1], text[start:][::-1])
        cursor = QTextCursor(self.document())
        cursor.setPosition(_units(before[:start]))
        cursor.setPosition(_units(before[: len(before) - rest]), QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(text[start : len(text) - rest])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.insertPlainText("\n" + self._indentation())
            self.ensureCursorVisible()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = self.contentsRect()
        self._gutter.setGeometry(QRect(room.left(), room.top(), self._gutter_px(), room.height()))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._colours.rehighlight()
            self.mark_lines(list(self._marked))

    def paint_numbers(self, painter: QPainter, top: int, bottom: int) -> None:
        """The numbers of the lines between these heights; those of marked lines in red."""
        tokens = self._theme.tokens
        painter.setFont(self.font())
        block, width = self.firstVisibleBlock(), self._gutter_px() - SPACE_S
        while block.isValid():
            place = self.blockBoundingGeometry(block).translated(self.contentOffset()).toRect()
            if place.top() > bottom:
                break
            number = block.blockNumber() + 1
            painter.setPen(QColor(tokens.danger if number in self._marked else tokens.muted))
            if place.bottom() >= top:
                painter.drawText(QRect(0, place.top(), width, place.height()), _NUMBERS, str(number))
            block = block.next()

    def _gutter_px(self) -> int:
        digits = max(2, len(str(self.blockCount())))
        return SPACE_M + digits * self.fontMetrics().horizontalAdvance("9") + SPACE_S

    def _make_room(self) -> None:
        self.setViewportMargins(self._gutter_px(), 0, 0, 0)
        self._gutter.resize(self._gutter_px(), self._gutter.height())

    def _indentation(self) -> str:
        """That of the line the cursor is in; more after an opening bracket."""
        cursor = self.textCursor()
        before = cursor.block().text()[: cursor.positionInBlock()]
        opens = before.rstrip().endswith(("{", "["))
        return before[: _indent(before)] + (_INDENT if opens else "")

    def _mark(self, line: int) -> QTextEdit.ExtraSelection:
        selection = QTextEdit.ExtraSelection()
        block = self.document().findBlockByNumber(line - 1)
        cursor = QTextCursor(block)
        cursor.movePosition(QTextCursor.MoveOperation.Right, n=_indent(block.text()))
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        style = QTextCharFormat()
        style.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        style.setUnderlineColor(QColor(self._theme.tokens.danger))
        selection.cursor = cursor
        selection.format = style
        return selection


_NUMBERS = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)


class _Gutter(QWidget):
    """The strip with the numbers."""

    def __init__(self, edit: CodeEdit) -> None:
        super().__init__(edit)
        self._edit = edit

    def sizeHint(self) -> QSize:
        return QSize(self.width(), 0)

    def follow(self, rect: QRect, scrolled_px: int) -> None:
        if scrolled_px:
            self.scroll(0, scrolled_px)
        else:
            self.update(0, rect.y(), self.width(), rect.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._edit.paint_numbers(painter, event.rect().top(), event.rect().bottom())
        painter.end()


class _Colours(QSyntaxHighlighter):
    """Line by line, which is enough for JSON: nothing in it reaches over the end of a line."""

    def __init__(self, document: QTextDocument, theme: Theme, language: str) -> None:
        super().__init__(document)
        self._theme = theme
        self._language = language

    def highlightBlock(self, text: str) -> None:
        if self.document().characterCount() > SIZE_LIMIT:
            return
        for start, length, role in highlight(text, self._language):
            style = QTextCharFormat()
            style.setForeground(QColor(getattr(self._theme.tokens.code, role)))
            self.setFormat(start, length, style)


def _alike(first: str, second: str) -> int:
    """How many characters both begin with."""
    differs = (at for at, (one, other) in enumerate(zip(first, second, strict=False)) if one != other)
    return next(differs, min(len(first), len(second)))


def _units(text: str) -> int:
    """How many places Qt counts for it: two for a character beyond the first 65,536."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip(" "))
