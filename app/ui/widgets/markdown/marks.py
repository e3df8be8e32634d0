"""Characters that hide or turn text round, made visible."""

from __future__ import annotations

import re

_TURNING = "\u202a-\u202e\u2066-\u2069\u061c\u200e\u200f"
_CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f"
_IN_TEXT = re.compile(f"[{_TURNING}{_CONTROLS}\u2028\u2029]")
_IN_CODE = re.compile(f"[{_TURNING}{_CONTROLS}\u200b-\u200d\u2028\u2029\u2060-\u2064\ufeff\u00ad]")


def visible_text(text: str) -> str:
    """Running text: overrides of direction and control characters shown as their code point.

    Joiners stay: emoji and several scripts are written with them.
    """
    return _IN_TEXT.sub(_name, text)


def visible_code(text: str) -> str:
    """Code: whatever takes no room is shown as its code point, and copied so."""
    return _IN_CODE.sub(_name, text)


def _name(match: re.Match[str]) -> str:
    return f"\u27e8U+{ord(match[0]):04X}\u27e9"
