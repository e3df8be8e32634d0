"""Pieces of grammars in the Lark dialect of llguidance."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from app.core.errors import SchemaRefused

_CONTROL = re.compile("[\x7f-\x9f]")
_LONGEST_DETAIL = 200


def literal(text: str) -> str:
    """A text as a Lark string, which is one of JSON without any control character."""
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def either(expressions: Iterable[str]) -> str:
    """Any one of these."""
    return " | ".join(expressions)


def checked(lines: Iterable[str]) -> str:
    """These rules, of which the one named `start` is a whole answer, as one grammar that llguidance accepts.

    Raises:
        SchemaRefused: no answer can be written by them.
    """
    from llguidance import LLMatcher, LLTokenizer

    text = "\n".join(lines) + "\n"
    matcher = LLMatcher(LLTokenizer("byte"), text)
    if not matcher.is_error():
        matcher.compute_bitmask()  # fails where no text can begin
    if matcher.is_error():
        reason = matcher.get_error().strip().partition("\n")[0]
        raise SchemaRefused(path="$", rule="grammar", detail=reason[:_LONGEST_DETAIL])
    return text


def is_empty(terminal: str) -> bool:
    """Whether no text at all fits the expression of a terminal."""
    try:
        checked(("start: TEXT", f"TEXT: {terminal}"))
    except SchemaRefused:
        return True
    return False
