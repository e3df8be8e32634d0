"""Texts that a grammar admits, chosen byte by byte as a model without any sense would."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np
from llguidance import LLMatcher, LLTokenizer
from llguidance.numpy import allocate_token_bitmask, fill_next_token_bitmask

from app.structured.uniqueness.places import Places
from app.structured.uniqueness.reader import Reader


class ByteWalk:
    """A grammar of whole texts; `unique` are the arrays whose items are kept apart."""

    def __init__(self, grammar: str, unique: Places | None = None) -> None:
        self._unique = unique
        self._tokenizer = LLTokenizer("byte")
        self._matcher = LLMatcher(self._tokenizer, grammar)
        assert not self._matcher.is_error(), self._matcher.get_error()
        self._mask = allocate_token_bitmask(1, self._tokenizer.vocab_size)

    def admits(self, text: str) -> bool:
        """Whether this is a whole text of the grammar."""
        self._matcher.reset()
        data = list(text.encode())
        return self._matcher.try_consume_tokens(data) == len(data) and self._matcher.is_accepting()

    def text(self, dice: random.Random, longest: int = 4000) -> str | None:
        """One of its texts; None if it became longer than so many bytes."""
        self._matcher.reset()
        reader = Reader(self._unique) if self._unique else None
        data = bytearray()
        while len(data) < longest:
            if self._matcher.is_stopped():
                return data.decode()
            token = next(token for token in self._tokens(dice) if self._is_taken(token, reader))
            if token == self._tokenizer.eos_token:
                return data.decode()
            assert self._matcher.consume_token(token)
            data.append(token)
        return None

    def _is_taken(self, token: int, reader: Reader | None) -> bool:
        return reader is None or token == self._tokenizer.eos_token or reader.takes(bytes([token]))

    def _tokens(self, dice: random.Random) -> Iterator[int]:
        """All that may follow, by chance; plain letters and ends as often as all others together: most
        bytes are parts of far-away letters."""
        fill_next_token_bitmask(self._matcher, self._mask, 0)
        bits = np.unpackbits(self._mask.view(np.uint8)[0], bitorder="little")
        tokens = np.flatnonzero(bits[: self._tokenizer.vocab_size]).tolist()
        ends = [token for token in tokens if token == self._tokenizer.eos_token]
        plain = [token for token in tokens if token < 0x80]
        kinds = [kind for kind in (tokens, plain, ends) if kind]
        yield dice.choice(dice.choice(kinds))
        yield from dice.sample(tokens, len(tokens))
