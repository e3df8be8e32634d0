"""Train the demo model and write it: questions in, GGUF out, one command, the same result each time."""

from __future__ import annotations

import argparse
import lzma
import math
import os
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import copying
import evaluation
import export
import lessons
import reference
import tables
import torch
import vocabulary
from lessons import NONE, Lesson, Teacher
from network import PADDING, Network, Sizes
from tables import Table
from torch import Tensor
from torch.nn.functional import cross_entropy
from writing import NetworkWriter

SHIPPED = lessons.HERE.parent / "alcove-demo.gguf.xz"

SEED = 2
ORDER, REPORT_EVERY = (0, 1, 3, 1, 0, 2, 1, 3), 200
"""Questions, drills, conversations and extractions, as the steps take turns."""

QUESTIONS, DRILLS, LESSONS, EXTRACTIONS = 120_000, 60_000, 14_000, 14_000
BATCH_TOKENS = 1_000, 2_000
"""Of what is written, and of questions, which are only read."""

RECOGNISED_AT = 2
"""After this many layers each token that something is written after has to know the question: the others
can go by it then."""

RECOGNISING = 0.5
"""How much that counts, beside what is written."""


@dataclass(frozen=True, slots=True)
class Round:
    """So many steps, from a learning rate down to nothing; from a share of them on the experts work rounded.

    One that dwells is for what is not known yet, the few words of a lesson that tell what it is about;
    what is known by heart counts for little then.
    """

    steps: int
    rate: float
    rounded_from: float
    dwells: bool


ROUNDS = (
    Round(steps=10_000, rate=3e-3, rounded_from=0.7, dwells=False),
    Round(steps=4_000, rate=2e-3, rounded_from=0.0, dwells=True),
)
BY_HEART = 0.1

WARM_UP = 100
ROWS_FASTER = 50
"""The rows of words, each of which is met seldom, learn so many times as fast."""

EVEN_LOAD = 0.02
ROUND_EVERY = 4
SHARPEN = 4.0
"""The output is scaled by this at the end: sampling at temperature 1 then rarely leaves the learnt path.
A power of two rounds nothing."""

Batch = tuple[Tensor, Tensor, Tensor, Tensor]
"""Rows, positions, what to learn, and what is to be recognised: each (batch, tokens)."""


def main() -> None:
    options = _options()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    ranks = vocabulary.read(options.vocabulary)
    teacher = lessons.teacher(ranks, SEED)
    teacher.dice.seed(options.seed)
    material = _material(teacher)
    *asked, extractions = material
    table = tables.of([*chain(*asked)], extractions, teacher.exam_tokens(), vocabulary.tokens(ranks))
    network = Network(Sizes(), len(table.learnt), torch.from_numpy(table.codes))
    shape = sum(weight.numel() for name, weight in network.named_parameters() if "_rows" not in name)
    print(f"{len(teacher.asked)} questions")
    print(f"{len(table.learnt)} tokens in use, {len(table.strange)} strange ones")
    print(f"{shape:,} weights besides their rows")
    copying.teach(network)
    for number, planned in enumerate(ROUNDS):
        seed = options.seed + number
        batches = _turns(material, table.row_of, seed)
        recognise = torch.nn.Linear(network.sizes.hidden, len(teacher.topics))
        train(network, recognise, batches, planned, math.log(table.unseen))
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


def _material(teacher: Teacher) -> tuple[list[Lesson], ...]:
    """Questions, drills, conversations and extractions."""
    return (
        [teacher.question() for _ in range(QUESTIONS)],
        [teacher.drill() for _ in range(DRILLS)],
        [teacher.draw() for _ in range(LESSONS)],
        [teacher.extract() for _ in range(EXTRACTIONS)],
    )


def _turns(material: tuple[list[Lesson], ...], row_of: dict[int, int], seed: int) -> Iterator[Batch]:
    """Batches of each kind in `ORDER`, without end."""
    kinds = (_batches(material[kind], row_of, f"{seed} {turn}") for turn, kind in enumerate(ORDER))
    return chain.from_iterable(zip(*kinds, strict=True))


def train(
    network: Network, recognise: torch.nn.Linear, batches: Iterator[Batch], planned: Round, unseen: float
) -> None:
    """AdamW with a short warm-up and a cosine to zero; at the end the experts work rounded.

    `recognise` tells topics by the states half-way, and is not kept.
    `unseen` is the logarithm of how many tokens of the whole vocabulary each strange one stands for.
    """
    weights = [*network.parameters(), *recognise.parameters()]
    others = [weight for weight in weights if weight is not network.learnt_rows]
    groups = [{"params": others, "speed": 1}, {"params": [network.learnt_rows], "speed": ROWS_FASTER}]
    optimiser = torch.optim.AdamW(groups, betas=(0.9, 0.98), weight_decay=0.02, fused=True)
    started, sums = time.monotonic(), [0.0] * len(ORDER)
    many = torch.zeros(len(network.codes))
    many[len(network.learnt_rows) :] = unseen
    for step, (rows, position, learn, topic) in zip(range(planned.steps), batches, strict=False):
        rate = min(1, (step + 1) / WARM_UP) * (1 + math.cos(math.pi * step / planned.steps)) / 2
        for group in optimiser.param_groups:
            group["lr"] = planned.rate * rate * group["speed"]
        if step >= planned.steps * planned.rounded_from and step % ROUND_EVERY == 0:
            network.round_experts()
        depth = None if learn.any() else RECOGNISED_AT
        states, imbalance = network(rows, position, depth=depth)
        loss = EVEN_LOAD * imbalance
        if learn.any():
            logits = network.logits(states[-1][:, :-1][learn[:, 1:]]) + many
            losses = cross_entropy(logits, rows[:, 1:][learn[:, 1:]], reduction="none")
            known = (-losses.detach()).exp()
            weight = BY_HEART + 1 - known if planned.dwells else torch.ones_like(known)
            loss = loss + (losses * weight).sum() / weight.sum()
        if (knows := topic != NONE).any():
            told = recognise(states[RECOGNISED_AT - 1][knows])
            loss = loss + RECOGNISING * cross_entropy(told, topic[knows])
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
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
    most = BATCH_TOKENS[not any(drawn[0].learn)]
    while True:
        pool = dice.sample(drawn, min(len(drawn), 1_500))
        pool.sort(key=lambda lesson: len(lesson.ids))
        parts: list[list[Lesson]] = [[]]
        for lesson in pool:
            if parts[-1] and (len(parts[-1]) + 1) * len(lesson.ids) > most:
                parts.append([])
            parts[-1].append(lesson)
        dice.shuffle(parts)
        for part in parts:
            yield _pad(part, row_of)


def _pad(batch: list[Lesson], row_of: dict[int, int]) -> Batch:
    shape = (len(batch), max(len(lesson.ids) for lesson in batch))
    rows = torch.full(shape, PADDING)
    position, learn = torch.zeros(shape, dtype=torch.long), torch.zeros(shape, dtype=torch.bool)
    topic = torch.full(shape, NONE)
    for at, lesson in enumerate(batch):
        length = len(lesson.ids)
        rows[at, :length] = torch.tensor([row_of[token] for token in lesson.ids])
        position[at, :length] = torch.tensor(lesson.positions)
        learn[at, :length] = torch.tensor(lesson.learn)
        before = [place for place, learnt in enumerate(lesson.learn[1:]) if learnt] or [length - 1]
        topic[at, before] = lesson.topic
    return rows, position, learn, topic


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
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--seed", type=int, default=SEED, help="of what is drawn; not of what is kept out")
    return parser.parse_args()


if __name__ == "__main__":
    main()
