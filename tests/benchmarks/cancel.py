"""How long a stop in prefill has to wait, at the full width of the 20b."""

from __future__ import annotations

import random
import sys
import tempfile
import time
from pathlib import Path

from app.core.events import Finished, FinishReason
from app.core.model import LoadOptions
from app.engine.client import EngineClient
from app.launch import engine_command
from tests.benchmarks.report import row
from tests.benchmarks.synthetic_model import CUT, cached
from tests.helpers.embedded import request

STOPS = 25


def wait_s(client: EngineClient, seed: int) -> float:
    """Start a long prefill, stop it after a while, and take the time to the end."""
    random_ = random.Random(seed)
    text = " ".join(str(random_.randrange(10**6)) for _ in range(2000))  # another prompt each time
    generation = client.generate(request(text))
    time.sleep(0.5 + random_.random())
    stopped_at = time.monotonic()
    generation.cancel()
    *_, last = generation
    assert isinstance(last, Finished) and last.reason is FinishReason.CANCELLED
    assert last.usage.completion_tokens == 0
    return time.monotonic() - stopped_at


def main() -> None:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else cached(CUT)
    client = EngineClient(engine_command("embedded", tempfile.mkdtemp()))
    list(client.load(path, LoadOptions()))
    waits = [wait_s(client, seed) for seed in range(STOPS)]
    client.close()
    worst = max(waits)
    row("longest wait for a stop in prefill, full width", "<= 200 ms", f"{worst * 1e3:.0f} ms", worst <= 0.2)


if __name__ == "__main__":
    main()
