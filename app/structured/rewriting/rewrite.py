"""Rewrite a schema so that llguidance enforces as much of it as can be, and list what it cannot.

What is made is equivalent, or a little stricter, or listed as left to the check. Each step takes one keyword
out of a schema and says the same with those that are left.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from app.structured.dialect import Node
from app.structured.json_path import Place
from app.structured.rewriting import arrays, choices, objects, unevaluated, values
from app.structured.rewriting.plain import POINTER, Plain, over_children
from app.structured.rewriting.work import ALSO, FINAL, TooLarge, Work, without

_MOST_SCHEMAS = 4_000
_DEEPEST = 60
_IN_PLACE = ("allOf", "anyOf", "oneOf", ALSO)

Step = Callable[[Work, dict[str, Any], Place], dict[str, Any]]

STEPS: tuple[Step, ...] = (
    choices.given_up,
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
        self._merged: dict[str, str] = {}
        self._current = ""

    def whole(self) -> dict[str, Any]:
        root = self._lowered(self._plain.root, (), 0)
        made = {"allOf": [root]} if isinstance(root, bool) else root
        while self._waiting:
            self._current = self._waiting.pop()
            node = self._plain.definitions[self._current]
            lowered = self._lowered(node, (), 0)
            self._definitions[self._current] = lowered if self._current not in self._work.empty else True
        return {**made, "$defs": self._definitions} if self._definitions else made

    def _lowered(self, node: Node, place: Place, depth: int) -> Node:
        """A schema and all within it, taken through every step."""
        if isinstance(node, bool):
            return node
        place = self._work.place_of(node, place)
        self._written += 1
        if self._written > _MOST_SCHEMAS or depth > _DEEPEST:
            raise TooLarge
        if merged := self._merged_name(node):
            return False if merged in self._work.empty else {"$ref": POINTER + self._wanted(merged)}
        for step in STEPS:
            node = step(self._work, node, place)
        if "$ref" in node and self._wanted(node["$ref"].removeprefix(POINTER)) in self._work.empty:
            return False
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
        if not self._leads_back(node) or self._is_plain(node):
            return None
        text = json.dumps(node)
        if text not in self._merged:
            name = self._merged[text] = f"m{len(self._merged)}"
            made = self._inlined(node, 0)
            self._plain.definitions[name] = made
            self._plain.places[id(made)] = self._work.place_of(node, ())
            self._cycles[name] = self._cycles.get(self._current, frozenset()) | {self._current, name}
        return self._merged[text]

    def _leads_back(self, node: Node) -> bool:
        """Whether the schema refers, for the very same value, to one in whose middle it stands."""
        if isinstance(node, bool):
            return False
        if "$ref" in node:
            name = node["$ref"].removeprefix(POINTER)
            if self._current == name or name in self._cycles.get(self._current, ()):
                return True
        return any(self._leads_back(inner) for key in _IN_PLACE for inner in node.get(key, ()))

    def _is_plain(self, node: Node) -> bool:
        """Whether the engine need not join what leads back with anything."""
        if isinstance(node, bool) or node.keys() == {"$ref"} or not self._leads_back(node):
            return True
        ((key, inner), *rest) = node.items()
        is_choice = not rest and (key in ("anyOf", "oneOf") or (key in _IN_PLACE and len(inner) == 1))
        return is_choice and all(map(self._is_plain, inner))

    def _inlined(self, node: Node, depth: int) -> Node:
        """The schema with what leads back written out in its place."""
        if isinstance(node, bool) or not self._leads_back(node):
            return node
        if depth > _DEEPEST:
            raise TooLarge
        made = dict(node)
        for key in _IN_PLACE:
            if key in made:
                made[key] = [self._inlined(inner, depth + 1) for inner in made[key]]
        if "$ref" in made and self._leads_back({"$ref": made["$ref"]}):
            target = self._inlined(self._plain.target(made.pop("$ref")), depth + 1)
            copy = dict(target) if isinstance(target, dict) else target
            made = {"allOf": [copy, made]} if made else {"allOf": [copy]}
        self._plain.places[id(made)] = self._work.place_of(node, ())
        return made


def _with(made: dict[str, Any], more: list[Node]) -> Node:
    """A schema and more that have to fit, without getting before its own properties."""
    more = [inner for inner in more if inner is not True]
    if False in more or False in made.get("allOf", ()):
        return False
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
