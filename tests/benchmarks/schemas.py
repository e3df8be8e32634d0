"""How much of real schemas the grammar enforces, whether it is right, and what it costs.

`poe bench-schemas [DIR]` reads files of cases as in `tests/golden/schemas`, files of one schema with `tests`,
and plain schema files. Times are of the processor, on the vocabulary of the model.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from llguidance import LLMatcher, LLTokenizer

from app.core.answer_format import AnswerFormat
from app.core.errors import SchemaRefused
from app.gguf import reader
from app.harmony.tokens import END_OF_TURN, VOCABULARY_SIZE, special_tokens
from app.harmony.vocabulary import SPLIT_PATTERN, Vocabulary, load
from app.structured.check import fits_schema
from app.structured.grammar import Grammar, grammar_of
from app.structured.schema import read_schema
from app.userdata import demo_model, places
from tests.benchmarks.report import row
from tests.helpers.byte_matcher import ByteMatcher
from tests.helpers.schema_cases import FOLDER, Case, cases_in

MOST_MEASURED = 3
"""Of the valid instances of one schema, for the masks."""


@dataclass
class Figures:
    schemas: int = 0
    full: int = 0
    partly: int = 0
    valid: int = 0
    invalid: int = 0
    rejected: list[str] = field(default_factory=list)
    accepted: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    checked: Counter[str] = field(default_factory=Counter)
    making_ms: list[float] = field(default_factory=list)
    compile_ms: list[float] = field(default_factory=list)
    mask_us: list[float] = field(default_factory=list)


class Bench:
    def __init__(self, vocabulary: Vocabulary) -> None:
        self._encode = vocabulary.encoding.encode
        self._tokenizer = LLTokenizer.from_tiktoken(
            encoder=vocabulary.ranks(),
            special_tokens=special_tokens(),
            pattern=SPLIT_PATTERN,
            eos_token=list(END_OF_TURN),
            n_vocab=VOCABULARY_SIZE,
        )
        self._bits = np.zeros((VOCABULARY_SIZE + 31) // 32, np.int32)
        self.figures = Figures()

    def take(self, case: Case) -> None:
        """Add one schema and its instances to the figures."""
        figures = self.figures
        figures.schemas += 1
        started = time.thread_time()
        try:
            grammar = grammar_of(AnswerFormat(case.name, case.schema))
        except SchemaRefused as error:
            figures.refused.append(f"{case.name}: {error}")
            return
        figures.making_ms.append((time.thread_time() - started) * 1e3)
        figures.full += grammar.coverage.is_full
        figures.partly += not grammar.coverage.is_full
        figures.checked.update({keyword.name for keyword in grammar.coverage.checked})
        self._judge(case, grammar)

    def _judge(self, case: Case, grammar: Grammar) -> None:
        figures, schema = self.figures, read_schema(case.schema)
        matcher = ByteMatcher(grammar.text, grammar.unique)
        figures.valid += len(case.valid)
        figures.invalid += len(case.invalid)
        figures.accepted += [_told(case, value) for value in case.invalid if fits_schema(schema, value)]
        texts = [matcher.written(value) for value in case.valid]
        figures.rejected += [
            _told(case, value)
            for value, text in zip(case.valid, texts, strict=True)
            if text is None or not fits_schema(schema, value)
        ]
        self._measure(grammar, [text for text in texts if text is not None][:MOST_MEASURED])

    def _measure(self, grammar: Grammar, texts: Sequence[str]) -> None:
        started = time.thread_time()
        LLMatcher(self._tokenizer, grammar.text)
        self.figures.compile_ms.append((time.thread_time() - started) * 1e3)
        for text in texts:
            matcher = LLMatcher(self._tokenizer, grammar.text)
            self.figures.mask_us += self._masks(matcher, self._encode(text, disallowed_special=()))

    def _masks(self, matcher: LLMatcher, tokens: Sequence[int]) -> Iterator[float]:
        for token in tokens:
            started = time.thread_time()
            matcher.unsafe_compute_mask_ptr(self._bits.ctypes.data, self._bits.nbytes)
            yield (time.thread_time() - started) * 1e6
            assert matcher.consume_token(token), matcher.get_error()


def _told(case: Case, value: object) -> str:
    return f"{case.name}: {json.dumps(value, ensure_ascii=False)[:150]}"


def _vocabulary() -> Vocabulary:
    with tempfile.TemporaryDirectory() as folder:
        return load(reader.read(demo_model(places(Path(folder)))), Path(folder))


def _quantiles(values: Sequence[float]) -> tuple[float, float, float]:
    p50, p95, p99 = np.percentile(values or [0.0], [50, 95, 99])
    return float(p50), float(p95), float(p99)


def _times(what: str, unit: str, values: Sequence[float], reach: tuple[float, float, float]) -> None:
    found = _quantiles(values)
    wanted = "/".join(f"{limit:g}" for limit in reach)
    measured = "/".join(f"{value:.3g}" for value in found)
    ok = all(value <= limit for value, limit in zip(found, reach, strict=True))
    row(f"{what}, CPU, p50/p95/p99", f"<= {wanted} {unit}", f"{measured} {unit} of {len(values):,}", ok)


def _share(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0


def rows(figures: Figures) -> None:
    whole, usable = figures.schemas, figures.full + figures.partly
    full, some = _share(figures.full, whole), _share(usable, whole)
    row("schemas enforced in every keyword", ">= 93 %", f"{full:.1f} % of {whole:,}", full >= 93)
    row(
        "schemas enforced, or enforced and checked with keywords named",
        ">= 99 %",
        f"{some:.1f} %",
        some >= 99,
    )
    wrong = len(figures.accepted)
    row(
        "invalid instances that grammar and check let through",
        "0",
        f"{wrong} of {figures.invalid:,}",
        wrong == 0,
    )
    lost = _share(len(figures.rejected), figures.valid)
    measured = f"{lost:.2f} %, {len(figures.rejected)} of {figures.valid:,}"
    row("valid instances rejected, members in the schema's order", "<= 0.3 %", measured, lost <= 0.3)
    _times("compiling a grammar", "ms", figures.compile_ms, (1, 10, 25))
    _times("a mask", "us", figures.mask_us, (25, 150, 1000))
    making = "/".join(f"{value:.3g}" for value in _quantiles(figures.making_ms))
    print(f"reading, rewriting and trying a schema, CPU, p50/p95/p99: {making} ms")
    print(f"left to the check: {dict(figures.checked.most_common())}")
    for title, listed in (
        ("refused", figures.refused),
        ("invalid, let through", figures.accepted),
        ("valid, rejected", figures.rejected),
    ):
        print("\n".join([f"{title}: {len(listed)}", *(f"  {line[:240]}" for line in listed[:40])]))


def main() -> None:
    bench = Bench(_vocabulary())
    for case in cases_in(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER):
        bench.take(case)
    rows(bench.figures)


if __name__ == "__main__":
    main()
