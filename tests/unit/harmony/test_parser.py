"""The streaming parser: whole on well-formed turns, harmless on everything else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.message import Channel
from app.harmony.parser import Parser
from app.harmony.tokens import (
    CALL,
    CHANNEL,
    CONSTRAIN,
    END,
    END_OF_TEXT,
    MESSAGE,
    RETURN,
    START,
    TEXT_TOKENS,
    VOCABULARY_SIZE,
)
from app.harmony.vocabulary import Vocabulary


@pytest.fixture(scope="module")
def ranks(vocabulary: Vocabulary) -> dict[bytes, int]:
    return vocabulary.ranks()


A, C, F = Channel.ANALYSIS, Channel.COMMENTARY, Channel.FINAL

Part = str | int
"""A text to be encoded, or a token as it is."""


def _ids(vocabulary: Vocabulary, parts: Iterable[Part]) -> list[int]:
    ids: list[int] = []
    for part in parts:
        ids += [part] if isinstance(part, int) else vocabulary.encoding.encode(part, disallowed_special=())
    return ids


def _parse(vocabulary: Vocabulary, ids: Sequence[int]) -> list[tuple[Channel, str]]:
    """The text by channel, neighbours of one channel joined."""
    parser = Parser(vocabulary.tokens)
    deltas = [delta for id_ in ids for delta in parser.feed(id_)] + list(parser.finish())
    assert parser.ended
    assert all(delta.text for delta in deltas)
    joined: list[tuple[Channel, str]] = []
    for delta in deltas:
        if joined and joined[-1][0] is delta.channel:
            joined[-1] = (delta.channel, joined[-1][1] + delta.text)
        else:
            joined.append((delta.channel, delta.text))
    return joined


NEXT = (END, START, "assistant")

WELL_FORMED: dict[str, tuple[tuple[Part, ...], list[tuple[Channel, str]]]] = {
    "analysis and final": (
        (CHANNEL, "analysis", MESSAGE, "Hm.", *NEXT, CHANNEL, "final", MESSAGE, "Hello 🦜", RETURN),
        [(A, "Hm."), (F, "Hello 🦜")],
    ),
    "final only": ((CHANNEL, "final", MESSAGE, "Hi", RETURN), [(F, "Hi")]),
    "final ends the turn": (
        (CHANNEL, "final", MESSAGE, "Hi", END, START, "user", MESSAGE, "more"),
        [(F, "Hi")],
    ),
    "content type": ((CHANNEL, "final ", CONSTRAIN, "json", MESSAGE, "{}", RETURN), [(F, "{}")]),
    "content type without a space": (
        (CHANNEL, "final", CONSTRAIN, "json", MESSAGE, "{}", RETURN),
        [(F, "{}")],
    ),
    "content type in words": ((CHANNEL, "final json", MESSAGE, "{}", RETURN), [(F, "{}")]),
    "tool call": (
        (CHANNEL, "commentary to=functions.weather ", CONSTRAIN, "json", MESSAGE, '{"a":1}', CALL),
        [(C, '{"a":1}')],
    ),
    "recipient of the author": (
        (" to=functions.weather", CHANNEL, "commentary", MESSAGE, "{}", CALL),
        [(C, "{}")],
    ),
    "three messages": (
        (
            *(CHANNEL, "analysis", MESSAGE, "1", *NEXT, CHANNEL, "commentary", MESSAGE, "2"),
            *(*NEXT, CHANNEL, "final", MESSAGE, "3", RETURN),
        ),
        [(A, "1"), (C, "2"), (F, "3")],
    ),
    "spelled control tokens": (
        (CHANNEL, "final", MESSAGE, "Write <|start|> or <|end|>.", RETURN),
        [(F, "Write <|start|> or <|end|>.")],
    ),
}

MALFORMED: dict[str, tuple[tuple[Part, ...], list[tuple[Channel, str]]]] = {
    "no header at all": (("Hello there", RETURN), [(F, "Hello there")]),
    "no channel": ((MESSAGE, "Hello", RETURN), [(F, "Hello")]),
    "an empty channel": ((CHANNEL, MESSAGE, "Hello", RETURN), [(F, "Hello")]),
    "a tool without a channel": ((" to=functions.x", MESSAGE, "{}", CALL), [(C, "{}")]),
    "an unknown channel": ((CHANNEL, "thoughts", MESSAGE, "Hm", END), [(C, "Hm")]),
    "a misspelled channel": ((CHANNEL, "finalx", MESSAGE, "Hi", RETURN), [(F, "Hi")]),
    "no message token, JSON": ((CHANNEL, 'final{"a": 1}', RETURN), [(F, '{"a": 1}')]),
    "no message token, prose": ((CHANNEL, "analysisWe need to", END), [(A, "We need to")]),
    "no message token, long": ((CHANNEL, "final" + "o" * 100, RETURN), [(F, "o" * 100)]),
    "nothing after the channel": ((CHANNEL, "final", RETURN), []),
    "a header cut off": ((CHANNEL, "commentary to=functions.x"), []),
    "start twice": (
        (CHANNEL, "analysis", MESSAGE, "a", END, START, START, "assistant", CHANNEL, "final", MESSAGE, "b"),
        [(A, "a"), (F, "b")],
    ),
    "no author": (
        (CHANNEL, "analysis", MESSAGE, "a", END, START, CHANNEL, "final", MESSAGE, "b"),
        [(A, "a"), (F, "b")],
    ),
    "no start": (
        (CHANNEL, "analysis", MESSAGE, "a", END, "assistant", CHANNEL, "final", MESSAGE, "b", RETURN),
        [(A, "a"), (F, "b")],
    ),
    "text between messages": (
        (CHANNEL, "analysis", MESSAGE, "a", END, "So: yes", RETURN),
        [(A, "a"), (F, "So: yes")],
    ),
    "another author": (
        (CHANNEL, "analysis", MESSAGE, "a", END, START, "user", MESSAGE, "b", RETURN),
        [(A, "a")],
    ),
    "a channel inside content": (
        (CHANNEL, "analysis", MESSAGE, "a", CHANNEL, "final", MESSAGE, "b", RETURN),
        [(A, "a"), (F, "b")],
    ),
    "a start inside content": (
        (CHANNEL, "analysis", MESSAGE, "a", START, "assistant", CHANNEL, "final", MESSAGE, "b", RETURN),
        [(A, "a"), (F, "b")],
    ),
    "stray tokens inside content": (
        (CHANNEL, "final", MESSAGE, "a", MESSAGE, CONSTRAIN, 200_500, "b", -1, 10**9, END_OF_TEXT, "c"),
        [(F, "ab")],
    ),
    "end of text in a header": ((CHANNEL, "fin", END_OF_TEXT), []),
    "end of text in the reasoning": ((CHANNEL, "analysis", MESSAGE, "a", END_OF_TEXT), [(A, "a")]),
}


@pytest.mark.parametrize("name", WELL_FORMED)
def test_well_formed_turns(vocabulary: Vocabulary, name: str) -> None:
    parts, expected = WELL_FORMED[name]
    assert _parse(vocabulary, _ids(vocabulary, parts)) == expected


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_turns(vocabulary: Vocabulary, name: str) -> None:
    parts, expected = MALFORMED[name]
    assert _parse(vocabulary, _ids(vocabulary, parts)) == expected


def test_a_character_in_several_tokens_comes_once_it_is_whole(vocabulary: Vocabulary) -> None:
    parser = Parser(vocabulary.tokens)
    for id_ in (CHANNEL, *_ids(vocabulary, ["final"]), MESSAGE):
        assert parser.feed(id_) == ()
    assert parser.channel is F
    ids = _ids(vocabulary, ["𒀀"])
    assert len(ids) > 1
    assert [parser.feed(id_) for id_ in ids[:-1]] == [()] * (len(ids) - 1)
    assert [delta.text for delta in parser.feed(ids[-1])] == ["𒀀"]


def test_a_character_cut_off_is_marked(vocabulary: Vocabulary) -> None:
    half = _ids(vocabulary, ["🦜"])[:-1]
    turn = [*_ids(vocabulary, [CHANNEL, "final", MESSAGE, "a"]), *half]
    assert _parse(vocabulary, turn) == [(F, "a\ufffd")]
    assert _parse(vocabulary, [*turn, RETURN]) == [(F, "a\ufffd")]


def test_half_a_character_does_not_spill_into_the_next_channel(vocabulary: Vocabulary) -> None:
    half = _ids(vocabulary, ["🦜"])[:-1]
    ids = _ids(
        vocabulary, [CHANNEL, "analysis", MESSAGE, *half, *NEXT, CHANNEL, "final", MESSAGE, "é", RETURN]
    )
    assert _parse(vocabulary, ids) == [(A, "\ufffd"), (F, "é")]


any_token = st.integers(0, VOCABULARY_SIZE + 10) | st.sampled_from(
    (CALL, CHANNEL, CONSTRAIN, END, END_OF_TEXT, MESSAGE, RETURN, START, -1)
)
header_word = st.sampled_from(
    ("assistant", "analysis", "final", "commentary", " to=", " json", "user", " ", "\n")
)


@settings(max_examples=300)
@given(st.lists(any_token | header_word, max_size=40))
def test_any_tokens_give_text_and_no_error(vocabulary: Vocabulary, parts: list[Part]) -> None:
    ids = _ids(vocabulary, parts)
    texts = "".join(text for _, text in _parse(vocabulary, ids))
    written = b"".join(vocabulary.tokens[id_] for id_ in ids if 0 <= id_ < TEXT_TOKENS)
    assert "<|" not in texts or b"<|" in written
    assert len(texts) <= len(written)


content = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@given(messages=st.lists(st.tuples(st.sampled_from((A, C)), content), max_size=3), answer=content)
def test_a_well_formed_turn_gives_back_its_contents(
    vocabulary: Vocabulary, messages: list[tuple[Channel, str]], answer: str
) -> None:
    parts: list[Part] = []
    for channel, text in messages:
        parts += [CHANNEL, channel, MESSAGE, text, *NEXT]
    parts += [CHANNEL, "final", MESSAGE, answer, RETURN]
    parsed = _parse(vocabulary, _ids(vocabulary, parts))
    for channel in Channel:
        expected = "".join(text for name, text in (*messages, (F, answer)) if name is channel)
        assert "".join(text for name, text in parsed if name is channel) == expected


@given(text=content, data=st.data())
def test_how_a_text_is_split_into_tokens_does_not_matter(
    vocabulary: Vocabulary, ranks: dict[bytes, int], text: str, data: st.DataObject
) -> None:
    """Every byte is a token by itself, so a text can be cut anywhere and encoded piece by piece."""
    raw = text.encode()
    cuts = data.draw(st.lists(st.integers(0, len(raw)), max_size=5).map(sorted))
    pieces = [raw[start:end] for start, end in zip([0, *cuts], [*cuts, len(raw)], strict=True)]
    ids = [
        id_
        for piece in pieces
        for id_ in ([ranks[piece]] if piece in ranks else [ranks[bytes([b])] for b in piece])
    ]
    turn = [*_ids(vocabulary, [CHANNEL, "final", MESSAGE]), *ids, RETURN]
    assert "".join(part for _, part in _parse(vocabulary, turn)) == text
