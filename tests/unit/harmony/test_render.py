"""Rendering: equal to openai-harmony's own, and no text becomes a control token."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.message import Role
from app.core.request import GenerationRequest, Turn
from app.core.sampling import Effort, Sampling
from app.harmony.pieces import RUN_LIMIT, clean, pieces
from app.harmony.render import Renderer, _Cache
from app.harmony.tokens import START, TEXT_TOKENS
from app.harmony.vocabulary import Vocabulary
from tests.helpers import adversarial, harmony_golden

GOLDEN = sorted(harmony_golden.FOLDER.glob("*.json"))

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=80) | st.sampled_from(adversarial.ATTACKS)


@pytest.fixture(scope="module")
def renderer(vocabulary: Vocabulary) -> Renderer:
    return Renderer(vocabulary.encoding)


def test_every_golden_request_has_its_file() -> None:
    assert [path.stem for path in GOLDEN] == sorted(harmony_golden.REQUESTS)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_golden_files(renderer: Renderer, vocabulary: Vocabulary, path: Path) -> None:
    request, ids = harmony_golden.from_json(json.loads(path.read_text()))
    assert request == harmony_golden.REQUESTS[path.stem]
    assert renderer.render(request).ids == ids
    assert harmony_golden.library_ids(vocabulary.encoding, request) == ids


@given(
    turns=st.lists(st.tuples(st.sampled_from(Role), texts), max_size=6),
    instructions=texts,
    today=st.dates(),
    effort=st.sampled_from(Effort),
)
def test_any_request_equals_the_librarys_rendering(
    renderer: Renderer,
    vocabulary: Vocabulary,
    turns: list[tuple[Role, str]],
    instructions: str,
    today: object,
    effort: Effort,
) -> None:
    request = GenerationRequest(
        tuple(Turn(*turn) for turn in turns),
        today,
        instructions,
        Sampling(effort=effort),
    )
    prompt = renderer.render(request)
    assert prompt.ids == harmony_golden.library_ids(vocabulary.encoding, request)
    assert prompt.count == len(prompt.ids)


def test_a_thousand_attacks_yield_no_control_token(renderer: Renderer) -> None:
    assert sum(adversarial.stray_control_tokens(renderer, text) for text in adversarial.texts(1000)) == 0


def test_the_count_of_strays_counts(vocabulary: Vocabulary) -> None:
    class Naive:
        def encode(self, text: str, *, disallowed_special: object) -> list[int]:
            return vocabulary.encoding.encode(text, allowed_special="all")

    naive = Renderer(Naive())
    assert adversarial.stray_control_tokens(naive, adversarial.ATTACKS[0]) > 0


def test_a_message_is_encoded_once(vocabulary: Vocabulary) -> None:
    encoded: list[str] = []

    class Counting:
        def encode(self, text: str, *, disallowed_special: object) -> list[int]:
            encoded.append(text)
            return vocabulary.encoding.encode(text, disallowed_special=())

    renderer = Renderer(Counting())
    first = renderer.render(harmony_golden.request("one", "two", "three"))
    encoded.clear()
    second = renderer.render(harmony_golden.request("one", "two", "three", "four", "five"))
    assert encoded == ["four", "five"]
    assert second.turns[:3] == first.turns


def test_the_cache_drops_what_was_not_used_for_longest() -> None:
    cache = _Cache(limit_tokens=5)
    cache.put(("user", "a"), (1, 2))
    cache.put(("user", "b"), (3, 4))
    assert cache.get(("user", "a")) == (1, 2)
    cache.put(("user", "c"), (5,))
    cache.put(("user", "d"), (6,))
    assert cache.get(("user", "b")) is None
    assert [cache.get(("user", name)) for name in "acd"] == [(1, 2), (5,), (6,)]


def test_the_parts_of_a_prompt(renderer: Renderer) -> None:
    prompt = renderer.render(harmony_golden.request("one", "two", "three"))
    assert prompt.developer == ()
    assert len(prompt.turns) == 3
    assert prompt.opening[0] == START
    assert renderer.count("Hello, world") == 3


LONG_RUNS = {
    "spaces": " " * 50_000,
    "letters": "a" * 50_000,
    "chinese": "漢字" * 25_000,
    "emoji": "🦜" * 25_000,
    "thai": "ภาษาไทยไม่มีช่องว่าง" * 2_500,
    "signs": "=-" * 25_000,
    "newlines": "\r\n" * 25_000,
    "marks": "e" + "\u0301" * 50_000,
}


@pytest.mark.parametrize("name", LONG_RUNS)
def test_long_runs_are_encoded_in_no_time(renderer: Renderer, vocabulary: Vocabulary, name: str) -> None:
    text, started = LONG_RUNS[name], time.process_time()
    ids = renderer.encode(text)
    assert time.process_time() - started < 1.0
    assert b"".join(vocabulary.tokens[id_] for id_ in ids).decode() == text


ORDINARY = (
    "A sentence with some words, and a number 3.14159. " * 200,
    '{"key":"value","list":[1,2,3],"flag":true},' * 200,
    "https://example.org/" + "path/" * 600,
    "word" * (RUN_LIMIT // 4) + " " + "=" * RUN_LIMIT + " " * RUN_LIMIT,
    "1234567890" * 500,
    "❤️" * 2000,
)


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_stays_whole(text: str) -> None:
    assert list(pieces(text)) == [text]


@given(st.lists(st.tuples(st.sampled_from("a é字🦜\u0301=\n7"), st.integers(0, 2500)), max_size=5))
def test_pieces_lose_nothing_and_are_cut_only_in_long_runs(runs: list[tuple[str, int]]) -> None:
    text = "".join(character * count for character, count in runs)
    parts = list(pieces(text))
    assert "".join(parts) == text
    assert all(parts) or text == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("\ud800", "\ufffd"),
        ("a\udc00b", "a\ufffdb"),
        ("\ud83e\udd9c", "🦜"),
        ("\udd9c\ud83e", "\ufffd\ufffd"),
        ("\0", "\0"),
    ],
)
def test_surrogates_are_made_safe(renderer: Renderer, text: str, expected: str) -> None:
    assert clean(text) == expected
    assert renderer.encode(text) == renderer.encode(expected)
    assert all(id_ < TEXT_TOKENS for id_ in renderer.encode(text))
