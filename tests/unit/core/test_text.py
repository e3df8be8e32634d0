"""Text that databases and wires hate is made safe before it gets in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.text import clean_text, one_line, without_password


def test_nul_and_lone_surrogates_are_replaced_and_the_rest_kept() -> None:
    assert clean_text("a\x00b\ud800c\u202ed\n") == "a\ufffdb\ufffdc\u202ed\n"


@given(st.text(st.characters(codec=None)))
def test_clean_text_can_always_be_encoded(text: str) -> None:
    assert "\x00" not in clean_text(text)
    clean_text(text).encode("utf-8")


def test_a_title_holds_no_hidden_characters() -> None:
    assert one_line(" a\n\tb\u202e\u200bc\x1b[0m ") == "a b c [0m"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("http://127.0.0.1:3128", "http://127.0.0.1:3128"),
        ("http://me:secret@proxy:3128", "http://…@proxy:3128"),
        ("me:se/c@ret@proxy", "…@proxy"),
        ("", ""),
    ],
)
def test_an_address_is_shown_without_its_password(address: str, shown: str) -> None:
    assert without_password(address) == shown
