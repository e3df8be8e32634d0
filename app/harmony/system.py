"""The texts of the system and developer messages that open every conversation."""

from __future__ import annotations

import json
from datetime import date

from app.core.answer_format import AnswerFormat, Notation
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


NOTATIONS = {
    Notation.JSON: "",
    Notation.XML: "Write the answer as XML whose elements are the properties of this schema.",
    Notation.TABLE: "Write the answer as CSV with a header, one line for each item of this schema.",
    Notation.CHOICE: "Answer with one of the choices of this schema and nothing else.",
}
"""What Harmony has no words for: the schema says what is in the answer, this how it is written."""


def developer_text(instructions: str, answer_format: AnswerFormat | None = None) -> str:
    """A person's own instructions and the answer's format, as Harmony wants them told.

    Empty where there is neither, and then the message is left out.
    """
    parts = [f"# Instructions\n\n{instructions}"] if instructions.strip() else []
    if answer_format is not None:
        parts.append(f"# Response Formats\n\n{_format_text(answer_format)}")
    return "\n\n".join(parts)


def _format_text(answer_format: AnswerFormat) -> str:
    schema = json.loads(answer_format.schema)
    told = schema.get("description") if isinstance(schema, dict) else None
    description = " ".join(" ".join(filter(None, (told, NOTATIONS[answer_format.notation]))).split())
    lines = [f"## {_identifier(answer_format.name)}"]
    if description:
        lines.append(f"// {description}")
    lines.append(json.dumps(schema, ensure_ascii=False, separators=(",", ":")))
    return "\n\n".join((lines[0], "\n".join(lines[1:])))


def _identifier(name: str) -> str:
    """A format is named like a type; a name of which nothing is left is called plainly."""
    return "_".join("".join(c if c.isalnum() else " " for c in name).split()).lower() or "answer"
