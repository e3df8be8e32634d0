"""Where the rows of the transcript lie: heights guessed until a row was laid out, and the sums of them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from app.core.message import Message, Role
from app.ui.tokens import BODY_PX, LINE_HEIGHT

_CHARACTER_PX = BODY_PX * 0.5
_AROUND_PX = 96
_BUBBLE_SHARE = 0.66
_CARD_PX, _ROW_PX, _MOST_ROWS = 110, 38, 14
"""Of an answer with a format: head and foot, a row, and how many rows are shown at once."""


class Heights:
    """Heights of all rows in pixels; `top(i)` is where row i begins, `total` where the last one ends."""

    def __init__(self, guesses: Sequence[int] = ()) -> None:
        self._heights = list(guesses)
        self._tops: list[int] | None = None

    def __len__(self) -> int:
        return len(self._heights)

    def __getitem__(self, row: int) -> int:
        return self._heights[row]

    @property
    def total(self) -> int:
        return self._sums()[-1]

    def top(self, row: int) -> int:
        return self._sums()[row]

    def row_at(self, y: int) -> int:
        """The row at this height, the first or last one beyond the ends."""
        return max(0, min(len(self._heights) - 1, bisect_right(self._sums(), y) - 1))

    def set(self, row: int, height: int) -> None:
        if self._heights[row] != height:
            self._heights[row] = height
            self._tops = None

    def append(self, height: int) -> None:
        self._heights.append(height)
        self._tops = None

    def _sums(self) -> list[int]:
        if self._tops is None:
            self._tops = list(accumulate(self._heights, initial=0))
        return self._tops


def guess(message: Message, width: int) -> int:
    """A height for a message nobody has laid out yet, from the length of its text alone."""
    is_question = message.role is Role.USER
    line_px = max(1.0, width * (_BUBBLE_SHARE if is_question else 1))
    if message.format is not None and message.text:
        return _AROUND_PX + _CARD_PX + _ROW_PX * min(message.text.count(",") + 1, _MOST_ROWS)
    text = message.text
    wide = 1 if text.isascii() else 1.4
    lines = len(text) * wide * _CHARACTER_PX / line_px + text.count("\n") * 0.7 + 1
    return round(lines * BODY_PX * LINE_HEIGHT) + _AROUND_PX
