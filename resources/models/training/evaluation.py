"""Put questions to a model, also unseen ones, and measure how near it comes to the stored answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from lessons import Teacher
from questions import EFFORTS, Question

LONGEST_ANSWER = 700


@dataclass(frozen=True, slots=True)
class Trial:
    """One question put to the model and what came of it."""

    text: str
    written: str
    right: bool
    distance: int
    """Edits, in characters, to the nearest stored answer of any question."""

    others: float
    """The largest probability, at any step, of all tokens without a row of their own together."""


class Writer(Protocol):
    """The model, in torch or in llama.cpp."""

    def write(self, prompt: list[int], temperature: float) -> tuple[list[int], float]:
        """The tokens after `prompt` up to the end of the turn; the largest chance of an unused one."""


def examine(teacher: Teacher, writer: Writer, held_out: bool, temperature: float) -> list[Trial]:
    """Put one phrasing of each question (or all that were held out) to the model."""
    trials = []
    for number, question in enumerate(teacher.asked):
        texts = question.held_out if held_out else (question.phrase(teacher.dice),)
        for text in texts:
            prompt = teacher.prompt(text, EFFORTS[number % 3])
            ids, others = writer.write(prompt, temperature)
            trials.append(_judge(teacher, question, text, ids, others))
    return trials


def _judge(teacher: Teacher, question: Question, text: str, ids: list[int], others: float) -> Trial:
    """Right is: well-formed, and word for word one of the question's answers."""
    written = teacher.encoding.decode(ids)
    middle = "<|end|><|start|>assistant<|channel|>final<|message|>"
    head, found, tail = written.partition(middle)
    well_formed = head.startswith("<|channel|>analysis<|message|>") and found and tail.endswith("<|return|>")
    answer = tail.removesuffix("<|return|>") if well_formed else written
    if answer in question.answers:
        return Trial(text, written, True, 0, others)
    stored = (kept for other in teacher.asked for kept in other.answers)
    return Trial(text, written, False, min(edits(answer, kept) for kept in stored), others)


def edits(a: str, b: str) -> int:
    """Levenshtein distance."""
    if a == b:
        return 0
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        corner, row[0] = row[0], i
        for j, y in enumerate(b, start=1):
            corner, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, corner + (x != y))
    return row[-1]


def report(title: str, trials: list[Trial]) -> str:
    """One line of figures, and a line for each trial that went wrong."""
    right = sum(trial.right for trial in trials)
    whole = sum(trial.distance == 0 for trial in trials)
    others = max(trial.others for trial in trials)
    figures = f"{right}/{len(trials)} right, {whole} word for word stored, unused tokens {others:.1e}"
    wrong = (trial for trial in trials if not trial.right)
    lines = (f"  {trial.text!r}, {trial.distance} edits off: {trial.written[-160:]!r}" for trial in wrong)
    return "\n".join((f"{title}: {figures}", *lines))
