"""A model of random weights at temperature 1: is there any way to a malformed turn?"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from app.core.message import Channel
from app.engine.backends.embedded.backend import EmbeddedBackend
from app.harmony.tokens import CHANNEL, CONTROL_NAMES, END, MESSAGE, START, TEXT_TOKENS
from tests.benchmarks.report import row
from tests.benchmarks.synthetic_model import SMALL, cached
from tests.helpers.embedded import load, request, write

TURNS, BUDGET, LONGEST = 1000, 16, 64
CONTROL = [[CHANNEL, MESSAGE], [CHANNEL, MESSAGE, END, START, CHANNEL, MESSAGE]]
"""The control tokens of a turn without reasoning and of one with it, in order."""


def is_well_formed(backend: EmbeddedBackend, prompt_tokens: int, texts: dict[Channel, str]) -> bool:
    """No tag in any text, the control tokens in order, the reasoning within its budget."""
    assert backend._loaded is not None
    turn = backend._loaded.cache.tokens[prompt_tokens:]
    control = [token for token in turn if token >= TEXT_TOKENS]
    thought = turn[3 : turn.index(END)] if END in turn else []
    tags = [tag for tag in CONTROL_NAMES.values() for text in texts.values() if tag in text]
    return control in CONTROL and len(thought) <= BUDGET and not tags


def run(path: Path, turns: int = TURNS) -> tuple[int, int]:
    """How many turns were malformed, and how many reached the answer."""
    backend = EmbeddedBackend(Path(tempfile.mkdtemp()))
    load(backend, path)
    malformed = reached = 0
    for number in range(turns):
        asked = request(f"Question {number}", seed=number, thinking_budget=BUDGET, max_tokens=LONGEST)
        written = write(backend, asked)
        malformed += not is_well_formed(backend, written.end.usage.prompt_tokens, written.texts)
        reached += bool(written.final)
    backend.close()
    return malformed, reached


def main() -> None:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else cached(SMALL)
    malformed, reached = run(path)
    row(f"random weights, {TURNS:,} turns: malformed", "0", str(malformed), malformed == 0)
    row(f"random weights, {TURNS:,} turns: reach the answer", ">= 900", str(reached), reached >= 900)


if __name__ == "__main__":
    main()
