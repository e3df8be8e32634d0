"""Make one sentence of a fault: where an answer or a schema is not as it has to be, and what it has to be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.core.answer_format import Fault
from app.core.text import visible
from app.core.words import mark
from app.i18n import Texts

SENTENCES: Final[Mapping[str, str]] = {
    "syntax": mark("{path} cannot be read: {detail}."),
    "duplicate": mark("{path} has the same name twice: {detail}."),
    "required": mark("{path} lacks “{detail}”."),
    "additionalProperties": mark("{path} has something it must not have: {detail}."),
    "type": mark("{path} must be of type {detail}."),
    "enum": mark("{path} must be one of {detail}."),
    "const": mark("{path} must be {detail}."),
    "minimum": mark("{path} must be at least {detail}."),
    "maximum": mark("{path} must be at most {detail}."),
    "exclusiveMinimum": mark("{path} must be more than {detail}."),
    "exclusiveMaximum": mark("{path} must be less than {detail}."),
    "multipleOf": mark("{path} must be a multiple of {detail}."),
    "minLength": mark("{path} must have at least {detail} characters."),
    "maxLength": mark("{path} must have at most {detail} characters."),
    "pattern": mark("{path} must match the pattern {detail}."),
    "format": mark("{path} must be a valid {detail}."),
    "minItems": mark("{path} must have at least {detail} items."),
    "maxItems": mark("{path} must have at most {detail} items."),
    "uniqueItems": mark("{path} must not hold the same thing twice."),
}
"""By rule; a rule without a sentence is named as it is."""

OTHER: Final = mark("{path} breaks the rule {rule}: {detail}.")


def fault_text(fault: Fault, tr: Texts) -> str:
    """The sentence for a fault in the language of `tr`."""
    shown = {name: visible(value).rstrip(".") for name, value in (("path", fault.path), ("detail", fault.detail))}
    return tr(SENTENCES.get(fault.rule, OTHER), rule=fault.rule, **shown)
