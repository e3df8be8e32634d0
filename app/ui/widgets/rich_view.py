"""A run of Markdown text as a widget; draws the bars of quotes and the rules itself."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QTextBlock
from PySide6.QtWidgets import QWidget

from app.ui.theme import Theme
from app.ui.tokens import BODY_PX, LINE_HEIGHT, SPACE_M, SPACE_XS
from app.ui.widgets.markdown.blocks import Block, Paragraph, Rule, Table
from app.ui.widgets.rich_document import QUOTES, RULE, RichDocument
from app.ui.widgets.text_view import TextView

_BAR_PX = 3


class RichView(TextView):
    """A stop of the Tab key only where it has links."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        self._content = RichDocument(theme.tokens)
        self._has_marks = False
        self._has_links = False
        super().__init__(theme, self._content, parent)

    def show_blocks(self, blocks: Sequence[Block]) -> None:
        new = blocks[self._content.show_blocks(blocks) :]
        self._has_marks = self._has_marks or any(_has_mark(block) for block in new)
        if not self._has_links and any(_has_link(block) for block in new):
            self._has_links = True
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._has_marks:
            return
        painter = QPainter(self.viewport())
        shift = -self.horizontalScrollBar().value()
        block = self.document().findBlock(self.cursorForPosition(event.rect().topLeft()).position())
        layout = self.document().documentLayout()
        while block.isValid():
            area = layout.blockBoundingRect(block).translated(shift, 0)
            if area.top() > event.rect().bottom():
                break
            self._paint_marks(painter, block, area)
            block = block.next()

    def _paint_marks(self, painter: QPainter, block: QTextBlock, area: QRectF) -> None:
        quotes = block.blockFormat().intProperty(QUOTES)
        colour = QColor(self._theme.tokens.border)
        for depth in range(quotes):
            left = depth * (SPACE_M + SPACE_XS)
            bottom = self._quote_end(block, depth, area.bottom())
            painter.fillRect(QRectF(left, area.top(), _BAR_PX, bottom - area.top()), colour)
        if block.blockFormat().boolProperty(RULE):
            painter.fillRect(QRectF(area.left(), round(area.center().y()), self.width(), 1), colour)

    def _quote_end(self, block: QTextBlock, depth: int, bottom: float) -> float:
        """Down to the next block if that is quoted as deeply."""
        following = block.next()
        if following.isValid() and following.blockFormat().intProperty(QUOTES) > depth:
            return self.document().documentLayout().blockBoundingRect(following).top()
        return bottom + max(0.0, BODY_PX * LINE_HEIGHT - self.fontMetrics().height())


def _has_mark(block: Block) -> bool:
    return block.place.quotes > 0 or isinstance(block, Rule)


def _has_link(block: Block) -> bool:
    if isinstance(block, Table):
        return any(span.link for row in block.rows for cell in row for span in cell)
    return isinstance(block, Paragraph) and any(span.link for span in block.spans)
