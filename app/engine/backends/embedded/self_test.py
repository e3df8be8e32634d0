"""A short trial of a model just loaded: whether it calculates anything sensible, and what it is known to.

It finds a GPU or a driver that computes garbage, and a file whose weights were damaged. It is no proof
that a model is good: a little noise in the weights goes unnoticed.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.engine.backends.embedded.context import Context, Logits
from app.gguf.reader import GgufFile

TEXTS = ("The capital of France is", "1, 2, 3, 4, 5, 6,")
NEW_TOKENS = 4
"""How many the model is asked for after each text."""

LONGEST_S = 2.0
"""No further text is begun after this time."""

LEAST_AGREEMENT = 0.75
"""Of the tokens that are expected: another processor rounds otherwise, so that a close call may differ."""

COMPARED_BYTES = 2 << 30
"""A model on a GPU is compared with the CPU up to this size: a larger one takes too long to load twice."""

Tokens = tuple[tuple[int, ...], ...]
"""For each text the tokens that follow it, the likeliest each time."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of it; no `finding` means that all is well."""

    tokens: Tokens
    finding: str = ""


def try_out(context: Context, prompts: Sequence[Sequence[int]], expected: Tokens | None = None) -> Trial:
    """Evaluate every prompt in an empty context and leave that empty; compare with what is expected."""
    begun, found, finding = time.monotonic(), [], ""
    for index, prompt in enumerate(prompts):
        if index and time.monotonic() - begun > LONGEST_S:
            break
        tokens, finding = _go_on(context, prompt, expected[index] if expected else ())
        found.append(tokens)
        if finding:
            break
    context.clear()
    tried = tuple(found)
    return Trial(tried, finding or judge(tried, expected))


def known_tokens(table: Path, file: GgufFile) -> Tokens | None:
    """What the model with this header is known to say, None where that was never recorded."""
    known: Mapping[str, Mapping[str, list[list[int]]]] = json.loads(table.read_text("utf-8"))
    entry = known.get(identity(file))
    return tuple(map(tuple, entry["tokens"])) if entry else None


def identity(file: GgufFile) -> str:
    """The same for a file and for a damaged copy of it, whose weights differ and whose header does not."""
    return hashlib.sha256(file.header).hexdigest()


def _go_on(context: Context, prompt: Sequence[int], expected: Sequence[int]) -> tuple[tuple[int, ...], str]:
    """The likeliest tokens after a prompt, each after the expected ones before it; and what is wrong."""
    context.clear()
    found: list[int] = []
    following, position = list(prompt), 0
    while True:
        context.decode(following, position)
        logits = context.logits()
        if finding := _fault(logits):
            return tuple(found), finding
        found.append(int(np.argmax(logits)))
        if len(found) == NEW_TOKENS:
            return tuple(found), ""
        position += len(following)
        following = [expected[len(found) - 1] if expected else found[-1]]


def _fault(logits: Logits) -> str:
    lowest, highest = float(logits.min()), float(logits.max())
    if not np.isfinite(lowest) or not np.isfinite(highest):  # NaN goes through both
        return "not numbers"
    return "every word is as likely as any other" if highest - lowest < 1e-3 else ""


def judge(tokens: Tokens, expected: Tokens | None) -> str:
    """What is wrong with these tokens, "" where nothing is; a trial may have been cut short."""
    if expected is None:
        return "one word over and over" if len({token for text in tokens for token in text}) == 1 else ""
    pairs = [pair for text in zip(tokens, expected, strict=False) for pair in zip(*text, strict=True)]
    agreed = sum(one == other for one, other in pairs)
    return f"{agreed} of {len(pairs)} words as expected" if agreed < LEAST_AGREEMENT * len(pairs) else ""
