"""Heights of rows: sums, places and guesses."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.core.message import Message, Role
from app.ui.chat.heights import Heights, guess


@given(st.lists(st.integers(1, 500), min_size=1), st.data())
def test_rows_are_found_where_they_lie(guesses: list[int], data: st.DataObject) -> None:
    heights = Heights(guesses)
    row = data.draw(st.integers(0, len(guesses) - 1))
    heights.set(row, data.draw(st.integers(1, 500)))
    assert heights.total == sum(heights[at] for at in range(len(heights)))
    for at in range(len(heights)):
        assert heights.row_at(heights.top(at)) == at
        assert heights.row_at(heights.top(at) + heights[at] - 1) == at
    assert heights.row_at(-5) == 0
    assert heights.row_at(heights.total + 5) == len(heights) - 1


def test_longer_texts_are_guessed_higher() -> None:
    def height(text: str, role: Role = Role.ASSISTANT) -> int:
        return guess(Message(1, None, 0.0, role, text), 600)

    assert height("a") < height("a" * 1000) < height("中" * 1000)
    assert height("a" * 1000) < height("a" * 1000, Role.USER)
    assert height("a") < height("a\n" * 10)
