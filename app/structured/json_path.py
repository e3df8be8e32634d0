"""Where something lies in a JSON value or a schema, as a JSONPath from the root `$`."""

from __future__ import annotations

import re
from collections.abc import Iterable

Place = tuple[str | int, ...]
"""Member names and array indices from the root inwards."""

_PLAIN = re.compile(r"[a-zA-Z][a-zA-Z0-9_]*\Z")


def json_path(place: Iterable[str | int]) -> str:
    """`$.items[2]['unit price']`: spelled as `jsonschema` spells its `json_path`."""
    return "$" + "".join(map(_step, place))


def _step(key: str | int) -> str:
    if isinstance(key, int):
        return f"[{key}]"
    if _PLAIN.match(key):
        return f".{key}"
    escaped = key.replace("\\", "\\\\").replace("'", "\\'")
    return f"['{escaped}']"
