"""Say in a few words how one place of an answer or a schema breaks its rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.core.answer_format import Fault
from app.core.text import visible
from app.core.words import mark
from app.i18n import Texts

WORDS: Final[Mapping[str, str]] = {
    "type": mark("has to be of type {detail}"),
    "required": mark("“{detail}” is missing"),
    "enum": mark("has to be one of {detail}"),
    "const": mark("has to be {detail}"),
    "minimum": mark("has to be at least {detail}"),
    "maximum": mark("has to be at most {detail}"),
    "exclusiveMinimum": mark("has to be more than {detail}"),
    "exclusiveMaximum": mark("has to be less than {detail}"),
    "multipleOf": mark("has to be a multiple of {detail}"),
    "minLength": mark("is too short (at least {detail})"),
    "maxLength": mark("is too long (at most {detail})"),
    "pattern": mark("has to match the pattern {detail}"),
    "format": mark("is not written as “{detail}” asks"),
    "minItems": mark("has too few items (at least {detail})"),
    "maxItems": mark("has too many items (at most {detail})"),
    "uniqueItems": mark("has the same item twice"),
    "minProperties": mark("has too few fields (at least {detail})"),
    "maxProperties": mark("has too many fields (at most {detail})"),
    "additionalProperties": mark("has a field that is not foreseen"),
    "unevaluatedProperties": mark("has a field that is not foreseen"),
    "syntax": mark("cannot be read: {detail}"),
    "duplicate": mark("“{detail}” is there twice"),
    "number": mark("is a number that no program can hold"),
    "depth": mark("is nested too deeply"),
    "size": mark("is too large: {detail}"),
    "regex": mark("is no pattern that can be used: {detail}"),
    "$ref": mark("has a reference that cannot be followed: {detail}"),
    "contradiction": mark("contradicts itself: nothing can fit it"),
}
"""By rule; a rule without words is named."""

_LONGEST = 120


def explain_fault(fault: Fault, tr: Texts) -> str:
    """What is wrong, without saying where: "has to be at least 0"."""
    detail = visible(fault.detail)
    shown = detail if len(detail) <= _LONGEST else detail[: _LONGEST - 1] + "…"
    words = WORDS.get(fault.rule)
    if words is not None and (shown or "{detail}" not in words):
        return tr(words, detail=shown)
    if shown:
        return tr("breaks the rule “{rule}”: {detail}", rule=fault.rule, detail=shown)
    return tr("breaks the rule “{rule}”", rule=fault.rule)


def fault_text(fault: Fault, tr: Texts) -> str:
    """The whole sentence: "$.total: has to be at least 0."."""
    return tr("{path}: {words}.", path=visible(fault.path), words=explain_fault(fault, tr).rstrip("."))


def place_text(fault: Fault) -> str:
    """Where it is, for people: `items[2].price`; empty for the whole answer."""
    return visible(fault.path.removeprefix("$").removeprefix("."))
