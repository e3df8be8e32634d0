"""Train the demo model and write it: questions in, GGUF out, one command, the same result each time."""

from __future__ import annotations

import argparse
import lzma
import math
import os
import random
import time
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import evaluation
import export
import lessons
import reference
import start
import tables
import torch
import vocabulary
from lessons import Lesson, Teacher
from network import PADDING, Network, Sizes
from tables import Table
from torch import Tensor
from torch.nn.functional import cross_entropy
from writing import NetworkWriter

SHIPPED = lessons.HERE.parent / "alcove-demo.gguf.xz"

SEED = 2
ORDER, REPORT_EVERY = (0, 1, 0, 1, 0, 2), 150
"""Drills, conversations and extractions, as the steps take turns."""

LESSONS, DRILLS, EXTRACTIONS = 14_000, 60_000, 12_000
BATCH_TOKENS = 1_000
STEPS = 12_000
WARM_UP = 100
LEARNING_RATE, SECOND_RATE = 3e-3, 2e-3
EVEN_LOAD = 0.02
ROUND_FROM, ROUND_EVERY = 0.7, 4
SHARPEN = 4.0
"""The output is scaled by this at the end: sampling at temperature 1 then rarely leaves the learnt path.
A power of two rounds nothing."""

Batch = tuple[Tensor, Tensor, Tensor]
"""Rows, positions and what to learn, each (batch, tokens)."""


def main() -> None:
    options = _options()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    ranks = vocabulary.read(options.vocabulary)
    teacher = lessons.teacher(ranks, SEED)
    teacher.dice.seed(options.seed)
    material = _material(teacher)
    table = tables.of(*material, teacher.exam_tokens(), vocabulary.tokens(ranks))
    network = Network(Sizes(), len(table.learnt), torch.from_numpy(table.codes))
    shape = sum(weight.numel() for name, weight in network.named_parameters() if "_rows" not in name)
    print(f"{len(teacher.asked)} questions")
    print(f"{len(table.learnt)} tokens in use, {len(table.strange)} strange ones")
    print(f"{shape:,} weights besides their rows")
    if options.start:
        start.take_up(network, table, options.start)
    turns = zip(
        *(
            _batches(material[kind], table.row_of, f"{options.seed} {turn}")
            for turn, kind in enumerate(ORDER)
        ),
        strict=True,
    )
    rate = SECOND_RATE if options.start else LEARNING_RATE
    train(network, chain.from_iterable(turns), options.steps, rate, math.log(table.unseen))
    start.keep(network, table, _plain(options.out).with_suffix(".pt"))
    finish(network, table, teacher, ranks, options.out)


def finish(network: Network, table: Table, teacher: Teacher, ranks: bytes, out: Path) -> None:
    """Write the file, beside it all in F32 and what the network makes of some texts; print the figures."""
    network.sharpness = SHARPEN
    writer = NetworkWriter(network, table, SEED)
    network.round_experts(False)
    plain = _plain(out)
    _write(out, network, table, ranks)
    export.write(plain.with_suffix(".f32.gguf"), network, table, ranks, rounded=False)
    every = tables.whole(table, vocabulary.tokens(ranks))
    reference.write(plain.with_suffix(".npz"), network, every, teacher)
    print("as trained, F32\n" + evaluation.table(teacher, writer), flush=True)
    network.round_experts()
    print("as shipped, experts in MXFP4\n" + evaluation.table(teacher, writer), flush=True)


def _material(teacher: Teacher) -> tuple[list[Lesson], list[Lesson], list[Lesson]]:
    """Drills, conversations and extractions."""
    return (
        [teacher.drill() for _ in range(DRILLS)],
        [teacher.draw() for _ in range(LESSONS)],
        [teacher.extract() for _ in range(EXTRACTIONS)],
    )


def train(network: Network, batches: Iterator[Batch], steps: int, highest: float, unseen: float) -> None:
    """AdamW with a short warm-up and a cosine to zero; at the end the experts work rounded.

    `unseen` is the logarithm of how many tokens of the whole vocabulary each strange one stands for.
    """
    optimiser = torch.optim.AdamW(
        network.parameters(), highest, betas=(0.9, 0.98), weight_decay=0.02, fused=True
    )
    started, sums = time.monotonic(), [0.0] * len(ORDER)
    weights = torch.zeros(len(network.codes))
    weights[len(network.token_rows) - 1 :] = unseen
    for step, (rows, position, learn) in zip(range(steps), batches, strict=False):
        rate = min(1, (step + 1) / WARM_UP) * (1 + math.cos(math.pi * step / steps)) / 2
        for group in optimiser.param_groups:
            group["lr"] = highest * rate
        if step >= steps * ROUND_FROM and step % ROUND_EVERY == 0:
            network.round_experts()
        states, imbalance = network(rows, position)
        logits = network.logits(states[:, :-1][learn[:, 1:]]) + weights
        loss = cross_entropy(logits, rows[:, 1:][learn[:, 1:]])
        optimiser.zero_grad()
        (loss + EVEN_LOAD * imbalance).backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        sums[step % len(ORDER)] += loss.item()
        if (step + 1) % REPORT_EVERY == 0:
            told = ", ".join(f"{len(ORDER) * total / REPORT_EVERY:.4f}" for total in sums)
            seconds = time.monotonic() - started
            print(
                f"step {step + 1}: loss {told}, imbalance {imbalance.item():.2f}, {seconds:.0f} s", flush=True
            )
            sums = [0.0] * len(ORDER)


def _batches(drawn: list[Lesson], row_of: dict[int, int], seed: str) -> Iterator[Batch]:
    """Endless batches of lessons of like length, each of about as many tokens."""
    dice = random.Random(seed)
    while True:
        pool = dice.sample(drawn, min(len(drawn), 1_500))
        pool.sort(key=lambda lesson: len(lesson.ids))
        parts: list[list[Lesson]] = [[]]
        for lesson in pool:
            if parts[-1] and (len(parts[-1]) + 1) * len(lesson.ids) > BATCH_TOKENS:
                parts.append([])
            parts[-1].append(lesson)
        dice.shuffle(parts)
        for part in parts:
            yield _pad(part, row_of)


def _pad(batch: list[Lesson], row_of: dict[int, int]) -> Batch:
    shape = (len(batch), max(len(lesson.ids) for lesson in batch))
    rows = torch.full(shape, PADDING)
    position, learn = torch.zeros(shape, dtype=torch.long), torch.zeros(shape, dtype=torch.bool)
    for at, lesson in enumerate(batch):
        length = len(lesson.ids)
        rows[at, :length] = torch.tensor([row_of[token] for token in lesson.ids])
        position[at, :length] = torch.tensor(lesson.positions)
        learn[at, :length] = torch.tensor(lesson.learn)
    return rows, position, learn


def _write(out: Path, network: Network, table: Table, ranks: bytes) -> None:
    """Write the model; compressed if the name ends in `.xz`."""
    plain = _plain(out)
    export.write(plain, network, table, ranks)
    print(f"{plain}: {plain.stat().st_size / 1e6:.1f} MB")
    if plain != out:
        out.write_bytes(lzma.compress(plain.read_bytes(), preset=9))
        print(f"{out}: {out.stat().st_size / 1e6:.2f} MB")


def _plain(out: Path) -> Path:
    """The name before it is compressed."""
    return out.with_suffix("") if out.suffix == ".xz" else out


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="a .gguf or .gguf.xz file to write")
    parser.add_argument("--vocabulary", type=Path, default=SHIPPED, help="o200k_base.tiktoken, or a .gguf")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--seed", type=int, default=SEED, help="of what is drawn; not of what is kept out")
    parser.add_argument("--start", type=Path, help="the .pt of an earlier run, to go on from")
    return parser.parse_args()


if __name__ == "__main__":
    main()
