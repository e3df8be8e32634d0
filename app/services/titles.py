"""A conversation's title: made from its first question, and found by words in any case and language."""

from __future__ import annotations

import unicodedata

from app.core.text import one_line

TITLE_CHARACTERS = 60
LONGEST_NAME_CHARACTERS = 200


def title_from(question: str) -> str:
    """The first line that says something, cut at a word."""
    lines = (one_line(line) for line in question.splitlines())
    line = next(filter(None, lines), "")
    if len(line) <= TITLE_CHARACTERS:
        return line
    cut = line[:TITLE_CHARACTERS]
    at_word = cut.rpartition(" ")[0]
    # A long first word, or a language that writes no spaces, is cut where it is full.
    return (at_word if len(at_word) > TITLE_CHARACTERS // 2 else cut).rstrip(" ,;:.") + "…"


def given_title(name: str) -> str:
    """The title a person gave, on one line."""
    return one_line(name)[:LONGEST_NAME_CHARACTERS]


def has_words(title: str, words: str) -> bool:
    """Whether every word occurs in the title, as a part of a word too: Chinese has no other."""
    folded = _fold(title)
    return all(word in folded for word in _fold(words).split())


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
