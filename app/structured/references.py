"""Where every `$ref` of a schema leads: nowhere but within the schema itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.core.answer_format import Fault
from app.structured.dialect import ASSERTIONS, Draft, Node, children, is_schema
from app.structured.json_path import Place, json_path

if TYPE_CHECKING:
    from referencing._core import Resolved, Resolver

_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")


@dataclass(frozen=True, slots=True)
class Target:
    """A schema that is referred to, and its place in the document."""

    node: Node = field(repr=False)
    place: Place


@dataclass(frozen=True, slots=True)
class References:
    """`targets` by the identity of the schema in which a reference stands; `schemas` are all that can be
    reached, outermost first."""

    targets: Mapping[int, Target]
    schemas: tuple[Target, ...]
    faults: tuple[Fault, ...]

    def target(self, node: Mapping[str, Any]) -> Target:
        return self.targets[id(node)]


def find_references(document: Node, draft: Draft) -> References:
    """Resolve every reference that can be reached from the root."""
    search = _Search(document, draft)
    search.run()
    return References(search.targets, tuple(search.schemas), tuple(search.faults))


class _Search:
    def __init__(self, document: Node, draft: Draft) -> None:
        self._document = document
        self._draft = draft
        self._places: dict[int, Place] = {}
        self._seen: set[int] = set()
        self.targets: dict[int, Target] = {}
        self.schemas: list[Target] = []
        self.faults: list[Fault] = []

    def run(self) -> None:
        from referencing import Registry
        from referencing.jsonschema import specification_with

        scheme = "https" if "/20" in self._draft else "http"
        specification = specification_with(f"{scheme}://{self._draft}")
        self._note_places(self._document, ())
        root = Registry().resolver_with_root(specification.create_resource(self._document))
        waiting = [(Target(self._document, ()), root)]
        while waiting:
            target, resolver = waiting.pop()
            if isinstance(target.node, bool) or id(target.node) in self._seen:
                continue
            self._seen.add(id(target.node))
            self.schemas.append(target)
            if target.place:
                resolver = resolver.in_subresource(specification.create_resource(target.node))
            inner = [
                (Target(child, (*target.place, *step)), resolver) for step, child in children(target.node)
            ]
            waiting += [*reversed(inner), *self._followed(target.node, target.place, resolver)]

    def _note_places(self, value: Any, place: Place) -> None:
        inner = (
            value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        )
        if isinstance(value, dict):
            self._places[id(value)] = place
        for key, part in inner:
            self._note_places(part, (*place, key))

    def _followed(
        self, node: dict[str, Any], place: Place, resolver: Resolver[Any]
    ) -> Iterator[tuple[Target, Resolver[Any]]]:
        for key in _REFERENCES:
            if key not in ASSERTIONS[self._draft] or not isinstance(node.get(key), str):
                continue
            found = _looked_up(resolver, node[key])
            if found is None:
                detail = f"{node[key][:100]} is not in the schema"
                self.faults.append(Fault(json_path(place), key, detail))
                continue
            target = Target(found.contents, self._places.get(id(found.contents), place))
            self.targets[id(node)] = target
            yield target, found.resolver


def _looked_up(resolver: Resolver[Any], reference: str) -> Resolved[Any] | None:
    from referencing.exceptions import Unresolvable

    try:
        found = resolver.lookup(reference)
    except (Unresolvable, ValueError):
        return None
    return found if is_schema(found.contents) else None
