"""What went wrong with an answer or an item of a batch, on stderr, line by line."""

from __future__ import annotations

from collections.abc import Sequence

from app.cli.screen import Screen
from app.core.answer_format import Fault
from app.core.batch import Outcome
from app.core.text import visible
from app.i18n import Texts
from app.i18n.faults import explain_fault, place_text
from app.i18n.sentences import explain


def note_faults(faults: Sequence[Fault], tr: Texts, screen: Screen) -> None:
    """Where an answer does not fit its format."""
    for fault in faults:
        screen.note(tr("The answer does not fit its format: {fault}", fault=fault_line(fault, tr)))


def note_failure(outcome: Outcome, tr: Texts, screen: Screen) -> None:
    """Why an item has no answer that fits."""
    problem = outcome.problem
    reason = explain(problem, tr) if problem else "; ".join(fault_line(f, tr) for f in outcome.faults)
    screen.note(tr("{name}: failed: {reason}", name=visible(outcome.key), reason=reason))


def fault_line(fault: Fault, tr: Texts) -> str:
    return ": ".join(filter(None, (place_text(fault), explain_fault(fault, tr))))
