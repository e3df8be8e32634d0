"""Rewrite what is asked of objects as a whole: the names of their members and how many there are."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from math import comb
from typing import Any

from app.structured.automaton import leaving_out
from app.structured.dialect import Node
from app.structured.formats import FORMATS
from app.structured.json_path import Place
from app.structured.pattern import PatternError
from app.structured.pattern_writing import for_grammar, grammar_patterns
from app.structured.rewriting.views import View
from app.structured.rewriting.work import MOST_OPTIONS, Work, also, either, without
from app.structured.word_trie import other_than

_UNKNOWN = "("
_OWN = frozenset(("type", "properties", "required", "additionalProperties", "minProperties", "maxProperties"))


def names(work: Work, node: dict[str, Any], place: Place) -> dict[str, Any]:
    """`propertyNames` becomes the only members there can be."""
    if "propertyNames" not in node:
        return node
    rest = without(node, "propertyNames")
    wanted = node["propertyNames"]
    values = work.viewer.view(wanted).values
    if wanted is True or wanted == {}:
        return rest
    if values is not None:
        listed = {value: True for value in values if isinstance(value, str)}
        return also(rest, {"properties": listed, "additionalProperties": False})
    pattern = None if work.avoided & {"propertyNames", "patternProperties"} else _pattern_of(work, wanted)
    if pattern is None:
        work.leave(place, "propertyNames")
        return rest
    return also(rest, {"patternProperties": {pattern: True}, "additionalProperties": False})


def _pattern_of(work: Work, node: Node) -> str | None:
    """The one pattern that names have to match, if one can say it."""
    if isinstance(node, bool) or ("type" in node and "string" not in str(node["type"])):
        return None
    if without(node, "type").keys() == {"$ref"}:
        return _pattern_of(work, work.plain.target(node["$ref"]))
    if not node.keys() <= {"type", "pattern", "format", "minLength", "maxLength"}:
        return None
    patterns = list(_patterns_of(node))
    try:
        if len(patterns) == 1 and len(grammar_patterns(patterns[0])) == 1:
            return patterns[0]
        found = leaving_out(patterns, ()) if patterns else None
    except PatternError:
        return None
    return None if found is None else for_grammar(found)


def _patterns_of(node: dict[str, Any]) -> Iterator[str]:
    """Every pattern that is asked for; one that cannot be parsed where a format has none."""
    if "pattern" in node:
        yield str(node["pattern"])
    if node.get("format") in FORMATS:
        known = FORMATS[node["format"]].pattern
        yield _UNKNOWN if known is None else f"^(?:{known})$"
    least, most = int(node.get("minLength", 0)), int(node["maxLength"]) if "maxLength" in node else ""
    if least or most != "":
        yield rf"^[\s\S]{{{least},{most}}}$"


def counts(work: Work, node: dict[str, Any], place: Place) -> dict[str, Any]:
    """`minProperties` and `maxProperties` become the choices of members that there are."""
    for key, count in (("minProperties", _least), ("maxProperties", _most)):
        if key not in node:
            continue
        rest = without(node, key)
        seen = work.viewer.view(rest)
        if key not in work.avoided and _is_native(node, seen):
            continue
        made = None if key in work.avoided else count(node, rest, seen, int(node[key]))
        if made is None:
            work.leave(place, key)
        node = rest if made is None else made
    return node


def _is_native(node: dict[str, Any], seen: View) -> bool:
    """Whether the engine counts by itself: where every member that has a name is required."""
    return seen.members.keys() <= seen.required and node.keys() <= _OWN | {"patternProperties"}


def _optional(seen: View) -> list[str]:
    return [
        name
        for name, inner in seen.members.items()
        if name not in seen.required and False not in inner and (seen.known is None or name in seen.known)
    ]


def _least(node: dict[str, Any], rest: dict[str, Any], seen: View, least: int) -> dict[str, Any] | None:
    optional = _optional(seen)
    needed = least - len(seen.required)
    if needed <= 0:
        return rest
    sizes = range(min(needed, len(optional)) + 1)
    chosen = combinations(optional, needed) if needed in sizes else ()
    if seen.known is not None and comb(len(optional), needed) <= MOST_OPTIONS:
        options: list[Node] = [{"required": list(names)} for names in chosen]
        return also(rest, either(options) if options else {"maxProperties": 0, "minProperties": 1})
    unnamed = other_than([*seen.members, *sorted(seen.required - seen.members.keys())])
    if unnamed is None or node.get("type") != "object" or not node.keys() <= _OWN:
        return None
    if sum(comb(len(optional), size) for size in sizes) > MOST_OPTIONS:
        return None
    fewer = [set(names) for size in sizes if size < needed for names in combinations(optional, size)]
    parts = [_filled(node, rest, seen.required | names, unnamed) for names in fewer]
    return {"anyOf": [*(also(rest, {"required": list(names)}) for names in chosen), *parts]}


def _filled(node: dict[str, Any], rest: dict[str, Any], names: frozenset[str], unnamed: str) -> Node:
    """Objects with just these of the members that have a name, but enough of those that have none."""
    declared, others = rest.get("properties", {}), rest.get("additionalProperties", True)
    ordered = [name for name in declared if name in names] + sorted(names - declared.keys())
    return {
        "type": "object",
        "properties": {name: declared.get(name, others) for name in ordered},
        "required": ordered,
        "patternProperties": {unnamed: others},
        "additionalProperties": False,
        "minProperties": node["minProperties"],
        **{key: node[key] for key in ("maxProperties",) if key in node},
    }


def _most(_node: dict[str, Any], rest: dict[str, Any], seen: View, most: int) -> dict[str, Any] | None:
    optional = _optional(seen)
    allowed = most - len(seen.required)
    if allowed == 0:
        return also(rest, {"properties": dict.fromkeys(seen.required, True), "additionalProperties": False})
    if seen.known is None or allowed < 0:
        return None
    if len(optional) <= allowed:
        return rest
    if comb(len(optional), allowed) > MOST_OPTIONS:
        return None
    return also(
        rest,
        either(
            [
                {"properties": {name: False for name in optional if name not in chosen}}
                for chosen in combinations(optional, allowed)
            ]
        ),
    )
