"""Text from outside made safe to keep, to send and to show."""

from __future__ import annotations

import re

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_INVISIBLE_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")
_MISLEADING = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def clean_text(text: str) -> str:
    """Replace NUL and lone surrogates, which no database or wire can hold, by U+FFFD."""
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def one_line(text: str) -> str:
    """`text` as a single line for titles: control, bidirectional and zero-width characters become spaces."""
    return " ".join(_INVISIBLE_CONTROL.sub(" ", clean_text(text)).split())


def without_password(address: str) -> str:
    """An address of the web fit to be shown: the name and the password before its host are left out."""
    before, at, host = address.rpartition("@")
    scheme, colon, _ = before.partition("://")
    return f"{scheme if colon else ''}{colon}…@{host}" if at else address


def visible(text: str) -> str:
    """A name from outside, fit for a sentence: what would break the line or turn it around is spelled out."""
    return _MISLEADING.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)
