"""Headers read as they come, sensible or not."""

import contextlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalogue.answers import body_start, check_linked, wait_s
from app.core.catalogue import RemoteFile
from app.core.errors import AnswerRefused, CaptivePortal, FileChanged

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
FILE = RemoteFile("a/b", "c" * 40, "b.gguf", 1000, "d" * 64)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "120"}, 120),
        ({"retry-after": " 7 "}, 7),
        ({"retry-after": "Wed, 25 Nov 2026 12:00:30 GMT"}, 30),
        ({"retry-after": "Wed, 25 Nov 2026 11:00:00 GMT"}, 0),
        ({"retry-after": "soon"}, 0),
        ({"retry-after": "-5"}, 0),
        ({"retry-after": "٣"}, 0),
        ({"retry-after": "9" * 400}, 7 * 24 * 3600),
        ({"ratelimit": '"api";r=0;t=55'}, 55),
        ({}, 0),
    ],
)
def test_how_long_to_wait(headers: dict[str, str], seconds: int) -> None:
    assert wait_s(headers, NOW) == seconds


@given(st.dictionaries(st.sampled_from(["retry-after", "ratelimit"]), st.text()))
def test_any_wait_is_a_number_of_seconds(headers: dict[str, str]) -> None:
    assert 0 <= wait_s(headers, NOW) <= 7 * 24 * 3600


def part(content_range: str, **headers: str) -> dict[str, str]:
    return {
        "content-range": content_range,
        **{name.replace("_", "-"): text for name, text in headers.items()},
    }


@pytest.mark.parametrize(
    ("status", "headers", "start"),
    [
        (206, part("bytes 100-199/1000"), 100),
        (206, part("bytes 100-199/1000", content_length="100"), 100),
        (206, part("bytes 100-199/*"), 100),
        (206, part("bytes 100-149/1000", content_length="50"), 100),  # less than asked for
        (200, {"content-length": "1000"}, 0),
        (200, {}, 0),
    ],
)
def test_a_part_begins_where_it_was_asked_for_or_at_the_start(
    status: int, headers: dict[str, str], start: int
) -> None:
    assert body_start(status, headers, 100, 199, 1000, "hub") == start


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (206, {}),
        (206, part("bytes 101-199/1000")),
        (206, part("bytes 0-199/1000")),
        (206, part("bytes 100-200/1000")),
        (206, part("bytes 100-99/1000")),
        (206, part("bytes 100-199/1001")),
        (206, part("bytes 100-199/1000", content_length="99")),
        (206, part("bytes 100-199/1000", content_encoding="gzip")),
        (206, part("lines 100-199/1000")),
        (200, {"content-length": "999"}),
        (204, {}),
        (304, {}),
    ],
)
def test_anything_else_is_refused(status: int, headers: dict[str, str]) -> None:
    with pytest.raises(AnswerRefused):
        body_start(status, headers, 100, 199, 1000, "hub")


def test_a_page_for_people_is_told_apart() -> None:
    with pytest.raises(CaptivePortal):
        body_start(200, {"content-type": "text/html; charset=utf-8"}, 0, 9, 10, "hub")


@given(st.text(), st.text(), st.sampled_from([200, 206]))
def test_no_header_does_worse_than_being_refused(content_range: str, length: str, status: int) -> None:
    headers = {"content-range": content_range, "content-length": length}
    with contextlib.suppress(AnswerRefused):
        assert body_start(status, headers, 5, 9, 10, "hub") in (0, 5)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-linked-etag": f'"{"d" * 64}"', "x-linked-size": "1000", "x-repo-commit": "c" * 40},
        {"x-linked-etag": f'W/"{"D" * 64}"'},
        {"x-linked-etag": '"an etag of another kind"'},
    ],
)
def test_the_file_that_was_chosen_is_accepted(headers: dict[str, str]) -> None:
    check_linked(headers, FILE, "hub")


@pytest.mark.parametrize(
    "headers",
    [{"x-linked-etag": f'"{"e" * 64}"'}, {"x-linked-size": "1001"}, {"x-repo-commit": "main"}],
)
def test_another_file_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(FileChanged):
        check_linked(headers, FILE, "hub")


def test_a_size_that_is_none_is_refused() -> None:
    with pytest.raises(AnswerRefused):
        check_linked({"x-linked-size": "many"}, FILE, "hub")
