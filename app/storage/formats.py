"""Answer formats and faults as the text of a column; empty where there is none."""

from __future__ import annotations

import json
from dataclasses import astuple

from app.core.answer_format import AnswerFormat, Fault, Notation


def format_text(answer_format: AnswerFormat | None) -> str:
    return "" if answer_format is None else json.dumps(astuple(answer_format), ensure_ascii=False)


def format_from(text: str) -> AnswerFormat | None:
    """Raises ValueError or TypeError: this is no text of ours."""
    if not text:
        return None
    name, schema, notation = json.loads(text)
    return AnswerFormat(name, schema, Notation(notation))


def faults_text(faults: tuple[Fault, ...]) -> str:
    return json.dumps([astuple(fault) for fault in faults], ensure_ascii=False) if faults else ""


def faults_from(text: str) -> tuple[Fault, ...]:
    """Raises ValueError or TypeError: this is no text of ours."""
    return tuple(Fault(*values) for values in json.loads(text)) if text else ()
