"""What a command changed, so that views refresh only that."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Changes:
    """`conversation_id` is the one concerned; the flags say which views are out of date."""

    conversation_id: int | None = None
    list_changed: bool = False
    messages_changed: bool = False
    options_changed: bool = False
