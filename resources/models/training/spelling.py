"""A fixed code for every word of the vocabulary, by which unknown words are told apart and copied."""

from __future__ import annotations

import random

import numpy as np

MARKS, CODE = 4, 64
WIDTH = CODE + 1
"""A few of `CODE` places are 1 or -1; one more place tells whether the word begins with a space."""


def code(word: bytes) -> np.ndarray:
    """The code of a token's bytes: (WIDTH,), zeros for what is not a word of Latin or Chinese letters.

    A word has the same marks with and without a space before it.
    """
    row = np.zeros(WIDTH, np.float32)
    if is_plain(word):
        dice = random.Random(word.strip())
        for place in dice.sample(range(CODE), MARKS):
            row[place] = dice.choice((-1.0, 1.0))
        row[CODE] = 1.0 if word[:1] == b" " else -1.0
    return row


def is_plain(word: bytes) -> bool:
    """Whether these are whole letters of the scripts that the model knows something of."""
    try:
        text = word.decode()
    except UnicodeDecodeError:
        return False
    return all(char.isascii() or "\u00c0" <= char <= "\u024f" or _is_chinese(char) for char in text)


def _is_chinese(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff" or "\u3000" <= char <= "\u303f" or "\uff00" <= char <= "\uffef"
