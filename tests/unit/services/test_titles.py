"""Titles made from questions, and found again."""

from __future__ import annotations

import pytest

from app.services.titles import TITLE_CHARACTERS, given_title, has_words, title_from


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("Why?", "Why?"),
        ("\n\n  \t\n Why is that?  \nBecause.", "Why is that?"),
        ("a\u202eb\x07c\u2066d", "a b c d"),
        ("", ""),
        ("\u200b\n\u200b", ""),
        ("word " * 20, "word word word word word word word word word word word word…"),
        ("x" * 100, "x" * TITLE_CHARACTERS + "…"),
        ("天" * 100, "天" * TITLE_CHARACTERS + "…"),
        ("This sentence, which goes on for a while, ends in a comma here, and goes on", None),
    ],
)
def test_a_title_is_the_first_line_cut_at_a_word(question, title):
    made = title_from(question)
    assert len(made) <= TITLE_CHARACTERS + 1
    if title is not None:
        assert made == title
    else:
        assert made == "This sentence, which goes on for a while, ends in a comma…"


def test_a_given_title_is_one_line_and_not_endless():
    assert given_title(" a\nb\u202e ") == "a b"
    assert len(given_title("x" * 5000)) == 200


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Straße nach München", "STRASSE münchen"),
        ("Τι είναι ο ΧΡΌΝΟΣ", "χρόνος"),
        ("我想知道天空为什么是蓝色的", "天空"),
        ("ＦＵＬＬ width", "full"),
        ("Привет, мир", "МИР привет"),
        ("cafe\u0301", "CAFÉ"),
        ("anything", "  "),
    ],
)
def test_words_are_found_in_any_case_and_language(title, words):
    assert has_words(title, words)


@pytest.mark.parametrize(("title", "words"), [("天空", "大海"), ("one two", "one three"), ("100%", "1_0")])
def test_other_words_are_not_found(title, words):
    assert not has_words(title, words)
