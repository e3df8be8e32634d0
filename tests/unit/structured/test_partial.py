"""JSON cut anywhere: what has come so far is shown, nothing else, and no text overturns it."""

from __future__ import annotations

import json
import sys
from collections import Counter
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.structured import json_text
from app.structured.json_text import JsonValue
from app.structured.partial import Partial, read_partial

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


def begins(part: JsonValue, whole: JsonValue) -> bool:
    """Whether a value may be seen on the way to another: nothing else in it, nothing out of order."""
    if isinstance(part, str) and isinstance(whole, str):
        return whole.startswith(part)
    if isinstance(part, list) and isinstance(whole, list):
        return len(part) <= len(whole) and all(map(begins, part, whole))
    if isinstance(part, dict) and isinstance(whole, dict):
        return list(part) == list(whole)[: len(part)] and all(begins(part[key], whole[key]) for key in part)
    return part == whole and type(part) is type(whole)


@given(VALUES, st.booleans(), st.sampled_from([None, 1]))
def test_every_prefix_of_every_value(value: JsonValue, ascii_only: bool, indent: int | None) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    for end in range(len(text)):
        found = read_partial(text[:end])
        if found.is_complete:  # the first digits of a number are a number too
            assert repr(found.value) == repr(json.loads(text[:end]))
            assert isinstance(value, int | float)
            continue
        assert found.value is None or begins(found.value, value)
    assert read_partial(text) == Partial(value, True, "$")


@given(VALUES)
def test_more_text_never_takes_anything_back(value: JsonValue) -> None:
    text = json.dumps([value])
    before: JsonValue = None
    for end in range(len(text) + 1):
        now = read_partial(text[:end]).value
        assert before is None or begins(before, now)
        before = now


@given(st.text(st.characters()) | st.text(st.sampled_from('{}[]",:\\u0dbf1-.eE tn\ud800\n')))
def test_no_text_raises(text: str) -> None:
    found = read_partial(text)
    assert found.path.startswith("$")
    try:
        whole = json.loads(text)
    except ValueError:
        assert not found.is_complete
    else:
        assert not found.is_complete or repr(found.value) == repr(whole)


@pytest.mark.parametrize(
    ("text", "value", "path"),
    [
        ("", None, "$"),
        ("{", {}, "$"),
        ('{"a', {}, "$"),
        ('{"a"', {}, "$"),
        ('{"a":', {}, "$.a"),
        ('{"a":"b', {"a": "b"}, "$.a"),
        ('{"a":"b\\', {"a": "b"}, "$.a"),
        ('{"a":"b\\u00e', {"a": "b"}, "$.a"),
        ('{"a":"b\\ud83d', {"a": "b"}, "$.a"),
        ('{"a":"b\\ud83d\\ude0', {"a": "b"}, "$.a"),
        ('{"a":"\\ud83d\\ude00', {"a": "😀"}, "$.a"),
        ('{"a":1', {}, "$.a"),
        ('{"a":12.', {}, "$.a"),
        ('{"a":12,', {"a": 12}, "$"),
        ('{"a":tru', {}, "$.a"),
        ('{"a":true', {"a": True}, "$.a"),
        ('{"a":-', {}, "$.a"),
        ('{"a":[1,{"b":[', {"a": [1, {"b": []}]}, "$.a[1].b[0]"),
        ('{"a":[1,{"b":["x"]', {"a": [1, {"b": ["x"]}]}, "$.a[1].b"),
        ('{"a":1]', {"a": 1}, "$.a"),
        ('{"a":1,"b":oops,"c":3}', {"a": 1}, "$.b"),
    ],
)
def test_what_has_come_so_far_and_where(text: str, value: JsonValue, path: str) -> None:
    found = read_partial(text)
    assert not found.is_complete
    assert found.path == path
    assert found.value == value


def steps_taken(text: str) -> int:
    """How many calls within the reader it takes."""
    calls: Counter[str] = Counter()

    def count(frame: FrameType, event: str, _argument: Any) -> None:
        if event == "call" and frame.f_code.co_filename == json_text.__file__:
            calls[frame.f_code.co_name] += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        read_partial(text)
    finally:
        sys.setprofile(before)
    return calls.total()


@pytest.mark.parametrize("part", ['{"a":"b\\n","c":[1.5,true,null]},', '"x",', "[],", '{"":{}},'])
def test_the_work_grows_with_the_text(part: str) -> None:
    few, many = (steps_taken("[" + part * times) for times in (100, 1_000))
    assert 9 * few < many < 11 * few


def test_a_long_string_is_one_step() -> None:
    assert steps_taken('["' + "x" * 100_000) == steps_taken('["x')
