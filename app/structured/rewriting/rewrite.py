"""Rewrite a schema so that llguidance enforces as much of it as can be, and list what it cannot.

What is made is equivalent, or a little stricter, or listed as left to the check. Each step takes one keyword
out of a schema and says the same with those that are left.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.structured.dialect import Node
from app.structured.json_path import Place
from app.structured.rewriting import arrays, choices, objects, unevaluated, values
from app.structured.rewriting.plain import POINTER, Plain, over_children
from app.structured.rewriting.work import ALSO, FINAL, TooLarge, Work, without

_MOST_SCHEMAS = 4_000
_DEEPEST = 60

Step = Callable[[Work, dict[str, Any], Place], dict[str, Any]]

STEPS: tuple[Step, ...] = (
    unevaluated.properties,
    unevaluated.items,
    choices.conditions,
    choices.dependents,
    choices.negated,
    choices.exclusive,
    objects.names,
    objects.counts,
    arrays.containing,
    arrays.unique,
    values.exact_values,
    values.pattern_members,
    values.numbers,
    values.texts,
)


def rewrite(work: Work) -> dict[str, Any]:
    """The whole schema for llguidance; what is not in it is noted in `work`.

    Raises:
        TooLarge: written out, it is larger than any grammar may be.
    """
    return _Rewriter(work).whole()


class _Rewriter:
    def __init__(self, work: Work) -> None:
        self._work = work
        self._plain: Plain = work.plain
        self._written = 0
        self._definitions: dict[str, Node] = {}
        self._waiting: list[str] = []
        self._cycles = _cycles(work.plain)
        self._merged: dict[int, str] = {}
        self._current = ""

    def whole(self) -> dict[str, Any]:
        root = self._lowered(self._plain.root, (), 0)
        made = {"allOf": [root]} if isinstance(root, bool) else root
        while self._waiting:
            self._current = self._waiting.pop()
            node = self._plain.definitions[self._current]
            self._definitions[self._current] = self._lowered(node, (), 0)
        return {**made, "$defs": self._definitions} if self._definitions else made

    def _lowered(self, node: Node, place: Place, depth: int) -> Node:
        if isinstance(node, bool):
            return node
        place = self._work.place_of(node, place)
        self._written += 1
        if self._written > _MOST_SCHEMAS or depth > _DEEPEST:
            raise TooLarge
        if merged := self._merged_name(node):
            return {"$ref": POINTER + self._wanted(merged)}
        for step in STEPS:
            node = step(self._work, node, place)
        if "$ref" in node:
            self._wanted(node["$ref"].removeprefix(POINTER))
        more = [self._lowered(inner, place, depth + 1) for inner in node.get(ALSO, ())]
        rest = without(node, ALSO, FINAL)
        made = over_children(rest, lambda inner, _: self._lowered(inner, place, depth + 1))
        return _with(made, [*more, *node.get(FINAL, ())])

    def _wanted(self, name: str) -> str:
        if name not in self._definitions:
            self._definitions[name] = True  # until its turn comes
            self._waiting.append(name)
        return name

    def _merged_name(self, node: dict[str, Any]) -> str | None:
        """The name under which a schema is kept that says more of a value than a reference back to where it
        stands: the engine can follow such a circle only through plain references."""
        targets = [inner for inner in (node, *node.get("allOf", ())) if self._leads_back(inner)]
        is_plain = node.keys() == {"$ref"} or (node.keys() == {"allOf"} and len(node["allOf"]) == 1)
        if not targets or is_plain:
            return None
        if id(node) not in self._merged:
            self._merged[id(node)] = f"m{len(self._merged)}"
            self._plain.definitions[self._merged[id(node)]] = self._inlined(node)
            self._cycles[self._merged[id(node)]] = self._cycles.get(self._current, frozenset())
        return self._merged[id(node)]

    def _leads_back(self, node: Node) -> bool:
        if isinstance(node, bool) or "$ref" not in node:
            return False
        name = node["$ref"].removeprefix(POINTER)
        return self._current == name or name in self._cycles.get(self._current, ())

    def _inlined(self, node: dict[str, Any]) -> Node:
        """The schema with what leads back written out in its place."""
        parts = [self._target(inner) for inner in node.get("allOf", ())]
        rest = without(node, "allOf")
        if self._leads_back(node):
            parts.insert(0, self._target(node))
            rest = without(rest, "$ref")
        made = {"allOf": [*parts, rest]} if rest else {"allOf": parts}
        self._plain.places[id(made)] = self._work.place_of(node, ())
        return made

    def _target(self, node: Node) -> Node:
        if isinstance(node, bool) or not self._leads_back(node):
            return node
        target = self._plain.target(node["$ref"])
        if isinstance(target, bool):
            return target
        copy = dict(target)
        self._plain.places[id(copy)] = self._work.place_of(target, ())
        return copy


def _with(made: dict[str, Any], more: list[Node]) -> dict[str, Any]:
    """A schema and more that have to fit, without getting before its own properties."""
    more = [inner for inner in more if inner is not True]
    if not more:
        return made
    if "allOf" in made:
        return {"allOf": [made, *more]}
    return {**made, "allOf": more}


def _cycles(plain: Plain) -> dict[str, frozenset[str]]:
    """For each definition, those that it leads to and that lead back to it."""
    direct = {name: frozenset(_named(node)) for name, node in plain.definitions.items()}
    reach = {name: _reachable(name, direct) for name in direct}
    return {
        name: frozenset(other for other in reach[name] if name in reach.get(other, ())) for name in direct
    }


def _named(node: Any) -> set[str]:
    """The definitions that a schema refers to, however deep inside."""
    names: set[str] = set()
    waiting = [node]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            reference = value.get("$ref")
            if isinstance(reference, str) and reference.startswith(POINTER):
                names.add(reference.removeprefix(POINTER))
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return names


def _reachable(start: str, direct: dict[str, frozenset[str]]) -> frozenset[str]:
    found: set[str] = set()
    waiting = list(direct[start])
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += direct.get(name, ())
    return frozenset(found)
