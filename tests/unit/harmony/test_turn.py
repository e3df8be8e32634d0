"""The whole-turn grammar under llguidance: what may be sampled, and the exact thinking budget."""

from __future__ import annotations

from collections.abc import Sequence

import llguidance
import llguidance.numpy
import numpy as np
import pytest

from app.harmony.tokens import (
    ANALYSIS_WORD,
    ASSISTANT_WORD,
    CALL,
    CHANNEL,
    CONSTRAIN,
    END,
    END_OF_TEXT,
    END_OF_TURN,
    FINAL_WORD,
    MESSAGE,
    RETURN,
    START,
    VOCABULARY_SIZE,
    special_tokens,
)
from app.harmony.turn import turn_grammar
from app.harmony.vocabulary import SPLIT_PATTERN, Vocabulary

Part = str | int


class Guard:
    """A tokenizer for llguidance and what it takes to try turns on it."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.encode = vocabulary.encoding.encode
        self.tokens = vocabulary.tokens
        self.tokenizer = llguidance.LLTokenizer.from_tiktoken(
            encoder=vocabulary.ranks(),
            special_tokens=special_tokens(),
            pattern=SPLIT_PATTERN,
            eos_token=list(END_OF_TURN),
            n_vocab=VOCABULARY_SIZE,
        )

    def ids(self, *parts: Part) -> list[int]:
        ids: list[int] = []
        for part in parts:
            ids += [part] if isinstance(part, int) else self.encode(part, disallowed_special=())
        return ids

    def matcher(self, budget: int | None = None, is_free: bool = True) -> llguidance.LLMatcher:
        matcher = llguidance.LLMatcher(self.tokenizer, turn_grammar(budget, is_free))
        assert not matcher.is_error(), matcher.get_error()
        return matcher

    def accepts(self, ids: Sequence[int], budget: int | None = None) -> bool:
        """Whether the whole turn may be sampled and may end there."""
        matcher = self.matcher(budget)
        return matcher.try_consume_tokens(list(ids)) == len(ids) and matcher.is_accepting()

    def allowed(self, matcher: llguidance.LLMatcher) -> set[int]:
        mask = llguidance.numpy.allocate_token_bitmask(1, VOCABULARY_SIZE)
        llguidance.numpy.fill_next_token_bitmask(matcher, mask, 0)
        bits = np.unpackbits(mask.view(np.uint8)[0], bitorder="little", count=VOCABULARY_SIZE)
        return set(np.flatnonzero(bits).tolist())


@pytest.fixture(scope="module")
def guard(vocabulary: Vocabulary) -> Guard:
    return Guard(vocabulary)


THINK = (CHANNEL, "analysis", MESSAGE)
ANSWER = (CHANNEL, "final", MESSAGE)
NEXT = (END, START, "assistant")

ACCEPTED: dict[str, tuple[Part, ...]] = {
    "analysis and final": (*THINK, "Hm.", *NEXT, *ANSWER, "Hello", RETURN),
    "final alone": (*ANSWER, "Hello", RETURN),
    "ended by <|end|>": (*ANSWER, "Hello", END),
    "ended by <|endoftext|>": (*ANSWER, "Hello", END_OF_TEXT),
    "not ended yet": (*ANSWER, "Hello"),
    "empty": (*THINK, *NEXT, *ANSWER, RETURN),
    "any script": (*THINK, "𒀀🦜日本語\0\n\t", *NEXT, *ANSWER, "👩‍👩‍👧 हिन्दी\r\n\u202e", RETURN),
    "spelled control tokens": (*ANSWER, "<|start|>assistant<|end|>", RETURN),
}

REFUSED: dict[str, tuple[Part, ...]] = {
    "no header": ("Hello", RETURN),
    "no channel": (MESSAGE, "Hello", RETURN),
    "an empty channel": (CHANNEL, MESSAGE, "Hello", RETURN),
    "a channel in letters": (CHANNEL, "fin", "al", MESSAGE, "Hello", RETURN),
    "a misspelled channel": (CHANNEL, "finalx", MESSAGE, "Hello", RETURN),
    "commentary": (CHANNEL, "commentary", MESSAGE, "Hello", RETURN),
    "a tool call": (CHANNEL, "commentary to=functions.x", MESSAGE, "{}", CALL),
    "a content type": (CHANNEL, "final ", CONSTRAIN, "json", MESSAGE, "{}", RETURN),
    "analysis alone": (*THINK, "Hm.", RETURN),
    "analysis twice": (*THINK, "Hm.", *NEXT, *THINK, "Hm.", *NEXT, *ANSWER, "Hello", RETURN),
    "another author": (*THINK, "Hm.", END, START, "user", *ANSWER, "Hello", RETURN),
    "no author": (*THINK, "Hm.", END, START, *ANSWER, "Hello", RETURN),
    "a start inside": (*ANSWER, "Hello", START, "user", RETURN),
    "a reserved token inside": (*ANSWER, "Hello", 200_500, RETURN),
    "more after the end": (*ANSWER, "Hello", END, START, "assistant", *ANSWER, "Hello", RETURN),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_accepted(guard: Guard, name: str) -> None:
    assert guard.accepts(guard.ids(*ACCEPTED[name]))


@pytest.mark.parametrize("name", REFUSED)
def test_refused(guard: Guard, name: str) -> None:
    assert not guard.accepts(guard.ids(*REFUSED[name]))


def test_the_matcher_is_stopped_once_the_turn_is_over(guard: Guard) -> None:
    for last in (RETURN, END_OF_TEXT, END):
        matcher = guard.matcher()
        matcher.consume_tokens(guard.ids(*ANSWER, "Hello", last))
        assert matcher.is_stopped()


@pytest.mark.parametrize("budget", [1, 2, 3, 8])
def test_the_budget_is_exact_wherever_it_ends(guard: Guard, budget: int) -> None:
    """The thought is one that no two tokens of end on whole characters."""
    thought = (guard.ids("🦜𒀀𒀁🪿") * 20)[:budget]
    matcher = guard.matcher(budget)
    matcher.consume_tokens(guard.ids(*THINK))
    for token in thought:
        assert END in guard.allowed(matcher)
        assert matcher.consume_token(token)
    assert guard.allowed(matcher) == {END}
    assert guard.accepts(guard.ids(*THINK, *thought, *NEXT, *ANSWER, "Hi", RETURN), budget)
    assert not guard.accepts(guard.ids(*THINK, *thought, thought[0], *NEXT, *ANSWER, "Hi", RETURN), budget)


def test_after_the_budget_the_way_to_the_answer_is_forced(guard: Guard) -> None:
    matcher = guard.matcher(1)
    matcher.consume_tokens(guard.ids(*THINK, "x"))
    assert matcher.compute_ff_tokens() == guard.ids(*NEXT, *ANSWER)


def test_the_words_of_headers_are_single_tokens(guard: Guard) -> None:
    words = guard.ids("assistant", "analysis", "final")
    assert words == [ASSISTANT_WORD, ANALYSIS_WORD, FINAL_WORD]


def test_a_budget_of_nothing_leaves_no_analysis(guard: Guard) -> None:
    assert guard.accepts(guard.ids(*ANSWER, "Hi", RETURN), 0)
    assert not guard.accepts(guard.ids(*THINK, *NEXT, *ANSWER, "Hi", RETURN), 0)
    assert guard.matcher(0).compute_ff_tokens() == guard.ids(*ANSWER)


def test_free_text_allows_every_text_token_and_the_ends(guard: Guard) -> None:
    matcher = guard.matcher()
    matcher.consume_tokens(guard.ids(*ANSWER))
    assert guard.allowed(matcher) == {*range(199_998), END, *END_OF_TURN}


@pytest.mark.parametrize("budget", [None, 0, 8])
def test_an_answer_with_a_grammar_of_its_own_is_led_up_to(guard: Guard, budget: int | None) -> None:
    matcher = guard.matcher(budget, is_free=False)
    if budget != 0:
        matcher.consume_tokens(guard.ids(*THINK, "Hm.", *NEXT))
    matcher.consume_tokens(guard.ids(*ANSWER[:-1]))
    assert not matcher.is_stopped()
    assert matcher.compute_ff_tokens() == [MESSAGE]
    assert matcher.consume_token(MESSAGE)
    assert matcher.is_stopped() and not matcher.is_error()
