"""Where the values of an answer stand in the text they came from."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.structured.trace import Trace, trace

REPORT = """Quarterly report, Q3
Revenue rose to 1,234.50 million CNY (Q2: 987).  The gross
margin was 39.2 %, and 28 700 people work here; cash flow \u22123 million.
三季度营收2.87亿元，毛利率39.2%。"""


def found(value: object, source: str = REPORT) -> str | None:
    """The words that a single value was traced to."""
    span = trace(value, source).spans.get(())
    return None if span is None else source[slice(*span)]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("Q3", "Q3"),
        ("gross margin", "gross\nmargin"),
        ("million CNY", "million CNY"),
        ("39.2 %", "39.2 %"),
        ("39.2%", "39.2%"),
        ("2.87亿元", "2.87亿元"),
        ("毛利率", "毛利率"),
        (1234.5, "1,234.50"),
        (987, "987"),
        (28700, "28 700"),
        (39.2, "39.2"),
        (-3, "\u22123"),
        (2.87, "2.87"),
        (Decimal("1234.5"), "1,234.50"),
    ],
)
def test_a_value_is_found_where_it_stands(value: object, words: str) -> None:
    assert found(value) == words


@pytest.mark.parametrize(
    "value", ["argin", "illio", "Q", "", " ", "q3", "Revenue fell", 3, 234.5, 4.5, True, None]
)
def test_what_does_not_stand_there_as_a_whole_is_not_found(value: object) -> None:
    assert found(value) is None


@pytest.mark.parametrize(
    "spelling",
    ["1234567.5", "1,234,567.50", "1.234.567,5", "1 234 567,5", "1'234'567.5", "1\u202f234\u202f567,5"],
)
def test_usual_spellings_of_a_number(spelling: str) -> None:
    assert found(1234567.5, f"(a {spelling}, b)") == spelling


@pytest.mark.parametrize(
    ("value", "source", "words"),
    [
        (1234, "1,234", "1,234"),
        (1.234, "1,234", "1,234"),
        (5, "5kg for $7, pages 3-9", "5"),
        (7, "5kg for $7, pages 3-9", "7"),
        (9, "5kg for $7, pages 3-9", "9"),
        (-9, "5kg for $7, pages 3-9", None),
        (3, "Q3 v3 1.2.3 1,23,3", None),
        (123, "section 3 123", "123"),
        (3123, "section 3 123", "3 123"),
        (3, "2024-03-15", None),
        (0, "it is 0 or 0.0", "0"),
        (1e21, "1e21", "1e21"),
        (float("nan"), "nan", None),
        (float("inf"), "inf", None),
    ],
)
def test_numbers_end_where_numbers_end(value: float, source: str, words: str | None) -> None:
    assert found(value, source) == words


def test_each_value_by_its_place() -> None:
    value = {"quarter": "Q3", "segments": [{"margin": 39.2}, {"margin": "none"}], "sure": True}
    spans = trace(value, REPORT).spans
    assert {place: REPORT[slice(*span)] for place, span in spans.items()} == {
        ("quarter",): "Q3",
        ("segments", 0, "margin"): "39.2",
    }


def test_the_first_place_that_is_a_whole_word_counts() -> None:
    assert trace("an", "bananas an an").spans[()] == (8, 10)


def test_a_trace_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        trace("Q3", REPORT).spans[()] = (0, 1)  # type: ignore[index]
    assert Trace().spans == {}


def test_depth_and_repetition_are_no_trouble() -> None:
    deep: object = "Q3"
    for _ in range(5_000):
        deep = [deep]
    assert trace(deep, REPORT).spans == {(0,) * 5_000: (18, 20)}
    assert trace("aa", "a" * 200_000).spans == {}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(JSON, st.text())
def test_what_is_found_is_the_value(value: object, source: str) -> None:
    for place, (start, end) in trace(value, source).spans.items():
        part: object = value
        for step in place:
            part = part[step]  # type: ignore[index]
        assert 0 <= start < end <= len(source)
        if isinstance(part, str):
            assert source[start:end].split() == part.split()
        else:
            assert isinstance(part, int | float) and not isinstance(part, bool)


@given(st.text(), st.text(min_size=2), st.text())
def test_a_string_that_stands_alone_is_always_found(before: str, value: str, after: str) -> None:
    if len(" ".join(value.split())) >= 2:
        assert found(value, f"{before} {value} {after}") is not None


@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_found_as_json_and_as_english_write_it(value: float) -> None:
    for spelling in (json.dumps(value), f"{value:,}"):
        if len(spelling) <= 40:
            assert found(value, f"it is {spelling} in all") == spelling
