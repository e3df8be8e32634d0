"""The guard: whatever a model would like to say, the turn it writes is well-formed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from app.core.answer_format import AnswerFormat
from app.core.message import Channel
from app.core.sampling import Sampling
from app.engine.backends.embedded.guard import Guard
from app.engine.backends.embedded.library import Library
from app.engine.backends.embedded.sampler import Greedy, make_sampler
from app.gguf.reader import read
from app.harmony import vocabulary
from app.harmony.parser import Parser
from app.harmony.render import Renderer
from app.harmony.tokens import (
    ANALYSIS_WORD,
    ASSISTANT_WORD,
    CHANNEL,
    END,
    END_OF_TURN,
    FINAL_WORD,
    MESSAGE,
    RETURN,
    START,
    TEXT_TOKENS,
    VOCABULARY_SIZE,
)
from app.harmony.vocabulary import Vocabulary
from app.structured.grammar import grammar_of

TO_FINAL = [START, ASSISTANT_WORD, CHANNEL, FINAL_WORD, MESSAGE]


@pytest.fixture(scope="module")
def table(demo_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    return vocabulary.load(read(demo_model), tmp_path_factory.mktemp("ranks"))


@pytest.fixture(scope="module")
def guard(table: Vocabulary) -> Guard:
    return Guard(table.tokens, Renderer(table.encoding).encode)


def wish(*tokens: int) -> np.ndarray:
    """Logits of a model that likes these tokens, the first one best, and no others."""
    logits = np.zeros(VOCABULARY_SIZE, np.float32)
    logits[list(tokens)] = np.linspace(20, 10, len(tokens), dtype=np.float32)
    return logits


def test_the_opening_is_forced_as_far_as_it_is_certain(guard: Guard) -> None:
    assert guard.start(100).forced() == [CHANNEL]
    assert guard.start(0).forced() == [CHANNEL, FINAL_WORD, MESSAGE]


def test_the_model_chooses_whether_it_reasons(guard: Guard) -> None:
    for word in (ANALYSIS_WORD, FINAL_WORD):
        turn = guard.start(100)
        turn.forced()
        assert turn.choose(wish(word), Greedy()) == word
        assert turn.forced() == [MESSAGE]


def test_a_refused_token_gives_way_to_the_next_best(guard: Guard) -> None:
    turn = guard.start(100)
    turn.forced()
    assert turn.choose(wish(RETURN, END, 5, START, FINAL_WORD, ANALYSIS_WORD), Greedy()) == FINAL_WORD


def test_the_end_of_the_reasoning_forces_all_up_to_the_answer(guard: Guard) -> None:
    turn = guard.start(100)
    turn.forced()
    turn.choose(wish(ANALYSIS_WORD), Greedy())
    turn.forced()
    assert turn.choose(wish(5), Greedy()) == 5
    assert turn.forced() == []
    assert turn.choose(wish(RETURN, END), Greedy()) == END
    assert turn.forced() == TO_FINAL
    assert turn.choose(wish(END_OF_TURN[1]), Greedy()) == END_OF_TURN[1]


@pytest.mark.parametrize("budget", [1, 2, 16, 300])
def test_the_thinking_budget_is_exact(guard: Guard, budget: int) -> None:
    turn = guard.start(budget)
    turn.forced()
    turn.choose(wish(ANALYSIS_WORD), Greedy())
    turn.forced()
    for thought in range(1, budget + 1):
        assert turn.choose(wish(5), Greedy()) == 5
        assert turn.forced() == ([END, *TO_FINAL] if thought == budget else [])


def test_end_of_message_ends_the_turn_as_well(guard: Guard) -> None:
    turn = guard.start(0)
    turn.forced()
    assert not turn.ended
    assert turn.choose(wish(END), Greedy()) == END
    assert turn.ended


def test_what_a_random_model_writes_is_well_formed(guard: Guard, table: Vocabulary) -> None:
    library = Library()
    random_ = np.random.default_rng(1)
    specials = list(range(TEXT_TOKENS, VOCABULARY_SIZE))
    for seed in range(8):
        turn, parser, budget = guard.start(16), Parser(table.tokens), 16
        sampler = make_sampler(library, Sampling(seed=seed), VOCABULARY_SIZE)
        tokens = turn.forced()
        while len(tokens) < 60 and not turn.ended and tokens[-1] not in END_OF_TURN:
            logits = random_.standard_normal(VOCABULARY_SIZE, np.float32)
            logits[specials] += 5  # a model that would rather write control tokens than text
            tokens += [turn.choose(logits, sampler), *turn.forced()]
        texts: dict[Channel, str] = {}
        for token in tokens:
            for delta in parser.feed(token):
                texts[delta.channel] = texts.get(delta.channel, "") + delta.text
        assert "<|" not in "".join(texts.values())
        assert tokens.count(MESSAGE) == tokens.count(CHANNEL) <= 2
        thought = tokens[3 : tokens.index(END)] if tokens[1] == ANALYSIS_WORD else []
        assert len(thought) <= budget


@pytest.mark.parametrize("seed", range(4))
def test_no_item_is_written_twice_where_none_may_be(guard: Guard, table: Vocabulary, seed: int) -> None:
    letter = {"type": "string", "minLength": 1, "maxLength": 1}
    schema = {"type": "array", "items": letter, "minItems": 30, "maxItems": 40, "uniqueItems": True}
    answer = grammar_of(AnswerFormat("letters", json.dumps(schema)))
    turn, library, random_ = guard.start(0, answer), Library(), np.random.default_rng(seed)
    sampler, favourites = make_sampler(library, Sampling(seed=seed), VOCABULARY_SIZE), list(range(100))
    tokens = turn.forced()
    while not turn.ended:
        logits = random_.standard_normal(VOCABULARY_SIZE, np.float32)
        logits[favourites] += 15  # a model of few words
        tokens += [turn.choose(logits, sampler), *turn.forced()]
    sampler.close()
    text = b"".join(table.tokens[token] for token in tokens if token < TEXT_TOKENS and token != FINAL_WORD)
    letters = json.loads(text)
    assert len(set(letters)) == len(letters) >= 30
