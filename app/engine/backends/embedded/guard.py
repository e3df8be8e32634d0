"""The whole-turn guard: only tokens that keep a Harmony turn well-formed can be sampled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Protocol

import numpy as np
from llguidance import LLMatcher, LLTokenizer, TokenizerWrapper

from app.core.errors import EngineFault
from app.engine.backends.embedded.context import Logits
from app.engine.backends.embedded.sampler import Sampler
from app.harmony.tokens import (
    END_OF_TURN,
    FINAL_WORD,
    MESSAGE,
    TEXT_TOKENS,
    VOCABULARY_SIZE,
    special_tokens,
)
from app.harmony.turn import turn_grammar
from app.structured.grammar import Grammar
from app.structured.uniqueness.places import Places
from app.structured.uniqueness.reader import Reader


class Encode(Protocol):
    """Turns plain text into ids."""

    def __call__(self, text: str) -> list[int]: ...


class _Table:
    """The vocabulary as llguidance asks for it."""

    eos_token_id = END_OF_TURN[0]
    bos_token_id = None

    def __init__(self, tokens: list[bytes], encode: Encode) -> None:
        self.tokens = tokens
        self.special_token_ids = list(range(TEXT_TOKENS, VOCABULARY_SIZE))
        self._encode = encode

    def __call__(self, text: str | bytes) -> list[int]:
        if isinstance(text, bytes):
            raise TypeError("texts only")  # tells llguidance to decode first
        return self._encode(text)


class Guard:
    """Knows the vocabulary; takes half a second to make, then a millisecond or two per turn."""

    def __init__(self, tokens: Sequence[bytes], encode: Encode) -> None:
        table = self._tokens = list(tokens)
        for name, token in special_tokens().items():
            table[token] = name.encode()
        wrapper = TokenizerWrapper(_Table(table, encode))
        # Without slices, which cost 47 MB and help masks of strings in a format only.
        ends = list(END_OF_TURN)
        self._tokenizer = LLTokenizer(wrapper, n_vocab=VOCABULARY_SIZE, eos_token=ends, slices=[])

    @cached_property
    def _sliced(self) -> LLTokenizer:
        """The same vocabulary for answers with a format: a mask takes a fortieth of the time."""
        return self._tokenizer.with_slices(list(_slices()))

    def start(self, thinking_budget: int, answer: Grammar | None = None) -> Turn:
        """Watch over a new turn, with at most this many tokens of reasoning; `answer` is the grammar of the
        final answer, None for free text."""
        if answer is None:
            return Turn(self._tokenizer, turn_grammar(thinking_budget))
        uniqueness = Uniqueness(answer.unique, self._tokens) if answer.unique else None
        return Turn(self._sliced, turn_grammar(thinking_budget, answer.body), uniqueness)


def _slices() -> Iterator[str]:
    """Parts of the vocabulary that a mask takes or leaves as a whole: those for JSON's strings, and such of
    them as XML's texts may hold, too.
    """
    blank, short, _, longest = LLTokenizer.json_slices()
    plain = r'[^\uFFFE\uFFFF<>&"\\\x00-\x1F\x7F]'
    yield from (blank, f"{plain}{{1,10}}", f"{plain}{{1,30}}", f"{plain}+", short, longest)


class Uniqueness:
    """Sees to it that in a final answer no item stands twice where none may; knows nothing of the rest."""

    def __init__(self, places: Places, tokens: Sequence[bytes]) -> None:
        self._reader = Reader(places)
        self._tokens = tokens
        self._last = 0
        self._is_final = False

    def takes(self, token: int) -> bool:
        """Whether the token may follow, which then counts as taken."""
        if self._is_final and token < TEXT_TOKENS:
            return self._reader.takes(self._tokens[token])
        self.follow(token)
        return True

    def follow(self, token: int) -> None:
        """Take a token that cannot but follow."""
        if self._is_final and token < TEXT_TOKENS:
            self._reader.follow(self._tokens[token])
        self._is_final |= (self._last, token) == (FINAL_WORD, MESSAGE)
        self._last = token


class Turn:
    """What may follow in one turn; every token of it passes through here, in order."""

    def __init__(self, tokenizer: LLTokenizer, grammar: str, uniqueness: Uniqueness | None = None) -> None:
        self._matcher = LLMatcher(tokenizer, LLMatcher.grammar_from_lark(grammar))
        self._uniqueness = uniqueness
        self._bits = np.zeros((VOCABULARY_SIZE + 31) // 32, np.int32)
        self._check()

    @property
    def ended(self) -> bool:
        """Nothing can follow."""
        return self._matcher.is_stopped()

    def forced(self) -> list[int]:
        """The tokens that can only follow as they are; they count as taken."""
        tokens = self._matcher.compute_ff_tokens()
        if tokens and not self._matcher.consume_tokens(tokens):
            self._check()
        if self._uniqueness is not None:
            for token in tokens:
                self._uniqueness.follow(token)
        return tokens

    def choose(self, logits: Logits, sampler: Sampler) -> int:
        """Sample a token that may follow; masks `logits` in place if the first choice may not.

        Sampling first and asking about one token is as good as masking first, and a hundred times cheaper.
        """
        token = sampler.pick(logits)
        if self._matcher.validate_tokens([token]) != 1 or not self._is_unique(token):
            self._mask(logits)
            token = sampler.pick(logits)
            while not self._is_unique(token):
                logits[token] = -np.inf
                token = sampler.pick(logits)
        if not self._matcher.consume_token(token):
            self._check()
        sampler.accept(token)
        return token

    def _is_unique(self, token: int) -> bool:
        return self._uniqueness is None or self._uniqueness.takes(token)

    def _mask(self, logits: Logits) -> None:
        self._matcher.unsafe_compute_mask_ptr(self._bits.ctypes.data, self._bits.nbytes)
        allowed = np.unpackbits(self._bits.view(np.uint8), bitorder="little", count=len(logits))
        np.copyto(logits, -np.inf, where=allowed == 0)

    def _check(self) -> None:
        if self._matcher.is_error():
            raise EngineFault(reason=f"guard: {self._matcher.get_error()}")
