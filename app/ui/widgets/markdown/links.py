"""Which link targets are let through: http, https and mailto, with nothing hidden in them."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_HIDING = re.compile(r"[\x00-\x20\x7f\\\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
BARE_LINK = re.compile(r"https?://[^\s<>\"'`|\\\u201c\u201d\u3000-\u303f\uff00-\uffef]+", re.IGNORECASE)
_TRAILING = ".,;:!?*_~"


def is_allowed(target: str) -> bool:
    """Whether a person may be asked to open `target`.

    Refused: every other scheme, targets without a host, with a user name (it can pose as the host),
    and with blanks, control characters or backslashes.
    """
    if _HIDING.search(target):
        return False
    try:
        parts = urlsplit(target)
        host = parts.hostname
    except ValueError:
        return False
    if parts.scheme == "mailto":
        return "@" in parts.path and not parts.netloc
    return parts.scheme in ("http", "https") and bool(host) and "@" not in parts.netloc


def trim_bare(target: str) -> str:
    """A bare link as found in running text, without the punctuation that follows it."""
    trimmed = target.rstrip(_TRAILING)
    while trimmed.endswith(")") and trimmed.count(")") > trimmed.count("("):
        trimmed = trimmed[:-1].rstrip(_TRAILING)
    return trimmed
