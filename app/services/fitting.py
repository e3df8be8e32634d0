"""Answers that have to fit a format: refused before they are asked for, checked, and asked for once more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from app.core.answer_format import AnswerFormat, Fault
from app.core.message import Message, Role
from app.core.request import GenerationRequest, Turn

if TYPE_CHECKING:
    from app.structured.check import JsonValue

TOLD_FAULTS = 5
"""More than these would rather confuse the model than help it."""


def accept_format(answer_format: AnswerFormat | None) -> None:
    """Raise SchemaRefused where no answer could be held to this format."""
    if answer_format is not None:
        # Schemas are read by libraries that a chat in prose need not wait for.
        from app.structured.grammar import grammar_of

        grammar_of(answer_format)


def faults_of(message: Message) -> tuple[Fault, ...]:
    """Where a finished answer does not fit the format it was asked for; none where it has no format."""
    return () if message.format is None else faults_in(message.format, message.text)


def faults_in(answer_format: AnswerFormat, text: str) -> tuple[Fault, ...]:
    """Where a text does not fit a format."""
    from app.structured.check import check

    return check(answer_format, text).faults


def value_of(message: Message) -> JsonValue:
    """What an answer says, read by its format; None unless it fits."""
    if message.format is None or not message.fits:
        return None
    from app.structured.check import check

    return check(message.format, message.text).value


def once_more(request: GenerationRequest, text: str, faults: Sequence[Fault]) -> GenerationRequest:
    """The same request with the answer that does not fit, and what is wrong with it."""
    told = "\n".join(f"- {fault.path}: {fault.rule}: {fault.detail}" for fault in faults[:TOLD_FAULTS])
    complaint = (
        f"That answer does not fit the response format:\n{told}\n"
        "Answer the question again so that it fits; change nothing else."
    )
    turns = (Turn(Role.ASSISTANT, text), Turn(Role.USER, complaint))
    return replace(request, turns=(*request.turns, *turns))
