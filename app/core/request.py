"""What is asked of the engine: one turn to be generated from a conversation's active path."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.core.answer_format import AnswerFormat
from app.core.message import Role
from app.core.sampling import Sampling


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message; of an answer only its final text (earlier reasoning is dropped)."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """Everything one answer depends on.

    `conversation` names the cache to reuse: requests of one conversation share a prefix.
    """

    turns: tuple[Turn, ...]
    today: date
    instructions: str = ""
    sampling: Sampling = Sampling()
    conversation: str = ""
    format: AnswerFormat | None = None
