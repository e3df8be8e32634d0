"""Every fault has words, in one line and with its detail."""

from __future__ import annotations

import pytest

from app.core.answer_format import Fault
from app.core.settings import Language
from app.i18n import load_texts
from app.i18n.faults import WORDS, explain_fault, fault_text, place_text

TR = load_texts(Language.ENGLISH)


@pytest.mark.parametrize("rule", [*WORDS, "contains", "surrogate"])
@pytest.mark.parametrize("detail", ["", "7", "a {b} \u202e\n" + "long " * 100])
def test_every_fault_is_said_in_one_short_line(rule: str, detail: str) -> None:
    words = explain_fault(Fault("$.a", rule, detail), TR)
    assert 0 < len(words) < 250
    assert "\n" not in words and "\u202e" not in words and "{detail}" not in words


@pytest.mark.parametrize(
    ("rule", "detail", "words"),
    [
        ("required", "total", "“total” is missing"),
        ("type", "number", "has to be of type number"),
        ("contains", '{"const": 1}', 'breaks the rule “contains”: {"const": 1}'),
        ("not", "", "breaks the rule “not”"),
    ],
)
def test_faults_in_words(rule: str, detail: str, words: str) -> None:
    assert explain_fault(Fault("$.a", rule, detail), TR) == words


def test_a_whole_sentence_begins_with_the_place() -> None:
    assert fault_text(Fault("$.total", "minimum", "0"), TR) == "$.total: has to be at least 0."


@pytest.mark.parametrize(
    ("path", "shown"), [("$", ""), ("$.a", "a"), ("$.a[2]['b c']", "a[2]['b c']"), ("$[0]", "[0]")]
)
def test_places_as_people_read_them(path: str, shown: str) -> None:
    assert place_text(Fault(path, "type")) == shown
