"""From what a person writes and what is kept to what is asked of the engine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from app.core.conversation import Options
from app.core.errors import EmptyPrompt, PromptTooLarge
from app.core.message import Message, Role
from app.core.request import GenerationRequest, Turn
from app.core.text import clean_text

LIMIT_BYTES = 4_000_000


def accept(text: str) -> str:
    """The text as it is kept and sent.

    Raises:
        EmptyPrompt, PromptTooLarge: it cannot be a question.
    """
    text = accept_draft(text)
    if not text.strip():
        raise EmptyPrompt
    return text


def accept_draft(text: str) -> str:
    """As `accept`, but a draft may still be empty.

    Raises:
        PromptTooLarge: it is too long for a question.
    """
    text = clean_text(text)
    if (size_bytes := len(text.encode())) > LIMIT_BYTES:
        raise PromptTooLarge(size_bytes=size_bytes, limit_bytes=LIMIT_BYTES)
    return text


def accept_options(options: Options) -> Options:
    """Options whose instructions can be kept and sent.

    Raises:
        PromptTooLarge: the instructions are too long.
    """
    return replace(options, instructions=accept_draft(options.instructions))


def turns_of(path: Iterable[Message]) -> tuple[Turn, ...]:
    """What the model is told of the messages before; an answer that never came to its text is left out."""
    return tuple(Turn(m.role, m.text) for m in path if m.role is Role.USER or m.text)


def build_request(turns: tuple[Turn, ...], options: Options, conversation: str = "") -> GenerationRequest:
    return GenerationRequest(
        turns=turns,
        today=datetime.now().astimezone().date(),
        instructions=options.instructions,
        sampling=options.sampling,
        conversation=conversation,
        format=options.format,
    )
