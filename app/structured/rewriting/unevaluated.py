"""Rewrite `unevaluatedProperties` and `unevaluatedItems`: what is left over once all schemas have looked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, product
from math import prod
from typing import Any

from app.structured.dialect import Node
from app.structured.json_path import Place
from app.structured.rewriting.work import MOST_OPTIONS, Work, all_of, also, beside, either, without

_MOST_TOGETHER = 3
"""Of so many schemas in `anyOf` every selection is looked at; of more, each by itself."""

_DEEPEST = 6
_CHOOSING = ("anyOf", "oneOf", "if", "dependentSchemas")


class _Unclear(Exception):
    """Which members have been looked at cannot be told from the schema."""


@dataclass(frozen=True, slots=True)
class _Case:
    """One way in which an object can fit: the schemas that were chosen, and all that look at its members."""

    chosen: tuple[Node, ...]
    looking: tuple[dict[str, Any], ...]


def properties(work: Work, node: dict[str, Any], place: Place) -> dict[str, Any]:
    """For each case there is, the members that no schema of it has looked at become additional ones."""
    if "unevaluatedProperties" not in node:
        return node
    rest = without(node, "unevaluatedProperties")
    if node["unevaluatedProperties"] is True:
        return rest
    try:
        if "unevaluatedProperties" in work.avoided:
            raise _Unclear
        cases = _cases(work, rest, 0)
    except _Unclear:
        work.leave(place, "unevaluatedProperties")
        return rest
    return also(rest, either([_closed(case, node["unevaluatedProperties"]) for case in cases]))


def _closed(case: _Case, rest: Node) -> Node:
    if any("additionalProperties" in part for part in case.looking):
        return all_of(list(case.chosen))
    names = {name: True for part in case.looking for name in part.get("properties", {})}
    patterns = {pattern: True for part in case.looking for pattern in part.get("patternProperties", {})}
    closing = {"properties": names, "patternProperties": patterns, "additionalProperties": rest}
    return all_of([*case.chosen, {key: value for key, value in closing.items() if value != {}}])


def _cases(work: Work, node: Node, depth: int) -> list[_Case]:
    if isinstance(node, bool):
        return [_Case((), ())]
    if depth > _DEEPEST or (depth and "unevaluatedProperties" in node):
        raise _Unclear
    parts = [[_Case((), (node,))], *(_cases(work, inner, depth + 1) for inner in beside(node))]
    if "$ref" in node:
        parts.append(_cases(work, work.plain.target(node["$ref"]), depth + 1))
    parts += [[case for nodes in chosen for case in _chosen(work, nodes, depth)] for chosen in _choices(node)]
    if prod(map(len, parts)) > MOST_OPTIONS:
        raise _Unclear
    return [_joined(case) for case in product(*parts)]


def _choices(node: dict[str, Any]) -> Iterator[list[tuple[Node, ...]]]:
    """The selections that each choosing keyword leaves."""
    if "anyOf" in node:
        together = _MOST_TOGETHER if len(node["anyOf"]) <= _MOST_TOGETHER else 1
        sizes = range(1, together + 1)
        yield [chosen for size in sizes for chosen in combinations(node["anyOf"], size)]
    if "oneOf" in node:
        yield [(inner,) for inner in node["oneOf"]]
    if "if" in node:
        met, unmet = (node["if"], node.get("then", True)), ({"not": node["if"]}, node.get("else", True))
        yield [met, unmet]
    for name, inner in node.get("dependentSchemas", {}).items():
        yield [({"properties": {name: False}},), ({"required": [name]}, inner)]


def _chosen(work: Work, nodes: tuple[Node, ...], depth: int) -> list[_Case]:
    inner = product(*(_cases(work, node, depth + 1) for node in nodes))
    joined = (_joined(cases) for cases in inner)
    return [_Case((*nodes, *case.chosen), case.looking) for case in joined]


def _joined(cases: tuple[_Case, ...]) -> _Case:
    return _Case(
        tuple(node for case in cases for node in case.chosen),
        tuple(part for case in cases for part in case.looking),
    )


def items(work: Work, node: dict[str, Any], place: Place) -> dict[str, Any]:
    """Items after the longest prefix that a schema has looked at, where no choice is left open."""
    if "unevaluatedItems" not in node:
        return node
    rest, wanted = without(node, "unevaluatedItems"), node["unevaluatedItems"]
    if wanted is True:
        return rest
    try:
        looking = list(_looking(work, rest, 0))
    except _Unclear:
        work.leave(place, "unevaluatedItems")
        return rest
    if any("items" in part or "unevaluatedItems" in part for part in looking):
        return rest
    prefix = max(len(part.get("prefixItems", ())) for part in looking)
    return also(rest, {**({"prefixItems": [True] * prefix} if prefix else {}), "items": wanted})


def _looking(work: Work, node: Node, depth: int) -> Iterator[dict[str, Any]]:
    if isinstance(node, bool):
        return
    if depth > _DEEPEST or "contains" in node or any(key in node for key in _CHOOSING):
        raise _Unclear
    yield node
    for inner in beside(node):
        yield from _looking(work, inner, depth + 1)
    if "$ref" in node:
        yield from _looking(work, work.plain.target(node["$ref"]), depth + 1)
