"""The whole-turn guard: only tokens that keep a Harmony turn well-formed can be sampled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from typing import Protocol

import numpy as np
from llguidance import LLMatcher, LLTokenizer, TokenizerWrapper

from app.core.errors import EngineFault
from app.engine.backends.embedded.context import Logits
from app.engine.backends.embedded.sampler import Sampler
from app.harmony.tokens import END_OF_TURN, TEXT_TOKENS, VOCABULARY_SIZE, special_tokens
from app.harmony.turn import turn_grammar
from app.structured.grammar import Grammar
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
    """Knows the vocabulary; takes half a second to make, then what the grammar of an answer takes."""

    def __init__(self, tokens: Sequence[bytes], encode: Encode) -> None:
        table = self._tokens = list(tokens)
        for name, token in special_tokens().items():
            table[token] = name.encode()
        wrapper = TokenizerWrapper(_Table(table, encode))
        # Without slices, which cost 47 MB and help masks of strings in a format only.
        ends = list(END_OF_TURN)
        self._tokenizer = LLTokenizer(wrapper, n_vocab=VOCABULARY_SIZE, eos_token=ends, slices=[])
        self._turn = lru_cache(maxsize=4)(self._compiled)

    @cached_property
    def _sliced(self) -> LLTokenizer:
        """The same vocabulary for answers with a format: a mask takes a fortieth of the time."""
        return self._tokenizer.with_slices(list(_slices()))

    def start(self, thinking_budget: int, answer: Grammar | None = None) -> Turn:
        """Watch over a new turn, with at most this many tokens of reasoning; `answer` is the grammar of the
        final answer, None for free text."""
        turn = self._turn(thinking_budget, answer is None).deep_copy()
        if answer is None:
            return Turn(turn, self._tokens)
        reader = Reader(answer.unique) if answer.unique else None
        return Turn(turn, self._tokens, LLMatcher(self._sliced, answer.text), reader)

    def _compiled(self, thinking_budget: int, is_free: bool) -> LLMatcher:
        return LLMatcher(self._tokenizer, turn_grammar(thinking_budget, is_free))


def _slices() -> Iterator[str]:
    """Parts of the vocabulary that a mask takes or leaves as a whole: those for JSON's strings, and such of
    them as XML's texts may hold, too.
    """
    blank, short, _, longest = LLTokenizer.json_slices()
    plain = r'[^\uFFFE\uFFFF<>&"\\\x00-\x1F\x7F]'
    yield from (blank, f"{plain}{{1,10}}", f"{plain}{{1,30}}", f"{plain}+", short, longest)


class Turn:
    """What may follow in one turn; every token of it passes through here, in order.

    Where the answer has a grammar, that takes over when the turn's own has led up to the answer.
    """

    def __init__(
        self,
        matcher: LLMatcher,
        tokens: Sequence[bytes],
        answer: LLMatcher | None = None,
        unique: Reader | None = None,
    ) -> None:
        self._matcher = matcher
        self._tokens = tokens
        self._answer = answer
        self._unique = unique
        self._bits = np.zeros((VOCABULARY_SIZE + 31) // 32, np.int32)
        self._check()

    @property
    def ended(self) -> bool:
        """Nothing can follow."""
        return self._matcher.is_stopped()

    def forced(self) -> list[int]:
        """The tokens that can only follow as they are; they count as taken."""
        tokens = self._forced()
        if self._begins_answer():
            tokens += self._forced()
        return tokens

    def _forced(self) -> list[int]:
        tokens = self._matcher.compute_ff_tokens()
        if tokens and not self._matcher.consume_tokens(tokens):
            self._check()
        if self._reader is not None:
            self._reader.follow(b"".join(self._tokens[token] for token in tokens))
        return tokens

    def _begins_answer(self) -> bool:
        """Whether the turn has led up to its answer; the answer's own grammar then takes over."""
        if self._answer is None or not self._matcher.is_stopped():
            return False
        self._matcher, self._answer = self._answer, None
        return True

    @property
    def _reader(self) -> Reader | None:
        """What keeps items apart, in an answer that has such."""
        return self._unique if self._answer is None else None

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
        self._begins_answer()
        sampler.accept(token)
        return token

    def _is_unique(self, token: int) -> bool:
        """Whether no item stands twice with this token, which then counts as read."""
        return self._reader is None or token >= TEXT_TOKENS or self._reader.takes(self._tokens[token])

    def _mask(self, logits: Logits) -> None:
        self._matcher.unsafe_compute_mask_ptr(self._bits.ctypes.data, self._bits.nbytes)
        allowed = np.unpackbits(self._bits.view(np.uint8), bitorder="little", count=len(logits))
        np.copyto(logits, -np.inf, where=allowed == 0)

    def _check(self) -> None:
        for matcher in (self._matcher, self._answer):
            if matcher is not None and matcher.is_error():
                raise EngineFault(reason=f"guard: {matcher.get_error()}")
