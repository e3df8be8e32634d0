"""What a schema cannot promise and what went wrong with an answer or an item, on stderr, line by line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.cli.screen import Screen
from app.core.answer_format import AnswerFormat, Fault
from app.core.batch import Outcome
from app.core.text import visible
from app.i18n import Texts
from app.i18n.faults import explain_fault, place_text
from app.i18n.sentences import explain

if TYPE_CHECKING:
    from app.structured.coverage import Keyword


def note_coverage(answer_format: AnswerFormat, tr: Texts, screen: Screen) -> None:
    """What of a schema is not enforced while an answer is written, and where it stands there."""
    from app.structured.grammar import grammar_of

    coverage = grammar_of(answer_format).coverage
    if coverage.checked:
        names = _keyword_names(coverage.checked)
        screen.note(tr("Only checked once the answer is finished: {names}.", names=names))
    if coverage.ignored:
        screen.note(tr("Not enforced: {names}.", names=_keyword_names(coverage.ignored)))


def _keyword_names(keywords: Sequence[Keyword]) -> str:
    """Each with the JSONPath of where it stands."""
    return ", ".join(dict.fromkeys(visible(f"{keyword.name} ({keyword.path})") for keyword in keywords))


def note_faults(faults: Sequence[Fault], tr: Texts, screen: Screen) -> None:
    """Where an answer does not fit its format."""
    for fault in faults:
        screen.note(tr("The answer does not fit its format: {fault}", fault=fault_line(fault, tr)))


def note_failure(name: str, outcome: Outcome, tr: Texts, screen: Screen) -> None:
    """Why the item called `name` has no answer that fits."""
    problem = outcome.problem
    reason = explain(problem, tr) if problem else "; ".join(fault_line(f, tr) for f in outcome.faults)
    screen.note(tr("{name}: failed: {reason}", name=name, reason=reason))


def fault_line(fault: Fault, tr: Texts) -> str:
    return ": ".join(filter(None, (place_text(fault), explain_fault(fault, tr))))
