"""Texts that a grammar admits, chosen byte by byte as a model without any sense would."""

from __future__ import annotations

import random

import numpy as np
from llguidance import LLMatcher, LLTokenizer
from llguidance.numpy import allocate_token_bitmask, fill_next_token_bitmask


class ByteWalk:
    """A grammar whose rule `body` is a whole text."""

    def __init__(self, body: str) -> None:
        self._tokenizer = LLTokenizer("byte")
        self._matcher = LLMatcher(self._tokenizer, "start: body\n" + body)
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
        data = bytearray()
        while len(data) < longest:
            if self._matcher.is_stopped() or (token := self._token(dice)) == self._tokenizer.eos_token:
                return data.decode()
            assert self._matcher.consume_token(token)
            data.append(token)
        return None

    def _token(self, dice: random.Random) -> int:
        """Plain letters as often as anything else: most bytes are parts of far-away letters."""
        fill_next_token_bitmask(self._matcher, self._mask, 0)
        bits = np.unpackbits(self._mask.view(np.uint8)[0], bitorder="little")
        tokens = np.flatnonzero(bits[: self._tokenizer.vocab_size])
        ends = [token for token in tokens if token == self._tokenizer.eos_token]
        plain = [token for token in tokens if token < 0x80]
        return int(dice.choice(dice.choice([kind for kind in (list(tokens), plain, ends) if kind])))
