"""How close decoding comes to a bare loop of C calls, and what else the program spends per token."""

from __future__ import annotations

import ctypes
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import numpy as np

from app.core.events import Finished
from app.core.model import LoadOptions
from app.core.request import GenerationRequest
from app.engine.backends.embedded.backend import EmbeddedBackend
from app.engine.backends.embedded.cache import Cache
from app.engine.backends.embedded.context import Context
from app.engine.client import EngineClient
from tests.benchmarks.report import row
from tests.benchmarks.synthetic_model import CUT, cached
from tests.helpers.embedded import load, never, request

ROUNDS, BLOCK = 24, 12
LONG_ANSWER, PART = 4000, 500
QUESTION = "What is the capital of France, and why is it there? " * 4


def bare_steps(backend: EmbeddedBackend, context: Context, token: int) -> Iterator[None]:
    """The least that gives greedy tokens: one call to decode, one to sample."""
    api, handle = backend._library.api, context._handle
    chain = api.llama_sampler_chain_init(api.llama_sampler_chain_default_params())
    api.llama_sampler_chain_add(chain, api.llama_sampler_init_greedy())
    tokens = (ctypes.c_int32 * 1)(token)
    while True:
        api.llama_decode(handle, api.llama_batch_get_one(tokens, 1))
        tokens[0] = api.llama_sampler_sample(chain, handle, -1)
        yield


FREE = request(QUESTION, temperature=0.0, thinking_budget=131072)


def engine_steps(backend: EmbeddedBackend, cache: Cache, asked: GenerationRequest = FREE) -> Iterator[None]:
    """The engine's own loop, seen from outside: a step whenever its cache has grown."""
    size = 0
    for _ in backend.generate(asked, never):
        while size < len(cache.tokens):
            size += 1
            yield


def seconds(steps: Iterator[None], count: int) -> float:
    started_at = time.perf_counter()
    for _ in range(count):
        next(steps)
    return time.perf_counter() - started_at


def ratio(path: Path, rounds: int = ROUNDS, threads: int = 0) -> tuple[float, float]:
    """Engine speed as a share of the bare loop's, median of interleaved rounds; and tokens per second."""
    backend = EmbeddedBackend(Path(tempfile.mkdtemp()))
    load(backend, path, LoadOptions(threads=threads))
    loaded = backend._loaded
    assert loaded is not None
    other = loaded.model.open()
    engine = engine_steps(backend, loaded.cache)
    next(engine)
    seconds(engine, len(loaded.cache.tokens) + BLOCK)
    tokens = loaded.cache.tokens
    for start in range(0, len(tokens), other.chunk):
        other.decode(tokens[start : start + other.chunk], start)
    bare = bare_steps(backend, other, tokens[-1])
    seconds(bare, BLOCK)
    pairs = [(seconds(bare, BLOCK), seconds(engine, BLOCK)) for _ in range(rounds)]
    other.close()
    return median(one / two for one, two in pairs), BLOCK / median(two for _, two in pairs)


def cpu_per_token(path: Path, tokens: int = LONG_ANSWER) -> tuple[float, float]:
    """Seconds of processor time per token in child and client, and how much more they are at the end."""
    folder = Path(tempfile.mkdtemp())
    out = folder / "rows.npy"
    client = EngineClient([sys.executable, "-m", "tests.helpers.measured_child", str(folder), str(out)])
    list(client.load(path, LoadOptions()))
    seen = [(time.monotonic(), time.process_time())]
    asked = request(QUESTION, temperature=0.0, max_tokens=tokens, thinking_budget=tokens // 2)
    generation = client.generate(asked)
    while not generation.ended:
        for event in generation.take(1.0):
            seen.append((time.monotonic(), time.process_time()))
            if isinstance(event, Finished):
                print(event)
    while not out.exists():
        time.sleep(0.1)
    time.sleep(0.5)
    rows = np.load(out)[-tokens + PART // 5 :]
    client.close()
    at, there = rows.T
    total = there + np.interp(at, *np.array(seen).T)
    steps = np.diff(total)
    growth = np.median(steps[-PART:]) / np.median(steps[:PART]) - 1  # medians: other programs disturb some
    return float(steps.mean()), float(growth)


def main() -> None:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else cached(CUT)
    share, speed = ratio(path)
    row(
        "decode in the engine / a bare loop of C calls",
        ">= 0.97",
        f"{share:.3f} ({speed:.1f} tok/s)",
        share >= 0.97,
    )
    cost_s, growth = cpu_per_token(path)
    row(
        "processor time per token besides decode and sampler",
        "<= 0.5 ms",
        f"{cost_s * 1e3:.2f} ms",
        cost_s <= 5e-4,
    )
    row("its growth by token 4,000", "<= 10 %", f"{growth:+.0%}", growth <= 0.1)


if __name__ == "__main__":
    main()
