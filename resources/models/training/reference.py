"""What the trained network thinks of some texts, token by token, for the comparison with llama.cpp."""

from __future__ import annotations

from pathlib import Path

import evaluation
import numpy as np
import torch
from lessons import Teacher
from network import Network
from questions import LANGUAGES
from tables import Table

EACH = 12


@torch.no_grad()
def write(path: Path, network: Network, table: Table, teacher: Teacher) -> None:
    """Keep the tokens of some whole conversations, and the likeliest next token at each place.

    `table` holds the whole vocabulary.
    """
    texts = list(_texts(teacher))
    codes, network.codes = network.codes, torch.from_numpy(table.codes)
    ids = torch.tensor([*table.learnt, *table.strange])
    best = []
    for text in texts:
        rows = torch.tensor([[table.row_of[token] for token in text]])
        states, _ = network(rows, torch.arange(len(text))[None])
        best.append(ids[network.logits(states[-1][0]).argmax(-1)])
    network.codes = codes
    lengths = [len(text) for text in texts]
    np.savez(path, ids=np.concatenate(texts), lengths=lengths, best=torch.cat(best).numpy())


def _texts(teacher: Teacher) -> list[list[int]]:
    exams = [exam for language in LANGUAGES for exam in list(evaluation.held_out(teacher, language))[:EACH]]
    exams += list(evaluation.extraction(teacher))[:EACH]
    answers = (teacher.encoding.encode(exam.right[0]) for exam in exams)
    return [
        [*exam.prompt, *teacher.encoding.encode(evaluation.MIDDLE[7:], allowed_special="all"), *answer]
        for exam, answer in zip(exams, answers, strict=True)
    ]
