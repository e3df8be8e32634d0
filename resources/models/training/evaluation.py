"""Put questions to a model, also unseen ones, and see how often the nearest stored answer is right."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import questions
from lessons import Teacher, developer_text
from questions import LANGUAGES, Question

LONGEST_ANSWER = 400
EXTRACTIONS = 60
MIDDLE = "<|end|><|start|>assistant<|channel|>final<|message|>"


class Writer(Protocol):
    """The model, in torch or in llama.cpp."""

    def write_all(self, prompts: list[list[int]], temperature: float) -> list[list[int]]:
        """For each prompt the tokens after it, up to the end of the turn."""


@dataclass(frozen=True, slots=True)
class Exam:
    """One question put to the model: its prompt, and the answers of which the nearest has to be."""

    text: str
    prompt: list[int]
    right: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of an exam."""

    exam: Exam
    reasoning: str
    answer: str
    is_whole: bool
    """Well-formed: reasoning, an answer, and an end."""

    nearest: str

    @property
    def is_right(self) -> bool:
        return self.nearest in self.exam.right


def held_out(teacher: Teacher, language: str, effort: str = "medium") -> Iterator[Exam]:
    """Every phrasing that was kept out of the training; second questions after their first."""
    for question in teacher.asked:
        if question.language == language:
            for text in question.exam():
                yield _exam(teacher, question, text, effort)


def learnt(teacher: Teacher, language: str, effort: str = "medium") -> Iterator[Exam]:
    """The first phrasing of each question, which was trained on."""
    for question in teacher.asked:
        if question.language == language:
            text = question.filled(question.ask[0], random.Random(question.name))
            yield _exam(teacher, question, text, effort)


def outside(teacher: Teacher, language: str) -> Iterator[Exam]:
    """Questions outside of its world; any honest refusal is right."""
    for text in questions.outside_test(language):
        yield Exam(text, teacher.prompt([text], "medium"), teacher.refusals[language])


def extraction(teacher: Teacher) -> Iterator[Exam]:
    """Texts with a format, freshly drawn; right is the very JSON."""
    tasks = (source.draw() for _ in range(EXTRACTIONS) for source in teacher.sources)
    for task in tasks:
        told = developer_text(task.instructions, task.format)
        yield Exam(task.text, teacher.prompt([task.text], "medium", told), (task.answer,))


def _exam(teacher: Teacher, question: Question, text: str, effort: str) -> Exam:
    before: list[str] = []
    if question.first:
        first = teacher.named[question.first, question.language]
        before = [first.ask[0], first.answers[0]]
    return Exam(text, teacher.prompt([*before, text], effort), teacher.right(question))


def examine(teacher: Teacher, writer: Writer, exams: list[Exam], temperature: float = 0) -> list[Trial]:
    """What the model writes, judged against everything that is stored."""
    stored = {answer for question in teacher.asked for answer in question.answers}
    written = writer.write_all([exam.prompt for exam in exams], temperature)
    return [
        _judge(exam, teacher.encoding.decode(ids), stored) for exam, ids in zip(exams, written, strict=True)
    ]


def _judge(exam: Exam, written: str, stored: set[str]) -> Trial:
    head, found, tail = written.partition(MIDDLE)
    is_whole = head.startswith("<|channel|>analysis<|message|>") and found and tail.endswith("<|return|>")
    answer = tail.removesuffix("<|return|>")
    reasoning = head.removeprefix("<|channel|>analysis<|message|>")
    return Trial(exam, reasoning, answer, bool(is_whole), nearest(answer, stored))


def nearest(text: str, stored: set[str]) -> str:
    """The stored answer with the fewest edits; those of like length are tried first."""
    if text in stored:
        return text
    best, fewest = "", len(text) + 10_000
    for kept in sorted(stored, key=lambda kept: (abs(len(kept) - len(text)), kept)):
        if abs(len(kept) - len(text)) >= fewest:
            break
        if (distance := edits(text, kept, fewest)) < fewest:
            best, fewest = kept, distance
    return best


def edits(a: str, b: str, most: int) -> int:
    """Levenshtein distance; `most` where it is not below that."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        corner, row[0] = row[0], i
        for j, y in enumerate(b, start=1):
            corner, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, corner + (x != y))
        if min(row) >= most:
            return most
    return row[-1]


def table(teacher: Teacher, writer: Writer) -> str:
    """The figures, one a line, and what went wrong on held-out phrasings below."""
    lines, wrong = [], []
    for language in LANGUAGES:
        unseen = examine(teacher, writer, list(held_out(teacher, language)))
        refused = examine(teacher, writer, list(outside(teacher, language)))
        lines += [
            share(f"held-out phrasings, {language}", [trial.is_right for trial in unseen]),
            share(f"  well-formed, {language}", [trial.is_whole for trial in unseen]),
            share(f"outside questions refused, {language}", [trial.is_right for trial in refused]),
        ]
        wrong += [trial for trial in (*unseen, *refused) if not trial.is_right]
    lines += [*_extraction_lines(teacher, writer), *_effort_lines(teacher, writer)]
    told = (f"  {trial.exam.text!r} -> {trial.nearest[:60]!r}" for trial in wrong)
    return "\n".join((*lines, "wrong:", *told))


def _extraction_lines(teacher: Teacher, writer: Writer) -> list[str]:
    exams = list(extraction(teacher))
    written = writer.write_all([exam.prompt for exam in exams], 0)
    answers = [
        teacher.encoding.decode(ids).partition(MIDDLE)[2].removesuffix("<|return|>") for ids in written
    ]
    exact = [answer == exam.right[0] for answer, exam in zip(answers, exams, strict=True)]
    return [
        share("extraction, valid JSON", [_is_json(answer) for answer in answers]),
        share("extraction, every value right", exact),
    ]


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _effort_lines(teacher: Teacher, writer: Writer) -> list[str]:
    """How long the reasoning is, on average over some questions."""
    lines = []
    for effort in questions.EFFORTS:
        exams = [exam for language in LANGUAGES for exam in learnt(teacher, language, effort)][::20]
        trials = examine(teacher, writer, exams)
        length = sum(len(trial.reasoning) for trial in trials) / len(trials)
        lines.append(f"reasoning at {effort} effort: {length:.0f} characters")
    return lines


def share(title: str, outcomes: list[bool]) -> str:
    """One line: how many of how many, and per cent."""
    return f"{title}: {sum(outcomes)} of {len(outcomes)}, {sum(outcomes) / len(outcomes):.1%}"
