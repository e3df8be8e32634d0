"""What the engine needs besides weights, key-value cache and checkpoints, at full size and 8,192 tokens."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import psutil

from app.core.model import LoadOptions, ModelFacts
from app.engine.client import EngineClient
from app.gguf.facts import read_facts
from app.launch import engine_command
from tests.benchmarks.report import row
from tests.benchmarks.synthetic_model import FULL, cached
from tests.helpers.embedded import request

CONTEXT = 8192
RING = 256
"""Cells of the sliding-window layers at the CPU's micro-batch."""

QUESTION = "What does the engine need besides its weights? " * 20


def kv_bytes(facts: ModelFacts, cells: int, layers: int) -> int:
    """Keys and values in half precision."""
    return cells * layers * facts.kv_heads * facts.head_size * 2 * 2


def anonymous_bytes(process: psutil.Process) -> int:
    """Memory of its own, not backed by a file."""
    memory = process.memory_info()
    return int(memory.rss - memory.shared)


def besides_bytes(path: Path) -> int:
    """Load without repacking, so that the weights stay in the file; ask twice; measure at the end.

    Of the checkpoints only the least is taken off: a window each for two prompts and their last questions,
    and the logits at two ends.
    """
    facts = read_facts(path)
    client = EngineClient(engine_command("embedded", tempfile.mkdtemp()))
    list(client.load(path, LoadOptions(context_tokens=CONTEXT, repack=False)))
    for question in (QUESTION, QUESTION + "And why?"):
        list(client.generate(request(question, max_tokens=16)))
    time.sleep(0.5)
    assert client._life is not None
    found = anonymous_bytes(psutil.Process(client._life.process.pid))
    client.close()
    half = facts.layers // 2
    window = kv_bytes(facts, facts.sliding_window, half)
    checkpoints = 4 * window + 2 * facts.vocabulary * 4
    return found - kv_bytes(facts, CONTEXT, half) - kv_bytes(facts, RING, half) - checkpoints


def main() -> None:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else cached(FULL)
    size = besides_bytes(path)
    what = "engine memory besides weights, KV, repack and checkpoints"
    row(what, "<= 330 MB", f"{size / 1e6:.0f} MB", size <= 330e6)


if __name__ == "__main__":
    main()
