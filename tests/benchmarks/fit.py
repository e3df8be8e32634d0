"""What the fit predicts against what is measured here: header, memory at three contexts, decode speed.

    .venv/bin/python -m tests.benchmarks.fit [THREADS]

The full size is loaded without the repacked copy of its experts, so that 16 GB of free memory are enough.
Where others use the cores as well, one thread less than there are cores gives the truer figures.
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from app.core.architecture import Architecture
from app.core.events import Finished
from app.core.model import EngineInfo
from app.core.plan import Overrides, Plan
from app.engine.client import EngineClient
from app.gguf.anatomy import read_architecture
from app.hardware.bandwidth import measure_bandwidth
from app.hardware.fit import plan_for
from app.hardware.machine import Machine
from app.launch import engine_command
from app.services.computer import Computer
from tests.benchmarks.report import row
from tests.benchmarks.synthetic_model import CUT, FULL, cached
from tests.helpers.embedded import request

CONTEXTS = (8192, 32_768, 131_072)
QUESTION = "What does a model need of a computer? "
ANSWERS, ANSWER_TOKENS = 3, 24
HEADERS = 7


@dataclass(frozen=True, slots=True)
class Measured:
    """Of the engine with a model loaded: bytes of memory, the best tokens a second, seconds of the load."""

    size_bytes: int
    tokens_per_s: float
    load_s: float


def header_s(path: Path) -> float:
    """Seconds to tell what a model is made of, the least of several: others only ever slow it down."""

    def once() -> float:
        begun = time.perf_counter()
        read_architecture(path)
        return time.perf_counter() - begun

    return min(once() for _ in range(HEADERS))


def measured(path: Path, plan: Plan) -> Measured:
    """Load as planned, write one answer, look at what the engine's process holds."""
    client = EngineClient(engine_command("embedded", tempfile.mkdtemp()))
    begun = time.monotonic()
    list(client.load(path, plan.options))
    load_s = time.monotonic() - begun
    rates = []
    for _ in range(ANSWERS):
        asked = request(QUESTION, temperature=0.0, max_tokens=ANSWER_TOKENS, thinking_budget=ANSWER_TOKENS)
        *_, last = client.generate(asked)
        assert isinstance(last, Finished)
        rates.append(last.timing.tokens_per_s)
    assert client._life is not None
    size_bytes = psutil.Process(client._life.process.pid).memory_info().rss
    client.close()
    return Measured(size_bytes, max(rates), load_s)


def this_machine() -> Machine:
    machine = Computer(Path(tempfile.mkdtemp()) / "none.json", lambda: EngineInfo("", (), ())).measured()
    cores, free_bytes = machine.processor.performance_cores, machine.memory.available_bytes
    again = measure_bandwidth(cores, free_bytes)  # others may be at work here, too
    print(f"bandwidth: {machine.bandwidth / 1e9:.1f} and {again / 1e9:.1f} GB/s")
    return machine


def planned(model: Architecture, machine: Machine, context: int, repack: bool | None) -> Plan:
    threads = int(sys.argv[1]) if len(sys.argv) > 1 else None
    plan = plan_for(model, machine, Overrides(context_tokens=context, repack=repack, threads=threads))
    assert isinstance(plan, Plan), f"not enough memory for the trial: {plan}"
    return plan


def compare_speed(what: str, plan: Plan, found: Measured) -> None:
    told, rate = plan.decode_tokens_per_s, found.tokens_per_s
    text = f"{told:.1f} told, {rate:.1f} tok/s ({told / rate - 1:+.0%})"
    row(f"fit: decode speed told / measured, {what}", "within 25 %", text, abs(told / rate - 1) <= 0.25)


def compare_memory(what: str, plan: Plan, found: Measured) -> None:
    told, size = plan.main_bytes, found.size_bytes
    text = f"{told / 1e9:.2f} told, {size / 1e9:.2f} GB ({told / size - 1:+.1%}); load {found.load_s:.0f} s"
    row(f"fit: engine memory told / measured, {what}", "within 5 %", text, abs(told / size - 1) <= 0.05)


def main() -> None:
    full, cut = cached(FULL), cached(CUT)
    seconds = header_s(full)
    row("fit: header of the 12.1 GB file", "<= 100 ms", f"{seconds * 1e3:.0f} ms", seconds <= 0.1)
    machine = this_machine()
    model = read_architecture(cut)
    for repack in (False, True):
        plan = planned(model, machine, CONTEXTS[0], repack)
        found = measured(cut, plan)
        compare_speed(f"4 layers{', repacked' if repack else ''}", plan, found)
    model = read_architecture(full)
    for context in CONTEXTS:
        plan = planned(model, machine, context, repack=False)
        found = measured(full, plan)
        compare_memory(f"{context:,} tokens", plan, found)
        if context == CONTEXTS[0]:
            compare_speed("full size", plan, found)


if __name__ == "__main__":
    main()
