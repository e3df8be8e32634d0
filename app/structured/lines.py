"""In which line of a JSON text a fault lies, so that an editor can point there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from json.decoder import scanstring  # type: ignore[attr-defined]

from app.core.answer_format import Fault
from app.structured.json_path import json_path
from app.structured.schema import DEEPEST

_TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*+"|[{}\[\],:]|[^\s{}\[\],:"]++')
_LINE = re.compile(r"\bline (\d+), column \d+")


def lines_of(text: str, faults: Sequence[Fault]) -> tuple[int, ...]:
    """The line of each fault, from 1 on; where its path leads nowhere, that of the nearest part around it."""
    starts = _starts(text) if faults else {}
    return tuple(_line_of(text, fault, starts) for fault in faults)


def _line_of(text: str, fault: Fault, starts: dict[str, int]) -> int:
    if fault.rule in ("syntax", "depth") and (found := _LINE.search(fault.detail)):
        return int(found[1])
    path = f"{fault.path}.{fault.rule}"  # a keyword's own line says more than that of the part it stands in
    while path not in starts:
        path = path[: max(path.rfind("."), path.rfind("["))] if len(path) > 1 else "$"
    return text.count("\n", 0, starts[path]) + 1


def _starts(text: str) -> dict[str, int]:
    """Where each member and each entry begins, by its path; as far as the text can be read."""
    starts = {"$": 0}
    place: list[str | int | None] = []
    for token in _TOKEN.finditer(text):
        sign = token[0]
        if sign in "]}" and place:
            place.pop()
        elif sign == "," and place:
            here = place[-1]
            place[-1] = here + 1 if isinstance(here, int) else None
        elif len(place) > DEEPEST:
            break  # the reader went no further either
        elif sign not in ",:]}":
            _enter(sign, token.start(), place, starts)
    return starts


def _enter(sign: str, at: int, place: list[str | int | None], starts: dict[str, int]) -> None:
    """A name or a value begins; a name stands alone where one is awaited."""
    if place and place[-1] is None and sign.startswith('"'):
        place[-1] = scanstring(sign, 1, False)[0]
        starts[_path(place)] = at
        return
    if place and isinstance(place[-1], int):
        starts[_path(place)] = at
    if sign in "{[":
        place.append(None if sign == "{" else 0)


def _path(place: Sequence[str | int | None]) -> str:
    return json_path(key for key in place if key is not None)
