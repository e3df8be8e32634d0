"""JSON read strictly: the same values as Python's own reader, and a fault by path for what is no JSON."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.structured.json_path import json_path
from app.structured.json_text import DEEPEST, JsonValue, read, read_whole

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)
SIGNS = st.text(st.sampled_from('{}[]",:\\ue+-.0123456789 \n\ttrufalsn\ud800\udc00é'), max_size=20)


def faults_in(text: str) -> list[tuple[str, str]]:
    """Path and rule of each."""
    return [(fault.path, fault.rule) for fault in read_whole(text).faults]


def same(one: JsonValue, other: JsonValue) -> bool:
    """1 is not 1.0 here, nor is it true."""
    return one == other and repr(one) == repr(other)


@given(VALUES, st.booleans(), st.sampled_from([None, 1, "\t"]))
def test_every_value_is_read_as_it_was_written(
    value: JsonValue, ascii_only: bool, indent: int | str | None
) -> None:
    reading = read_whole(json.dumps(value, ensure_ascii=ascii_only, indent=indent))
    assert (reading.is_complete, reading.faults, reading.place) == (True, (), ())
    assert same(reading.value, value)


@given(SIGNS)
def test_no_text_is_taken_that_python_refuses(text: str) -> None:
    try:
        wanted = json.loads(text, parse_constant=lambda _: pytest.fail("no JSON"))
    except ValueError:
        assert faults_in(text)
    else:
        assert [rule for _, rule in faults_in(text)].count("syntax") == 0
        assert read(text).is_complete
        if not faults_in(text):
            assert same(read_whole(text).value, wanted)


@given(SIGNS)
def test_reading_whole_and_cut_tell_the_same_of_a_whole_text(text: str) -> None:
    if read(text).is_complete:
        assert read_whole(text) == read(text)
    else:
        assert read_whole(text).faults


@pytest.mark.parametrize(
    "number",
    ["0", "-1", "9007199254740993", "-9007199254740993", "123456789012345678901234567890", "1" + "0" * 3999],
)
def test_integers_are_exact(number: str) -> None:
    value = read_whole(f'{{"n":{number}}}').value
    assert value == {"n": int(number)}
    assert isinstance(value, dict)
    assert type(value["n"]) is int


@pytest.mark.parametrize(
    ("text", "value"), [("1.0", 1.0), ("-0.0", -0.0), ("1e2", 100.0), ("5e-324", 5e-324)]
)
def test_numbers_with_a_fraction_or_an_exponent_are_floats(text: str, value: float) -> None:
    found = read_whole(text).value
    assert isinstance(found, float)
    assert math.copysign(1, found) == math.copysign(1, value)
    assert found == value


@pytest.mark.parametrize(
    ("text", "path", "rule"),
    [
        ('{"a":{"b":1,"b":2}}', "$.a.b", "duplicate"),
        ('{"a":1,"\\u0061":2}', "$.a", "duplicate"),
        ('{"a":[1,NaN]}', "$.a[1]", "number"),
        ("Infinity", "$", "number"),
        ("[-Infinity]", "$[0]", "number"),
        ('{"a":1e400}', "$.a", "number"),
        ("-1e400", "$", "number"),
        ("[" + "1" * 4_001 + "]", "$[0]", "number"),
        ('["\\ud800"]', "$[0]", "surrogate"),
        ('["\\udc00\\ud800"]', "$[0]", "surrogate"),
        ('["\ud800"]', "$[0]", "surrogate"),
        ("[" * (DEEPEST + 1), "$" + "[0]" * DEEPEST, "depth"),
    ],
)
def test_what_python_takes_and_json_does_not_is_a_fault(text: str, path: str, rule: str) -> None:
    assert faults_in(text) == [(path, rule)]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("", "$"),
        (" \n", "$"),
        ("nul", "$"),
        ("nulll", "$"),
        ("True", "$"),
        ("01", "$"),
        ("+1", "$"),
        (".5", "$"),
        ("1.", "$"),
        ("-", "$"),
        ("1e", "$"),
        ("0x10", "$"),
        ("'a'", "$"),
        ('"a', "$"),
        ('"\\x"', "$"),
        ('"\\u12g4"', "$"),
        ('"\n"', "$"),
        ('"\x00"', "$"),
        ("\ufeff1", "$"),
        ("\xa01", "$"),
        ("1 2", "$"),
        ("[1,]", "$[1]"),
        ("[1 2]", "$[0]"),
        ("[,1]", "$[0]"),
        ("[1}", "$[0]"),
        ("[1", "$[0]"),
        ('{"a":1,}', "$"),
        ('{"a" 1}', "$"),
        ("{a:1}", "$"),
        ('{"a":}', "$.a"),
        ('{"a":1]', "$.a"),
        ('{"a":1 "b":2}', "$.a"),
        ("/* */ 1", "$"),
        ("[1] // end", "$"),
    ],
)
def test_what_is_no_json_is_a_fault_at_its_place(text: str, path: str) -> None:
    assert faults_in(text) == [(path, "syntax")]


def test_a_fault_tells_line_and_column() -> None:
    (fault,) = read_whole('{\n  "a": 1,\n  "b": tru e\n}').faults
    assert (fault.path, fault.detail) == ("$.b", "line 3, column 8")
    (early,) = read_whole('{"a":\n [1,').faults
    assert (early.path, early.detail) == ("$.a[1]", "the text ends too early, line 2, column 5")


def test_faults_that_are_no_faults_of_syntax_do_not_end_the_reading() -> None:
    reading = read_whole('{"a":NaN,"b":"\\ud800","a":1e999,"c":3}')
    assert [fault.rule for fault in reading.faults] == ["number", "surrogate", "duplicate", "number"]
    assert reading.is_complete
    assert isinstance(reading.value, dict)
    assert reading.value["c"] == 3


def test_depth_is_counted_for_what_is_open_only() -> None:
    flat = "[" + ",".join(["[]"] * 5_000) + "]"
    assert read_whole(flat, 2).faults == ()
    assert [fault.rule for fault in read_whole("[[[]]]", 2).faults] == ["depth"]
    assert read_whole("[" * DEEPEST + "]" * DEEPEST).faults == ()


@pytest.mark.parametrize("opening", ["[", '{"":', '[{"":'])
def test_no_nesting_is_too_deep_to_be_refused(opening: str) -> None:
    (fault,) = read_whole(opening * 60_000).faults
    assert fault.rule == "depth"


@pytest.mark.parametrize(
    ("place", "path"),
    [
        ((), "$"),
        (("items", 2, "unit price"), "$.items[2]['unit price']"),
        (("属",), "$['属']"),
        (("",), "$['']"),
        (("1a",), "$['1a']"),
        (("a_1",), "$.a_1"),
        (("_a",), "$['_a']"),
        (("a\n",), "$['a\n']"),
        (("it's", "a\\b"), r"$['it\'s']['a\\b']"),
        (("$ref",), "$['$ref']"),
    ],
)
def test_places_are_spelled_as_json_paths(place: tuple[str | int, ...], path: str) -> None:
    assert json_path(place) == path


@given(st.lists(st.integers(0, 9) | TEXTS, max_size=5))
def test_paths_are_spelled_as_the_validator_spells_them(place: list[str | int]) -> None:
    from jsonschema import ValidationError

    assert json_path(place) == ValidationError("", path=place).json_path
