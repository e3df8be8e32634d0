"""Markdown as widgets: runs of text share one view, each code block has its own."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtWidgets import QWidget

from app.ui.theme import Theme
from app.ui.tokens import SPACE_L
from app.ui.widgets.code_block import CodeBlock
from app.ui.widgets.markdown.blocks import Block, Code, Paragraph, Table
from app.ui.widgets.markdown.links import is_allowed
from app.ui.widgets.rich_document import INDENT_PX, RichDocument
from app.ui.widgets.text_view import TextView


class _RichView(TextView):
    """A run of text blocks; a stop of the Tab key only where it has links."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        self._content = RichDocument(theme.tokens)
        super().__init__(theme, self._content, parent)

    def show_blocks(self, blocks: Sequence[Block]) -> None:
        self._content.show_blocks(blocks)
        has_links = any(_has_link(block) for block in blocks)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if has_links else Qt.FocusPolicy.ClickFocus)


_Part = _RichView | CodeBlock


class MarkdownView(QWidget):
    """Shows blocks; `lay_out` places it at a width and gives the height it needs.

    `link_activated` tells a target that was clicked (http, https or mailto only); nothing is opened.
    It is drawn in the colours of the theme in force when it was made.
    """

    link_activated = Signal(str)

    def __init__(self, theme: Theme, words: tuple[str, str], parent: QWidget | None = None) -> None:
        """`words` are those for "Copy" and "Copied" on code."""
        super().__init__(parent)
        self._theme = theme
        self._words = words
        self._blocks: list[Block] = []
        self._parts: list[_Part] = []
        self._indents: list[int] = []
        self._width = 0

    def expect_width(self, width: int) -> None:
        """The width it will probably be laid out for."""
        self._width = width

    def show_blocks(self, blocks: Sequence[Block], *, is_open: bool = False) -> None:
        """Show these; what stays equal at the beginning is not touched. `is_open`: more will come."""
        self._blocks = list(blocks)
        groups = _groups(self._blocks)
        for index, group in enumerate(groups):
            self._show_part(index, group, is_open and index == len(groups) - 1)
        self._drop(len(groups))

    def lay_out(self, width: int) -> int:
        self._width = width
        top = 0
        for index, part in enumerate(self._parts):
            top += SPACE_L if index else 0
            left = self._indents[index]
            height = part.lay_out(width - left)
            part.setGeometry(left, top, width - left, height)
            top += height
        return top

    def stops(self) -> list[QWidget]:
        """What the Tab key stops at, in order."""
        stops: list[QWidget] = []
        for part in self._parts:
            stops += part.stops() if isinstance(part, CodeBlock) else [part]
        return stops

    def selected_text(self) -> str:
        """What is marked in one of its parts, or nothing."""
        views = (part.view if isinstance(part, CodeBlock) else part for part in self._parts)
        return next((view.selected_text() for view in views if view.textCursor().hasSelection()), "")

    def _show_part(self, index: int, group: list[Block], is_open: bool) -> None:
        first = group[0]
        if index < len(self._parts) and isinstance(self._parts[index], CodeBlock) != isinstance(first, Code):
            self._drop(index)
        if index == len(self._parts):
            self._add(self._code_block() if isinstance(first, Code) else self._rich_view())
        part = self._parts[index]
        self._indents[index] = first.place.lists * INDENT_PX if isinstance(first, Code) else 0
        if isinstance(part, CodeBlock) and isinstance(first, Code):
            part.show_code(first.text, first.language, is_open=is_open)
        elif isinstance(part, _RichView):
            part.show_blocks(group)

    def _code_block(self) -> CodeBlock:
        return CodeBlock(self._theme, self._words, self)

    def _rich_view(self) -> _RichView:
        view = _RichView(self._theme, self)
        view.wrap_at(self._width)
        view.anchorClicked.connect(self._follow)
        return view

    def _add(self, part: _Part) -> None:
        self._parts.append(part)
        self._indents.append(0)
        part.show()

    def _drop(self, kept: int) -> None:
        for part in self._parts[kept:]:
            part.hide()
            part.deleteLater()
        del self._parts[kept:]
        del self._indents[kept:]

    def _follow(self, url: QUrl) -> None:
        target = url.toString(QUrl.ComponentFormattingOption.FullyEncoded)
        if is_allowed(target):
            self.link_activated.emit(target)


def _groups(blocks: Sequence[Block]) -> list[list[Block]]:
    """The blocks by the part they are shown in: each code alone, other neighbours together."""
    groups: list[list[Block]] = []
    for block in blocks:
        if groups and not isinstance(block, Code) and not isinstance(groups[-1][0], Code):
            groups[-1].append(block)
        else:
            groups.append([block])
    return groups


def _has_link(block: Block) -> bool:
    if isinstance(block, Table):
        return any(span.link for row in block.rows for cell in row for span in cell)
    return isinstance(block, Paragraph) and any(span.link for span in block.spans)
