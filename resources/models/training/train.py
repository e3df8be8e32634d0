"""Train the demo model and write it: questions in, GGUF out, one command, the same result each time."""

from __future__ import annotations

import argparse
import lzma
import math
import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import evaluation
import export
import lessons
import torch
import vocabulary
from lessons import Lesson
from network import Network, Sizes
from torch import Tensor
from torch.nn.functional import cross_entropy
from writing import NetworkWriter

SHIPPED = lessons.HERE.parent / "alcove-demo.gguf.xz"

SEED = 2
LESSONS, BATCH = 7_000, 8
DRILLS, DRILL_BATCH = 20_000, 32
SEEN_OFTEN = 4
STEPS = 2_600
WARM_UP = 100
LEARNING_RATE = 3e-3
EVEN_LOAD = 0.01
SHARPEN = 3.6
"""The output is scaled by this at the end: sampling at temperature 1 then rarely leaves the learnt path."""

Batch = tuple[Tensor, Tensor, Tensor]
"""Rows, positions and what to learn, each (batch, tokens)."""


def main() -> None:
    options = _options()
    torch.manual_seed(SEED)
    torch.set_num_threads(options.threads)
    ranks = vocabulary.read(options.vocabulary)
    teacher = lessons.teacher(ranks, SEED)
    drawn = [teacher.draw() for _ in range(LESSONS)]
    drills = [teacher.drill() for _ in range(DRILLS)]
    used = _used_tokens([*drawn, *drills])
    network = Network(Sizes(), len(used) + 1)
    shape = sum(weight.numel() for name, weight in network.named_parameters() if "_rows" not in name)
    print(f"{len(teacher.asked)} questions, {len(used)} tokens in use, {shape:,} weights besides their rows")
    row_of = {token: row for row, token in enumerate(used)}
    turns = zip(_batches(drills, row_of, DRILL_BATCH), _batches(drawn, row_of, BATCH), strict=True)
    train(network, chain.from_iterable(turns), options.steps)
    torch.set_num_threads(1)
    with torch.no_grad():
        network.output_rows *= SHARPEN
    export.round_weights(network)
    _write(options.out, network, used, ranks)
    writer = NetworkWriter(network, used, SEED)
    print(evaluation.report("held-out, greedy", evaluation.examine(teacher, writer, True, 0)))
    print(evaluation.report("trained, temperature 1", evaluation.examine(teacher, writer, False, 1)))


def train(network: Network, batches: Iterator[Batch], steps: int) -> None:
    """AdamW with a short warm-up and a cosine to zero."""
    weights = network.parameters()
    optimiser = torch.optim.AdamW(weights, LEARNING_RATE, betas=(0.9, 0.98), weight_decay=0.01, fused=True)
    others = math.log(vocabulary.SIZE - len(network.token_rows) + 1)
    started, sums = time.monotonic(), 0.0
    for step, (rows, position, learn) in zip(range(steps), batches, strict=False):
        rate = min(1, (step + 1) / WARM_UP) * (1 + math.cos(math.pi * step / steps)) / 2
        for group in optimiser.param_groups:
            group["lr"] = LEARNING_RATE * rate
        states, imbalance = network(rows, position)
        logits = network.logits(states[:, :-1][learn[:, 1:]])
        logits = torch.cat((logits[:, :-1], logits[:, -1:] + others), dim=-1)
        loss = cross_entropy(logits, rows[:, 1:][learn[:, 1:]])
        optimiser.zero_grad()
        (loss + EVEN_LOAD * imbalance).backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        sums += loss.item() if step % 2 else 0
        if (step + 1) % 100 == 0:
            seconds = time.monotonic() - started
            figures = f"loss {sums / 50:.5f}, imbalance {imbalance.item():.2f}, {seconds:.0f} s"
            print(f"step {step + 1}: {figures}", flush=True)
            sums = 0.0


def _used_tokens(drawn: list[Lesson]) -> list[int]:
    """The tokens that get a row of their own: all that are to be learnt, and those seen often enough."""
    count = Counter(token for lesson in drawn for token in lesson.ids)
    often = {token for token, times in count.items() if times >= SEEN_OFTEN}
    pairs = (pair for lesson in drawn for pair in zip(lesson.ids, lesson.learn, strict=True))
    return sorted((often | {token for token, learn in pairs if learn}) - {lessons.UNKNOWN})


def _batches(drawn: list[Lesson], row_of: dict[int, int], size: int) -> Iterator[Batch]:
    """Endless batches of lessons of like length."""
    dice = random.Random(SEED)
    while True:
        pool = dice.sample(drawn, size * 64)
        pool.sort(key=lambda lesson: len(lesson.ids))
        starts = list(range(0, len(pool), size))
        dice.shuffle(starts)
        for start in starts:
            yield _pad(pool[start : start + size], row_of)


def _pad(batch: list[Lesson], row_of: dict[int, int]) -> Batch:
    shape = (len(batch), max(len(lesson.ids) for lesson in batch))
    rows = torch.full(shape, len(row_of))
    position, learn = torch.zeros(shape, dtype=torch.long), torch.zeros(shape, dtype=torch.bool)
    for at, lesson in enumerate(batch):
        length = len(lesson.ids)
        rows[at, :length] = torch.tensor([row_of.get(token, len(row_of)) for token in lesson.ids])
        position[at, :length] = torch.tensor(lesson.positions)
        learn[at, :length] = torch.tensor(lesson.learn)
    return rows, position, learn


def _write(out: Path, network: Network, used: list[int], ranks: bytes) -> None:
    """Write the model; compressed if the name ends in `.xz`."""
    plain = out.with_suffix("") if out.suffix == ".xz" else out
    export.write(plain, network, used, ranks)
    print(f"{plain}: {plain.stat().st_size / 1e6:.1f} MB")
    if plain != out:
        out.write_bytes(lzma.compress(plain.read_bytes(), preset=9))
        plain.unlink()
        print(f"{out}: {out.stat().st_size / 1e6:.1f} MB")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="a .gguf or .gguf.xz file to write")
    parser.add_argument("--vocabulary", type=Path, default=SHIPPED, help="o200k_base.tiktoken, or a .gguf")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    return parser.parse_args()


if __name__ == "__main__":
    main()
