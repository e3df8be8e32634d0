"""Markdown blocks written into a QTextDocument, the first ones kept where only the last ones change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, Qt, QUrl
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QImage,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextLength,
    QTextListFormat,
    QTextTable,
    QTextTableCellFormat,
    QTextTableFormat,
)

from app.ui.theme import code_font
from app.ui.tokens import BODY_PX, LINE_HEIGHT, SPACE_L, SPACE_M, SPACE_S, SPACE_XL, SPACE_XS, Tokens
from app.ui.widgets.markdown.blocks import Block, Paragraph, Place, Rule, Span, Spans, Table, common

QUOTES = QTextFormat.Property.UserProperty + 1
"""Block property: how many bars of quotes to draw at its left."""
RULE = QTextFormat.Property.UserProperty + 2
"""Block property: draw a line across."""
INDENT_PX = SPACE_XL
_HEADING_PX = {1: 21, 2: 18, 3: 16}
_STYLES = QTextListFormat.Style
_BULLETS = (_STYLES.ListDisc, _STYLES.ListCircle, _STYLES.ListSquare)
_TASKS = {"[x]": QTextBlockFormat.MarkerType.Checked, "[ ]": QTextBlockFormat.MarkerType.Unchecked}
_ALIGN = {"center": Qt.AlignmentFlag.AlignHCenter, "right": Qt.AlignmentFlag.AlignRight}


class SealedDocument(QTextDocument):
    """A document that loads nothing: whatever it asks for, it gets an empty picture."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setUndoRedoEnabled(False)
        self.setDocumentMargin(0)
        self.setIndentWidth(INDENT_PX)

    def loadResource(self, _kind: int, _name: QUrl | str) -> Any:
        return QImage()


class RichDocument(SealedDocument):
    """Shows `blocks` (no `Code` among them) in the colours of `tokens`."""

    def __init__(self, tokens: Tokens, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tokens = tokens
        self._blocks: list[Block] = []
        self._starts: list[int] = []
        self._is_fresh = True
        """Whether the last paragraph of the document is empty and waits for the next block."""

    def show_blocks(self, blocks: Sequence[Block]) -> int:
        """Make the document show these; so many blocks at its beginning stayed equal and were not touched."""
        kept = common(self._blocks, blocks)
        if kept == len(blocks) == len(self._blocks):
            return kept
        cursor = QTextCursor(self)
        cursor.beginEditBlock()
        self._cut(cursor, kept)
        for block in blocks[kept:]:
            self._write(cursor, block)
        cursor.endEditBlock()
        self._blocks = list(blocks)
        return kept

    def _cut(self, cursor: QTextCursor, kept: int) -> None:
        if kept < len(self._starts):
            cursor.setPosition(self._starts[kept])
            cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
            cursor.removeSelectedText()
            del self._starts[kept:]
            self._is_fresh = True
        cursor.movePosition(QTextCursor.MoveOperation.End)

    def _write(self, cursor: QTextCursor, block: Block) -> None:
        layout = self._block_format(block)
        if self._is_fresh:
            cursor.setBlockFormat(layout)
            cursor.setBlockCharFormat(QTextCharFormat())
            self._is_fresh = False
        else:
            cursor.insertBlock(layout, QTextCharFormat())
        self._starts.append(cursor.position())
        match block:
            case Paragraph():
                self._write_paragraph(cursor, block)
            case Table():
                self._write_table(cursor, block)

    def _write_paragraph(self, cursor: QTextCursor, block: Paragraph) -> None:
        if block.marker:
            cursor.createList(_list_format(block))
        self._write_spans(cursor, block.spans, self._heading_format(block.level))

    def _block_format(self, block: Block) -> QTextBlockFormat:
        layout = _spaced(block.place)
        layout.setTopMargin(self._space_above(block))
        if block.place.quotes:
            layout.setProperty(QUOTES, block.place.quotes)
        if isinstance(block, Paragraph):
            layout.setIndent(0 if block.marker else block.place.lists)
            layout.setMarker(_TASKS.get(block.marker, QTextBlockFormat.MarkerType.NoMarker))
            layout.setHeadingLevel(block.level)
        if isinstance(block, Rule):
            layout.setProperty(RULE, True)
        return layout

    def _space_above(self, block: Block) -> int:
        if not self._starts:
            return 0
        if isinstance(block, Paragraph):
            if block.level:
                return SPACE_XL if block.level < 3 else SPACE_M + SPACE_XS
            if block.is_tight:
                return SPACE_XS
        return SPACE_M

    def _heading_format(self, level: int) -> QTextCharFormat:
        style = QTextCharFormat()
        if level:
            style.setFontWeight(QFont.Weight.DemiBold)
            style.setProperty(QTextFormat.Property.FontPixelSize, _HEADING_PX.get(level, BODY_PX))
        return style

    def _write_spans(self, cursor: QTextCursor, spans: Spans, base: QTextCharFormat) -> None:
        for span in spans:
            cursor.insertText(span.text, self._char_format(span, base))

    def _char_format(self, span: Span, base: QTextCharFormat) -> QTextCharFormat:
        style = QTextCharFormat(base)
        if span.is_bold:
            style.setFontWeight(QFont.Weight.DemiBold)
        style.setFontItalic(span.is_italic)
        style.setFontStrikeOut(span.is_struck)
        if span.is_code:
            font = code_font()
            style.setFontFamilies(font.families())
            style.setFontFixedPitch(True)
            style.setProperty(QTextFormat.Property.FontPixelSize, BODY_PX - 1)
            style.setBackground(QColor(self._tokens.raised))
        if span.link:
            style.setAnchor(True)
            style.setAnchorHref(span.link)
            style.setForeground(QColor(self._tokens.accent))
            style.setFontUnderline(True)
        return style

    def _write_table(self, cursor: QTextCursor, block: Table) -> None:
        table = cursor.insertTable(len(block.rows), len(block.aligns), self._table_format(block))
        for row, cells in enumerate(block.rows):
            for column, spans in enumerate(cells):
                self._write_cell(table, row, column, spans, block.aligns[column])
        cursor.movePosition(QTextCursor.MoveOperation.End)
        self._is_fresh = True

    def _table_format(self, block: Table) -> QTextTableFormat:
        layout = QTextTableFormat()
        layout.setBorder(0)
        layout.setBorderCollapse(True)
        layout.setCellPadding(0)
        layout.setCellSpacing(0)
        layout.setHeaderRowCount(1)
        layout.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
        layout.setTopMargin(SPACE_XS if self._starts[:-1] else 0)
        layout.setBottomMargin(SPACE_L)
        layout.setLeftMargin(block.place.lists * INDENT_PX)
        return layout

    def _write_cell(self, table: QTextTable, row: int, column: int, spans: Spans, align: str) -> None:
        cell = table.cellAt(row, column)
        cell.setFormat(self._cell_format(row, row == table.rows() - 1))
        cursor = cell.firstCursorPosition()
        layout = QTextBlockFormat()
        layout.setAlignment(_ALIGN.get(align, Qt.AlignmentFlag.AlignLeft))
        cursor.setBlockFormat(layout)
        base = QTextCharFormat()
        if row == 0:
            base.setFontWeight(QFont.Weight.DemiBold)
        self._write_spans(cursor, spans, base)

    def _cell_format(self, row: int, is_last: bool) -> QTextTableCellFormat:
        style = QTextTableCellFormat()
        style.setTopPadding(SPACE_S)
        style.setBottomPadding(SPACE_S)
        style.setLeftPadding(SPACE_S)
        style.setRightPadding(SPACE_S)
        if not is_last:
            style.setBottomBorderStyle(QTextTableFormat.BorderStyle.BorderStyle_Solid)
            style.setBottomBorder(1)
            colour = self._tokens.border if row else self._tokens.outline
            style.setBottomBorderBrush(QBrush(QColor(colour)))
        return style


def _spaced(place: Place) -> QTextBlockFormat:
    layout = QTextBlockFormat()
    layout.setLineHeight(BODY_PX * LINE_HEIGHT, QTextBlockFormat.LineHeightTypes.MinimumHeight.value)
    layout.setLeftMargin(place.quotes * (SPACE_M + SPACE_XS))
    return layout


def _list_format(block: Paragraph) -> QTextListFormat:
    style = QTextListFormat()
    style.setIndent(block.place.lists)
    if block.marker.isdecimal():
        style.setStyle(QTextListFormat.Style.ListDecimal)
        style.setStart(int(block.marker))
    else:
        style.setStyle(_BULLETS[(block.place.lists - 1) % len(_BULLETS)])
    return style
