"""Patterns that look ahead, are negated or joined: written plainly, they match the same texts."""

from __future__ import annotations

import pytest
import regex
from hypothesis import event, given
from hypothesis import strategies as st

from app.structured.automaton import leaving_out, plain
from app.structured.pattern import PatternError, parse
from app.structured.pattern_writing import for_check, for_grammar, grammar_patterns

texts = st.text(alphabet="ab0-/._ x\né", max_size=8)


def matches(pattern: str, text: str) -> bool:
    return regex.search(for_check(parse(pattern)), text) is not None


LOOKING = (
    "^(?!.*--)[a-z0-9-]+$",
    r"^(?!\s*$).+",
    "^(?!a|b$)[ab]+$",
    r"^[a-z_](?!.*--)[a-z0-9_-]*$",
    "(?!^[0-9]+$)([ab0-]+)",
    r"^(?=.*\d)(?=.*[a-z]).{2,}$",
    "^x-(?!a).*$",
    "a(?=b)b",
    "^(?:(?!ab)a|b)[ab]",
)


@pytest.mark.parametrize("pattern", LOOKING)
@given(text=texts)
def test_looking_ahead_is_written_out(pattern: str, text: str) -> None:
    plainly = grammar_patterns(pattern)
    assert not any("(?!" in part or "(?=" in part for part in plainly)
    assert matches(pattern, text) is all(matches(part, text) for part in plainly)


PLAIN = ("^a", "b$", "^x-", "-a$", "[0-9]", "^(a|b)*$", "a{2,3}", "^$", "é|/")


@given(
    matched=st.lists(st.sampled_from(PLAIN), max_size=2),
    left=st.lists(st.sampled_from(PLAIN), max_size=2),
    text=texts,
)
def test_what_is_left_out_is_left_out(matched: list[str], left: list[str], text: str) -> None:
    try:
        found = leaving_out(matched, left)
    except PatternError:
        event("too long")
        return
    wanted = all(matches(part, text) for part in matched) and not any(matches(part, text) for part in left)
    assert wanted is (found is not None and matches(for_grammar(found), text))


def test_what_nothing_matches_is_told() -> None:
    assert leaving_out(["^a"], ["^a"]) is None
    assert leaving_out(["^a$", "^b$"], []) is None


@pytest.mark.parametrize(
    "pattern",
    [
        r"^(?<!a)b",
        r"\bword\b",
        r"^(a)(?!\1)",
        r"^(?!\p{Lu})a",
        "^(?:(?=a)a)+$",
        "^(?!.*a.{15}b)[ab]+$",
        "^(?!a{150}b)c",
        "^(?!.*(^|/)a)b",
    ],
)
def test_what_is_not_for_an_automaton_is_given_up(pattern: str) -> None:
    with pytest.raises(PatternError):
        plain(parse(pattern))
