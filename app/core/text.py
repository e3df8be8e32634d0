"""Text from outside made safe to keep, to send and to show."""

from __future__ import annotations

import re

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_INVISIBLE_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")


def clean_text(text: str) -> str:
    """Replace NUL and lone surrogates, which no database or wire can hold, by U+FFFD."""
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def one_line(text: str) -> str:
    """`text` as a single line for titles: control, bidirectional and zero-width characters become spaces."""
    return " ".join(_INVISIBLE_CONTROL.sub(" ", clean_text(text)).split())
