"""The texts of the system and developer messages that open every conversation."""

from __future__ import annotations

from datetime import date

from app.core.sampling import Effort

IDENTITY = "You are ChatGPT, a large language model trained by OpenAI."
KNOWLEDGE_CUTOFF = "2024-06"


def system_text(today: date, effort: Effort) -> str:
    """What the model was trained to find in its system message; `effort` steers how long it reasons."""
    return "\n\n".join(
        (
            f"{IDENTITY}\nKnowledge cutoff: {KNOWLEDGE_CUTOFF}\nCurrent date: {today.isoformat()}",
            f"Reasoning: {effort}",
            "# Valid channels: analysis, commentary, final. Channel must be included for every message.",
        )
    )


def developer_text(instructions: str) -> str:
    """A person's own instructions; empty where there are none, and then the message is left out."""
    return f"# Instructions\n\n{instructions}" if instructions.strip() else ""
