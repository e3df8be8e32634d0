"""Markdown as widgets: runs of text share one view, each code block has its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QUrl, Signal
from PySide6.QtWidgets import QWidget

from app.ui.theme import Theme
from app.ui.tokens import SPACE_L
from app.ui.widgets.code_block import CodeBlock
from app.ui.widgets.markdown.blocks import Block, Code, common
from app.ui.widgets.markdown.links import is_allowed
from app.ui.widgets.rich_document import INDENT_PX
from app.ui.widgets.rich_view import RichView


@dataclass(slots=True)
class _Slot:
    """A part, the index of its first block, its indent, and its height once it was laid out."""

    part: RichView | CodeBlock
    first: int
    indent: int = 0
    height: int | None = None


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
        self._slots: list[_Slot] = []
        self._width = 0

    def expect_width(self, width: int) -> None:
        """The width it will probably be laid out for."""
        self._width = width

    def show_blocks(self, blocks: Sequence[Block], *, is_open: bool = False) -> None:
        """Show these; what stays equal at the beginning is not touched. `is_open`: more will come."""
        kept = common(self._blocks, blocks)
        self._blocks = list(blocks)
        index = self._changed_slot(kept)
        start = self._slots[index].first if self._slots else 0
        for group in _groups(self._blocks, start):
            self._show_part(index, start, group, is_open and start + len(group) == len(self._blocks))
            start += len(group)
            index += 1
        self._drop(index)

    def lay_out(self, width: int) -> int:
        is_new_width = width != self._width
        self._width = width
        top = 0
        for index, slot in enumerate(self._slots):
            top += SPACE_L if index else 0
            if slot.height is None or is_new_width:
                slot.height = slot.part.lay_out(width - slot.indent)
                slot.part.setGeometry(slot.indent, top, width - slot.indent, slot.height)
            top += slot.height
        return top

    def selected_text(self) -> str:
        """What is marked in one of its parts, or nothing."""
        parts = (slot.part for slot in self._slots)
        views = (part.view if isinstance(part, CodeBlock) else part for part in parts)
        return next((view.selected_text() for view in views if view.textCursor().hasSelection()), "")

    def _changed_slot(self, kept: int) -> int:
        """The first slot to show again: one that reaches beyond the kept blocks, or else the last."""
        for index, following in enumerate(self._slots[1:]):
            if following.first >= kept:
                return index
        return max(0, len(self._slots) - 1)

    def _show_part(self, index: int, start: int, group: list[Block], is_open: bool) -> None:
        first = group[0]
        if index < len(self._slots) and isinstance(self._slots[index].part, CodeBlock) != isinstance(
            first, Code
        ):
            self._drop(index)
        if index == len(self._slots):
            self._slots.append(
                _Slot(self._code_block() if isinstance(first, Code) else self._rich_view(), start)
            )
        slot = self._slots[index]
        slot.first = start
        slot.height = None
        if isinstance(slot.part, RichView):
            slot.part.show_blocks(group)
        elif isinstance(first, Code):
            slot.indent = first.place.lists * INDENT_PX
            slot.part.show_code(first.text, first.language, is_open=is_open)

    def _code_block(self) -> CodeBlock:
        block = CodeBlock(self._theme, self._words, self)
        block.show()
        return block

    def _rich_view(self) -> RichView:
        view = RichView(self._theme, self)
        view.wrap_at(self._width)
        view.anchorClicked.connect(self._follow)
        view.show()
        return view

    def _drop(self, kept: int) -> None:
        for slot in self._slots[kept:]:
            slot.part.hide()
            slot.part.deleteLater()
        del self._slots[kept:]

    def _follow(self, url: QUrl) -> None:
        target = url.toString(QUrl.ComponentFormattingOption.FullyEncoded)
        if is_allowed(target):
            self.link_activated.emit(target)


def _groups(blocks: Sequence[Block], start: int) -> list[list[Block]]:
    """The blocks from `start` on by the part they are shown in: each code alone."""
    groups: list[list[Block]] = []
    for block in blocks[start:]:
        if groups and not isinstance(block, Code) and not isinstance(groups[-1][0], Code):
            groups[-1].append(block)
        else:
            groups.append([block])
    return groups
