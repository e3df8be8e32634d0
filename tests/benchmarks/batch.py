"""A batch of documents with a shared beginning, next to asking one by one without it."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from app.core.answer_format import AnswerFormat
from app.core.batch import BatchPlan, Item
from app.core.model import LoadOptions
from app.core.sampling import Sampling
from app.engine.client import EngineClient
from app.launch import engine_command
from app.services.batch import BatchRun
from app.services.journal import Journal
from tests.benchmarks.report import row
from tests.benchmarks.synthetic_model import CUT, cached

DOCUMENTS = 40
INSTRUCTION_WORDS, DOCUMENT_WORDS = 440, 170
"""About 600 tokens with the schema, and about 200."""

SCHEMA = {
    "title": "Letter",
    "type": "object",
    "properties": {
        name: {"type": "string", "minLength": 12, "maxLength": 16}
        for name in ("sender", "addressee", "subject", "answer_wanted_by", "tone_of_voice")
    },
    "required": ["sender", "addressee", "subject", "answer_wanted_by", "tone_of_voice"],
    "additionalProperties": False,
}
DAY = date(2026, 11, 25)


STOCK = ("river", "stone", "letter", "evening", "garden", "window", "market", "people", "answer", "morning")


def prose(words: int, seed: int) -> str:
    """Plain words, other ones for each seed."""
    return " ".join(STOCK[(seed * 7 + number * number) % len(STOCK)] for number in range(words))


def run_s(client: EngineClient, items: list[Item], plan: BatchPlan, *, alone: bool) -> float:
    """Seconds for these items; `alone` asks another question before each, so that nothing is shared."""
    spent_s = 0.0
    for part in [[item] for item in items] if alone else [items]:
        if alone:
            forget = BatchPlan("Forget.", plan.format, Sampling(max_tokens=1, thinking_budget=0))
            list(BatchRun(forget, [Item("x", "x")], Journal(None, []), client, DAY))
        started_at = time.perf_counter()
        journal = Journal(None, part)
        list(BatchRun(plan, part, journal, client, DAY, jobs=2))
        spent_s += time.perf_counter() - started_at
        assert all(outcome.is_good for outcome in journal.outcomes.values()), journal.outcomes
    return spent_s


def measure(path: Path, documents: int) -> tuple[float, float]:
    """Seconds: (one by one, as a batch), in turns of a quarter of the documents each."""
    schema = AnswerFormat("Letter", json.dumps(SCHEMA))
    plan = BatchPlan(prose(INSTRUCTION_WORDS, 0), schema, Sampling(thinking_budget=0, seed=1))
    items = [Item(str(number), prose(DOCUMENT_WORDS, number + 1)) for number in range(documents)]
    client = EngineClient([*engine_command(), tempfile.mkdtemp()])
    list(client.load(path, LoadOptions()))
    alone_s = batch_s = 0.0
    each = max(1, documents // 4)
    for start in range(0, documents, each):
        part = items[start : start + each]
        batch_s += run_s(client, part, plan, alone=False)
        alone_s += run_s(client, part, plan, alone=True)
    client.close()
    return alone_s, batch_s


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=DOCUMENTS)
    parser.add_argument("model", nargs="?", type=Path)
    given = parser.parse_args()
    alone_s, batch_s = measure(given.model or cached(CUT), given.documents)
    row(
        f"batch of {given.documents} documents / one by one without the shared beginning",
        "<= 0.5",
        f"{batch_s / alone_s:.2f} ({batch_s:.0f} / {alone_s:.0f} s)",
        batch_s <= 0.5 * alone_s,
    )


if __name__ == "__main__":
    sys.exit(main())
