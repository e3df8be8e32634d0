"""What holding an answer to a format costs, and what it saves, next to answers that are free."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import perf_counter

from app.core.answer_format import AnswerFormat
from app.core.events import FinishReason
from app.core.request import GenerationRequest
from app.engine.backends.embedded.backend import EmbeddedBackend, _Loaded
from app.engine.backends.embedded.cache import Cache
from app.engine.backends.embedded.guard import Turn
from app.engine.backends.embedded.writer import Writer
from tests.benchmarks.decode import BLOCK, QUESTION, ROUNDS, engine_steps, seconds
from tests.benchmarks.report import row
from tests.benchmarks.synthetic_model import CUT, cached
from tests.helpers.embedded import load, request, write

EXTRACTION = {
    "title": "Invoice",
    "type": "object",
    "properties": {
        "invoice_number": {"type": "string", "pattern": "^[A-Z]{2}-[0-9]{4}$"},
        "issue_date": {"type": "string", "format": "date"},
        "total_amount": {"type": "integer", "minimum": 0, "maximum": 99999},
        "currency_code": {"enum": ["EUR", "USD", "CNY", "GBP"]},
        "is_already_paid": {"type": "boolean"},
    },
    "required": ["invoice_number", "issue_date", "total_amount", "currency_code", "is_already_paid"],
    "additionalProperties": False,
}
LONG_LIST = {"type": "array", "items": {"type": "string", "minLength": 20, "maxLength": 200}, "minItems": 500}
ANSWERS = 12


def fitting(schema: object, text: str = QUESTION, **sampling: float) -> GenerationRequest:
    return replace(request(text, **sampling), format=AnswerFormat("Answer", json.dumps(schema)))


def twin(backend: EmbeddedBackend) -> EmbeddedBackend:
    """Another backend on the same weights, with a context of its own."""
    other = EmbeddedBackend(backend._folder)
    loaded = backend._loaded
    assert loaded is not None
    context = loaded.model.open()
    other._library, other._language = backend._library, backend._language
    other._loaded = _Loaded(loaded.model, context, Cache(context), 0.0)
    return other


def _without_forcing(steps: Iterator[None]) -> Iterator[None]:
    """Only what is sampled: every token costs a step."""
    forced = Turn.forced
    try:
        while True:
            Turn.forced = lambda self: []  # type: ignore[method-assign]
            next(steps)
            Turn.forced = forced  # type: ignore[method-assign]
            yield
    finally:
        Turn.forced = forced  # type: ignore[method-assign]


def constrained_share(backend: EmbeddedBackend, other: EmbeddedBackend) -> tuple[float, float]:
    """Decoding under a format, without certainties, as a share of free decoding; and tokens per second."""
    assert backend._loaded is not None and other._loaded is not None
    free = engine_steps(backend, backend._loaded.cache)
    asked = fitting(LONG_LIST, temperature=0.0, thinking_budget=0, max_tokens=100_000)
    bound = _without_forcing(engine_steps(other, other._loaded.cache, asked))
    for steps, cache in ((free, backend._loaded.cache), (bound, other._loaded.cache)):
        next(steps)
        seconds(steps, len(cache.tokens) + BLOCK)
    pairs = [(seconds(free, BLOCK), seconds(bound, BLOCK)) for _ in range(ROUNDS)]
    return median(one / two for one, two in pairs), BLOCK / median(two for _, two in pairs)


def extraction(backend: EmbeddedBackend, other: EmbeddedBackend) -> tuple[float, float]:
    """With certainties, as a share of without: decode steps, and wall time after the first token."""
    steps: list[int] = []
    extend, forced = Writer._extend, Turn.forced
    Writer._extend = lambda self, tokens: (steps.append(len(tokens)), extend(self, tokens))[1]  # type: ignore[method-assign,func-returns-value]
    shares = []
    for seed in range(ANSWERS):
        asked = fitting(EXTRACTION, temperature=1.0, seed=seed, thinking_budget=0)
        quick_s = _decode_s(backend, asked)
        Turn.forced = lambda self: []  # type: ignore[method-assign]
        slow_s = _decode_s(other, asked)
        Turn.forced = forced  # type: ignore[method-assign]
        shares.append(quick_s / slow_s)
    Writer._extend = extend  # type: ignore[method-assign]
    return _steps_share(steps), median(shares)


def _steps_share(steps: list[int]) -> float:
    """Every answer left a run of step sizes, quick and slow in turn; an empty step begins a run."""
    runs: list[list[int]] = []
    for size in steps:
        if size == 0:
            runs.append([])
        else:
            runs[-1].append(size)
    quick, slow = runs[::2], runs[1::2]
    return sum(map(len, quick)) / sum(map(len, slow))


def _decode_s(backend: EmbeddedBackend, asked: GenerationRequest) -> float:
    started_at = perf_counter()
    written = write(backend, asked)
    assert written.end.reason is FinishReason.STOP
    return perf_counter() - started_at - written.end.timing.first_token_s


def main() -> None:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else cached(CUT)
    backend = EmbeddedBackend(Path(tempfile.mkdtemp()))
    load(backend, path)
    other = twin(backend)
    share, speed = constrained_share(backend, other)
    row(
        "decode under a format, nothing forced / free decode, greedy",
        ">= 0.97",
        f"{share:.3f} ({speed:.1f} tok/s)",
        share >= 0.97,
    )
    steps, wall = extraction(backend, other)
    row("decode steps of a five-field extraction, forced / not", "<= 0.55", f"{steps:.2f}", steps <= 0.55)
    row("the same in wall time", "<= 0.75", f"{wall:.2f}", wall <= 0.75)


if __name__ == "__main__":
    main()
