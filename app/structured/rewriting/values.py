"""Rewrite what is asked of single values: patterns and formats of texts, bounds and exact numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations
from typing import Any

from app.structured.automaton import leaving_out
from app.structured.coverage import Keyword
from app.structured.dialect import Node
from app.structured.formats import FORMATS
from app.structured.json_path import Place, json_path
from app.structured.json_text import JsonValue
from app.structured.pattern import PatternError
from app.structured.pattern_writing import for_grammar, grammar_patterns
from app.structured.rewriting.work import FINAL, LOOKING, Work, all_of, also, either, without

EXACT = 2**53
"""The engine keeps numbers as floats; beyond this, integers are not exact."""

_LARGEST_INTEGER = 9_223_372_036_854_774_784
"""The largest float that fits into 64 bits with a sign."""

_LARGEST_BOUND = 1e15
"""For numbers with a fraction, the engine can do none beyond."""

_TOO_LONG = "Unable to determine"
"""What the engine says where it cannot do with a pattern and a length together."""

_MOST_OVERLAPPING = 3
"""Patterns of members that one name may match."""

_COUNTS = ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")
_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")


def texts(work: Work, node: dict[str, Any], place: Place) -> dict[str, Any]:
    """`pattern` and `format` as expressions that the engine knows."""
    if "pattern" not in node and "format" not in node:
        return node
    made = without(node, "pattern", "format")
    patterns = [*_patterns(work, node, place), *_format_patterns(work, node, place)]
    if node.get("format") == "uri" and "format" not in work.avoided:
        made["format"] = "uri"
    if patterns:
        made["pattern"] = patterns[0]
    if any(_complaint(work, pattern, _TOO_LONG) for pattern in patterns):
        lengths = [key for key in ("minLength", "maxLength") if key in made]
        work.leave(place, *lengths)
        made = without(made, *lengths)
    longest = FORMATS[node["format"]].longest if node.get("format") in FORMATS else None
    limits: list[dict[str, Any]] = [{"maxLength": longest}] if longest else []
    final = [*({"pattern": pattern} for pattern in patterns[1:]), *limits]
    return {**made, FINAL: final} if final else made


def _patterns(work: Work, node: dict[str, Any], place: Place) -> Iterator[str]:
    if "pattern" not in node:
        return
    try:
        work.count_automaton(node["pattern"])
        patterns = grammar_patterns(node["pattern"])
        if "pattern" in work.avoided or any(
            _complaint(work, pattern, "error", "not supported") for pattern in patterns
        ):
            raise PatternError
        yield from patterns
    except PatternError:
        work.leave(place, "pattern")


def _complaint(work: Work, pattern: str, *kinds: str) -> bool:
    """Whether the engine could not do with this pattern, for such a reason."""
    plain = pattern.replace("\\/", "/")
    return any(
        plain in said.replace("\\/", "/") and any(kind in said for kind in kinds) for said in work.complaints
    )


def _format_patterns(work: Work, node: dict[str, Any], place: Place) -> Iterator[str]:
    """A format that is not known is an annotation; the engine's own `uri` is the quicker one."""
    name = node.get("format")
    if name is None or (name == "uri" and "format" not in work.avoided):
        return
    if name not in FORMATS:
        work.ignored[Keyword(json_path(place), "format")] = None
        return
    pattern = FORMATS[name].pattern
    if pattern is None or "format" in work.avoided:
        work.leave(place, "format")
    else:
        yield f"^(?:{pattern})$"


def pattern_members(work: Work, node: dict[str, Any], place: Place) -> dict[str, Any]:
    """`patternProperties` with expressions that the engine knows; where it knows none, any other members."""
    if "patternProperties" not in node:
        return node
    made = {}
    try:
        if "patternProperties" in work.avoided:
            raise PatternError
        for pattern, inner in _apart(work, node["patternProperties"]).items():
            work.count_automaton(pattern)
            (written,) = grammar_patterns(pattern)
            made[written] = inner
    except (PatternError, ValueError):
        work.leave(place, "patternProperties")
        rest = without(node, "patternProperties", "additionalProperties")
        others = [node.get("additionalProperties", True), *node["patternProperties"].values()]
        return {**rest, "additionalProperties": True if True in others else either(others)}
    return {**node, "patternProperties": made}


def _apart(work: Work, members: dict[str, Node]) -> dict[str, Node]:
    """The same with patterns of which no name matches two, as the engine wants them.

    Raises:
        PatternError: that cannot be written out.
    """
    pairs = combinations(sorted(members), 2)
    if all(work.viewer.are_contradictory(pair) for pair in pairs):
        return members
    if all(inner == next(iter(members.values())) for inner in members.values()):
        return {"|".join(f"(?:{pattern})" for pattern in members): next(iter(members.values()))}
    work.count_automaton(LOOKING)
    if len(members) > _MOST_OVERLAPPING:
        raise PatternError("too many patterns for one name")
    made: dict[str, Node] = {}
    for size in range(1, len(members) + 1):
        for matched in combinations(members, size):
            found = leaving_out(matched, [pattern for pattern in members if pattern not in matched])
            if found is not None:
                made[for_grammar(found)] = all_of([members[pattern] for pattern in matched])
    return made


def numbers(work: Work, node: dict[str, Any], place: Place) -> dict[str, Any]:
    """Counts as integers, bounds within what the engine can do."""
    made = dict(node)
    if _is_empty(node):
        others = work.viewer.view(node).kinds - {"integer", "fraction"}
        return also(without(made, *_BOUNDS), {"type": sorted(others)} if others else False)
    for key in _COUNTS:
        if key in made:
            made[key] = int(made[key])
    if "multipleOf" in made and "multipleOf" in work.avoided:
        work.leave(place, "multipleOf")
        del made["multipleOf"]
    for key in _BOUNDS:
        if key in made:
            bound = _bound(key, made[key], "number" in made.get("type", "number"))
            if bound is None or key in work.avoided:
                del made[key]
            else:
                made[key] = bound
            if (bound is None and abs(node[key]) < 1e308) or key in work.avoided:
                work.leave(place, key)
    return made


def _is_empty(node: dict[str, Any]) -> bool:
    """Whether no number lies within the bounds; the engine cannot tell that from a bound it cannot do."""
    least = max(node.get("minimum", -math.inf), node.get("exclusiveMinimum", -math.inf))
    most = min(node.get("maximum", math.inf), node.get("exclusiveMaximum", math.inf))
    is_open = node.get("exclusiveMinimum") == least or node.get("exclusiveMaximum") == most
    return bool(least > most or (least == most and is_open))


def _bound(key: str, bound: int | float, with_fraction: bool) -> int | float | None:
    """The bound as the engine can hold it, or a little tighter; None if it cannot."""
    if abs(bound) < _LARGEST_BOUND:
        return bound
    if with_fraction:
        return None
    inwards = math.inf if key.lower().endswith("minimum") else -math.inf
    near = float(max(-_LARGEST_INTEGER, min(_LARGEST_INTEGER, bound)))
    tighter = near if abs(bound) <= EXACT else math.nextafter(near, inwards)
    return int(tighter)


def exact_values(work: Work, node: dict[str, Any], place: Place) -> dict[str, Any]:
    """Integers that the engine would round are left to the check."""
    for key in ("const", "enum"):
        values = [node[key]] if key == "const" and key in node else node.get(key, [])
        rounded = [value for value in values if _is_rounded(value)]
        if not rounded:
            continue
        work.leave(place, key)
        kept = [value for value in values if not _is_rounded(value)]
        types = {"integer" if isinstance(value, int) else "array" if isinstance(value, list) else "object"
                 for value in rounded}  # fmt: skip
        node = also(
            without(node, key), {"anyOf": [*([{"enum": kept}] if kept else []), {"type": sorted(types)}]}
        )
    return node


def _is_rounded(value: JsonValue) -> bool:
    if isinstance(value, list | dict):
        return any(map(_is_rounded, value.values() if isinstance(value, dict) else value))
    return isinstance(value, int) and abs(value) > EXACT
