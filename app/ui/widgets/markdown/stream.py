"""Markdown that arrives in pieces: only the open block is parsed again."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from app.ui.widgets.markdown.blocks import Block, Code
from app.ui.widgets.markdown.marks import visible_code
from app.ui.widgets.markdown.parse import References, normalise, parse, to_blocks, tokenise

if TYPE_CHECKING:
    from markdown_it.token import Token


@dataclass(slots=True)
class BlockStream:
    """Grows by `append`; `blocks` is always what there is to show.

    A top-level block is closed as soon as a complete line begins another one after it: no later text
    changes it, so it is parsed once, and the same object stays in `blocks` for good. After `finish`
    the blocks are those of `parse(text)`, however the text was cut into pieces. One thing waits for
    that moment: a link that is defined below its use becomes a link only when the text is complete.
    """

    text: str = ""
    _closed: list[Block] = field(default_factory=list)
    _open: tuple[Block, ...] = ()
    _tail: str = ""
    _held: str = ""
    _references: References = field(default_factory=dict)
    _fence: _Fence | None = None

    @property
    def blocks(self) -> list[Block]:
        return [*self._closed, *self._open]

    @property
    def open_size(self) -> int:
        """How many characters the next piece may cause to be parsed again."""
        return 0 if self._fence else len(self._tail)

    def append(self, text: str) -> None:
        """Take more text."""
        text = self._held + text
        self._held = "\r" if text.endswith("\r") else ""
        text = normalise(text.removesuffix("\r") if self._held else text)
        self.text += text
        self._tail += text
        if self._fence and self._fence.takes(self._tail):
            self._open = (self._fence.code(self._tail),)
        else:
            self._parse_tail()

    def finish(self) -> None:
        """There is no more: the blocks are those of the whole text."""
        if self._held:
            self._held = ""
            self.append("\n")
        known = dict(self._references)
        tokenise(self._tail, known)
        if known:
            self._closed = list(parse(self.text))
            self._open = ()

    def _parse_tail(self) -> None:
        tokens = tokenise(self._tail, dict(self._references))
        starts = _starts(tokens)
        if len(starts) > 1 and self._close():
            tokens = tokenise(self._tail, dict(self._references))
            starts = _starts(tokens)
        self._open = to_blocks(tokens)
        self._fence = _Fence.found(self._tail, tokens, self._open)

    def _close(self) -> bool:
        """Close all but the last block; an unfinished line may still turn out as part of the one before."""
        complete = self._tail[: self._tail.rfind("\n") + 1]
        starts = _starts(tokenise(complete, dict(self._references)))
        if len(starts) < 2:
            return False
        lines = self._tail.split("\n")
        done = "".join(line + "\n" for line in lines[: starts[-1]])
        self._closed += to_blocks(tokenise(done, self._references))
        self._tail = self._tail[len(done) :]
        return True


def _starts(tokens: list[Token]) -> list[int]:
    """The first lines of the top-level blocks."""
    return [token.map[0] for token in tokens if token.level == 0 and token.nesting >= 0 and token.map]


@dataclass(slots=True)
class _Fence:
    """An open fence at the start of the tail: whatever follows is code until the line that closes it."""

    first: Code
    begin: int
    closing: re.Pattern[str]
    searched: int

    @classmethod
    def found(cls, tail: str, tokens: list[Token], blocks: tuple[Block, ...]) -> _Fence | None:
        is_fence = len(tokens) == 1 and tokens[0].type == "fence" and tail.startswith(tokens[0].markup)
        begin = tail.find("\n") + 1
        if not is_fence or not begin or not isinstance(blocks[0], Code):
            return None
        mark = tokens[0].markup
        closing = re.compile(rf"^ {{0,3}}{re.escape(mark)}{re.escape(mark[0])}*[ \t]*$", re.MULTILINE)
        fence = cls(blocks[0], begin, closing, begin)
        return fence if fence.takes(tail) else None

    def takes(self, tail: str) -> bool:
        """Whether all of the tail is still code."""
        if self.closing.search(tail, self.searched):
            return False
        self.searched = max(self.begin, tail.rfind("\n") + 1)
        return True

    def code(self, tail: str) -> Code:
        code = tail[self.begin :]
        last = code.rfind("\n") + 1
        if not code[last:].strip(" \t"):  # an unfinished line of blanks does not count yet
            code = code[: max(0, last - 1)]
        return replace(self.first, text=visible_code(code))
