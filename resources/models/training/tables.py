"""Which tokens get rows of their own, which only their code, and at which row each is found."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import spelling
import vocabulary
from lessons import Lesson

SEEN_OFTEN = 16
FORM_SHARE = 0.01
"""A token written in this share of the extractions belongs to a form; rarer ones are copied."""


@dataclass(frozen=True, slots=True)
class Table:
    """The compact vocabulary of the training."""

    learnt: list[int]
    strange: list[int]
    codes: np.ndarray
    """(learnt, strange and one for what has no code, spelling.WIDTH)."""

    unseen: float
    """How many tokens of the whole vocabulary each row stands for that is not a learnt one's."""

    row_of: dict[int, int]

    def row(self, token: int) -> int:
        """A token that was never met is taken for a strange one."""
        return self.row_of.get(token, len(self.learnt) + token % len(self.strange))


def of(lessons: list[Lesson], extractions: list[Lesson], others: set[int], words: list[bytes]) -> Table:
    """Tokens that are learnt or often met get rows; the others met, in lessons or in `others`, are strange.

    What is merely read, and rarely, is taken for one of the strange ones.
    """
    met, copied = _count(lessons), _count(extractions)
    asked = {token for token, (times, learns) in met.items() if learns or times >= SEEN_OFTEN}
    formed = {token for token, (times, _) in copied.items() if times >= FORM_SHARE * len(extractions)}
    written = {token for token, (_, learns) in copied.items() if learns}
    codes = {token: spelling.code(words[token]) for token in {*met, *copied, *others} if token < len(words)}
    coded = {token for token, code in codes.items() if code.any()}
    learnt = sorted(asked | formed | (written - coded))
    strange = sorted((written | others) & coded - set(learnt))
    row_of = {token: row for row, token in enumerate([*learnt, *strange])}
    rare = sorted({*met, *copied, *others} - set(row_of))
    row_of |= {token: len(learnt) + token % len(strange) for token in rare}
    rows = [codes.get(token, np.zeros(spelling.WIDTH, np.float32)) for token in [*learnt, *strange]]
    unseen = (vocabulary.SIZE - len(learnt)) / (len(strange) + 1)
    return Table(learnt, strange, np.stack([*rows, np.zeros(spelling.WIDTH, np.float32)]), unseen, row_of)


def _count(lessons: list[Lesson]) -> dict[int, tuple[int, int]]:
    """How often each token is met, and how often written."""
    met = Counter(token for lesson in lessons for token in lesson.ids)
    written = Counter(
        token for lesson in lessons for token, learn in zip(lesson.ids, lesson.learn, strict=True) if learn
    )
    return {token: (times, written[token]) for token, times in met.items()}


def whole(table: Table, words: list[bytes]) -> Table:
    """The same with every token of the vocabulary at a row of its own, as the written file has it."""
    strange = sorted(set(range(vocabulary.SIZE)) - set(table.learnt))
    order = [*table.learnt, *strange]
    codes = np.zeros((len(order), spelling.WIDTH), np.float32)
    for row, token in enumerate(order):
        if token < len(words):
            codes[row] = spelling.code(words[token])
    return Table(table.learnt, strange, codes, 1.0, {token: row for row, token in enumerate(order)})
