"""What the head of a structured answer says: that it fits, that it does not, or why nobody knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.answer_format import AnswerFormat, Fault
from app.core.message import Message, Status
from app.core.text import one_line
from app.i18n import Texts

_DOT = " · "
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Verdict:
    """One sentence with an icon in the colour of `role`; `faults` are listed below it."""

    sentence: str
    icon: str
    role: str = "muted"
    faults: tuple[Fault, ...] = ()


def while_written(
    answer_format: AnswerFormat, value: object, names: Sequence[str], tr: Texts, *, is_again: bool
) -> Verdict:
    """How far an answer is; `is_again`: the first try did not fit."""
    if is_again:
        sentence = tr("The first try did not fit, writing “{name}” again", name=_name(answer_format))
    else:
        sentence = tr("Writing “{name}”", name=_name(answer_format))
    return Verdict(_joined(sentence, count_text(value, names, tr)), "incomplete")


def at_end(message: Message, value: object, names: Sequence[str], tr: Texts, *, is_again: bool) -> Verdict:
    """Whether an answer that has ended fits. One that ended early was not checked, and never fits."""
    if message.status is not Status.COMPLETE or message.format is None:
        return Verdict(_early(message, tr), "incomplete")
    name = _name(message.format)
    if not message.fits:
        sentence = tr("Does not fit “{name}”", name=name)
        again = tr("tried twice") if is_again else ""
        return Verdict(_joined(sentence, again), "alert", "danger", message.faults)
    count = count_text(value, names, tr)
    sentence = (
        tr("Fits “{name}”, {count}", name=name, count=count) if count else tr("Fits “{name}”", name=name)
    )
    again = tr("the first try did not, it was written again") if is_again else ""
    return Verdict(_joined(sentence, again), "check-circle", "accent")


def count_text(value: object, names: Sequence[str], tr: Texts) -> str:
    """How much there is: "4 of 5 fields", "12 items"; empty for one value. `names`: those asked for."""
    if isinstance(value, list):
        return tr.plural("{n} item", "{n} items", len(value))
    if not isinstance(value, dict):
        return ""
    if not names:
        return tr.plural("{n} field", "{n} fields", len(value))
    here = sum(name in value for name in names)
    return tr.plural("{here} of {n} field", "{here} of {n} fields", len(names), here=here)


def _early(message: Message, tr: Texts) -> str:
    match message.status:
        case Status.CUT:
            tokens = message.usage.completion_tokens
            return tr.plural(
                "Incomplete: cut at {n} token, not checked",
                "Incomplete: cut at {n} tokens, not checked",
                tokens,
            )
        case Status.CANCELLED:
            return tr("Incomplete: you stopped it; not checked")
        case Status.FAILED:
            return tr("Incomplete: the engine failed; not checked")
        case _:
            return tr("Incomplete: it was interrupted; not checked")


def _name(answer_format: AnswerFormat) -> str:
    name = one_line(answer_format.name)
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"


def _joined(*parts: str) -> str:
    return _DOT.join(part for part in parts if part)
