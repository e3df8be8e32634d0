"""The same question asked of many documents or rows: what is asked, and how far it has come."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.answer_format import AnswerFormat, Fault
from app.core.sampling import Sampling


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to ask about: a document or a row. `key` names it within the batch, `text` is the question."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """What is asked of every item; `instructions` and the format are the prefix that all share."""

    instructions: str
    format: AnswerFormat
    sampling: Sampling = Sampling()


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one item ended: with a text that fits, or with the reasons why there is none.

    `error` is the kind of an error of `core/errors`, `detail` its values in words; empty where the answer
    came but has `faults`, or was cut (`error` is then "Cut").
    """

    key: str
    text: str = ""
    faults: tuple[Fault, ...] = ()
    error: str = ""
    detail: str = ""
    attempts: int = 1

    @property
    def is_good(self) -> bool:
        return not self.faults and not self.error


@dataclass(frozen=True, slots=True)
class BatchProgress:
    """`outcome` is the newest; `done` of `total` items have one, `failed` of them a bad one.

    `per_minute` is the pace of this run, `left_s` the likely time to the end; both None before the first.
    """

    outcome: Outcome | None
    done: int
    failed: int
    total: int
    per_minute: float | None = None
    left_s: float | None = None
