"""File names that every system accepts, made from any text, and always directly in the folder chosen."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path

from app.core.errors import DocumentNotWritable
from app.core.text import one_line

NAMELESS = "answer"
"""The name of what has none."""

LONGEST = 120
"""In bytes of UTF-8 without the suffix: Linux allows 255 in all, and some encrypted folders 143."""

_NOT_IN_NAMES = re.compile(r'[/\\:*?"<>|\ufffd\u061c\u2024\u2044\u2215\u29f8\uff0f\uff3c\uff1a]')
"""What some system takes for more than a letter, and what looks like a separator."""
_AT_EDGES = " .-_~"
"""Windows drops dots and spaces at the end; a dot in front hides a file, a dash makes it an option."""
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)", re.IGNORECASE)
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,10}")


def safe_name(text: str, suffix: str = "") -> str:
    """A file name like `text`, with a suffix such as `.json`, that means nothing else on any system."""
    plain = unicodedata.normalize("NFC", one_line(text))
    kept = "".join(char if unicodedata.category(char)[0] != "C" else " " for char in plain)
    stem = " ".join(_NOT_IN_NAMES.sub(" ", kept).split()).strip(_AT_EDGES)
    stem = _cut(stem, LONGEST).rstrip(_AT_EDGES) or NAMELESS
    return ("_" if _RESERVED.match(stem.replace(" ", "")) else "") + stem + suffix


def inside(folder: Path, name: str) -> Path:
    """The path of a file called `name`, made safe, directly in `folder`.

    Raises:
        DocumentNotWritable: that name is a link which leads out of the folder.
    """
    stem, suffix = os.path.splitext(name)
    whole = _SUFFIX.fullmatch(suffix) is not None and stem.strip(_AT_EDGES) != ""
    path = folder / (safe_name(stem, suffix) if whole else safe_name(name))
    if Path(os.path.realpath(path)).parent != Path(os.path.realpath(folder)):
        raise DocumentNotWritable(path=str(path), reason="a link that leads out of the folder")
    return path


def _cut(text: str, limit_bytes: int) -> str:
    """The beginning of `text` in so many bytes, no letter parted from its accents."""
    if len(text.encode("utf-8")) <= limit_bytes:
        return text
    end = len(text.encode("utf-8")[:limit_bytes].decode("utf-8", "ignore"))
    while end > 0 and unicodedata.combining(text[end]):
        end -= 1
    return text[:end]
