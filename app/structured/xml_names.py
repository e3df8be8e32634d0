"""Names of XML elements: any property's name as one, reversibly; a title as one."""

from __future__ import annotations

import re
from xml.parsers import expat

from app.core.text import one_line

_LOOKS_ENCODED = re.compile("_x(?:[0-9A-Fa-f]{4}|[0-9A-Fa-f]{8})_")
_RESERVED = re.compile("xml", re.IGNORECASE)
_LONGEST_TITLE = 60


def element_name(name: str) -> str:
    """The name of a property, which must not be empty, as that of an element.

    A character that cannot stand where it does becomes `_xHHHH_`, its number in four or eight hexadecimal
    digits, as .NET's `XmlConvert` writes it; so does an underscore that would be taken for such a code.
    """
    coded = (_coded(name, at) if _needs_code(name, at) else char for at, char in enumerate(name))
    return "".join(coded)


def plain_name(title: str) -> str:
    """A title as an element's name, what cannot stand there left out; "" where nothing is left."""
    words = "".join(char if _is_name("_" + char) else " " for char in one_line(title)).split()
    name = "_".join(words)[:_LONGEST_TITLE].rstrip("_")
    if not name:
        return ""
    return name if _is_name(name[0]) and not _RESERVED.match(name) else f"_{name}"


def _needs_code(name: str, at: int) -> bool:
    if at == 0:
        return not _is_name(name[0]) or bool(_LOOKS_ENCODED.match(name) or _RESERVED.match(name))
    return not _is_name("_" + name[at]) or bool(_LOOKS_ENCODED.match(name, at))


def _coded(name: str, at: int) -> str:
    number = ord(name[at])
    return f"_x{number:04X}_" if number < 0x10000 else f"_x{number:08X}_"


def _is_name(text: str) -> bool:
    """Whether the parser that will read it takes it for a name; a colon would make it one of a namespace."""
    found: list[str] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, _: found.append(name)
    try:
        parser.Parse(f"<{text}/>".encode("utf-8", "replace"), True)
    except expat.ExpatError:
        return False
    return found == [text] and ":" not in text
