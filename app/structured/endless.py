"""Schemas without an end: a value that consists of itself, a check that leads back to itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from app.core.answer_format import Fault
from app.structured.dialect import Draft, Node, children, modern
from app.structured.json_path import Place, json_path
from app.structured.references import References, Target

_IN_PLACE = ("allOf", "anyOf", "oneOf", "if", "then", "else", "not", "dependentSchemas", "dependencies")
_LONGEST_CHAIN = 60
"""How many schemas, each referring to the next, may apply to one value."""

_MOST_PASSES = 100
_ALL_TYPES = frozenset(("null", "boolean", "number", "string", "array", "object"))


class Endless:
    """What of a document has no end. `is_endless(node)`: no finite value can fit this schema."""

    def __init__(self, references: References, draft: Draft) -> None:
        self._draft = draft
        self._references = references
        self._finite: set[int] = set()
        self._find_finite()

    def faults(self, document: Node) -> Iterator[Fault]:
        """First what a validator could not check at all, then what no value can fit."""
        tangled = list(self._tangled())
        yield from tangled[:1]
        if not tangled and self.is_endless(document):
            yield Fault(json_path(self._culprit()), "$ref", "every value of it needs another one inside")

    def is_endless(self, node: Node) -> bool:
        return isinstance(node, dict) and id(node) not in self._finite

    def _each(self) -> Iterator[tuple[dict[str, Any], Place]]:
        for target in self._references.schemas:
            if isinstance(target.node, dict):
                yield target.node, target.place

    def _tangled(self) -> Iterator[Fault]:
        """Schemas that lead back to themselves, or on and on, before they look inside a value."""
        heights: dict[int, int] = {}
        for start in self._references.schemas:
            path: list[tuple[Target, Iterator[Target]]] = [(start, self._in_place(start))]
            on_path = {id(start.node)}
            while path:
                target, following = path[-1]
                step = next((inner for inner in following if id(inner.node) not in heights), None)
                if step is None:
                    above = [heights.get(id(inner.node), 0) for inner in self._in_place(target)]
                    heights[id(target.node)] = 1 + max(above, default=0)
                    on_path.discard(id(target.node))
                    path.pop()
                elif id(step.node) in on_path:
                    yield Fault(json_path(step.place), "$ref", "it is defined as itself")
                    return
                else:
                    path.append((step, self._in_place(step)))
                    on_path.add(id(step.node))
            if heights[id(start.node)] > _LONGEST_CHAIN:
                detail = f"more than {_LONGEST_CHAIN} schemas in a row for one value"
                yield Fault(json_path(start.place), "$ref", detail)
                return

    def _in_place(self, target: Target) -> Iterator[Target]:
        """The schemas that apply to the very value that this one applies to."""
        if id(target.node) in self._references.targets and isinstance(target.node, dict):
            yield self._references.target(target.node)
        for step, child in children(target.node):
            if step[0] in _IN_PLACE and isinstance(child, dict):
                yield Target(child, (*target.place, *step))

    def _find_finite(self) -> None:
        """The least set that holds every schema with a finite value: grown until nothing is added."""
        innermost_first = [node for node, _ in reversed(list(self._each()))]
        for _ in range(_MOST_PASSES):
            before = len(self._finite)
            for node in innermost_first:
                if id(node) not in self._finite and self._ends(node):
                    self._finite.add(id(node))
            if len(self._finite) == before:
                return

    def _ends(self, node: dict[str, Any]) -> bool:
        plain = modern(node, self._draft)
        if isinstance(plain, bool):
            return True
        if "const" in plain or "enum" in plain:
            return True
        if "$ref" in plain and self.is_endless(self._references.target(node).node):
            return False
        if any(self.is_endless(inner) for inner in plain.get("allOf", ())):
            return False
        for key in ("anyOf", "oneOf"):
            if key in plain and all(self.is_endless(inner) for inner in plain[key]):
                return False
        kinds = plain.get("type", _ALL_TYPES)
        kinds = {kinds} if isinstance(kinds, str) else set(kinds)
        ends: dict[str, Callable[[dict[str, Any]], bool]] = {
            "object": self._object_ends,
            "array": self._array_ends,
        }
        return any(ends[kind](plain) if kind in ends else True for kind in kinds)

    def _object_ends(self, plain: dict[str, Any]) -> bool:
        properties = plain.get("properties", {})
        return not any(self.is_endless(properties.get(name, True)) for name in plain.get("required", ()))

    def _array_ends(self, plain: dict[str, Any]) -> bool:
        least, prefix = plain.get("minItems", 0), plain.get("prefixItems", [])
        firsts = prefix[: int(least)]
        return not (
            any(map(self.is_endless, firsts))
            or (least > len(prefix) and self.is_endless(plain.get("items", True)))
        )

    def _culprit(self) -> Place:
        """The innermost endless schema that does not merely refer to one, first in the author's order."""
        found = [(node, place) for node, place in self._each() if self.is_endless(node)]
        endless = [place for node, place in found if "$ref" not in node]
        inner = (
            place for place in endless if not any(other[: len(place)] == place != other for other in endless)
        )
        return next(inner, ())
