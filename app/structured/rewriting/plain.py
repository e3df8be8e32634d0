"""A schema in one plain form for rewriting: the newest draft's keywords, references by our own names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from app.structured.dialect import Draft, Node, modern, original
from app.structured.json_path import Place
from app.structured.references import References, Target

BY_NAME = ("properties", "patternProperties", "dependentSchemas")
BY_INDEX = ("allOf", "anyOf", "oneOf", "prefixItems")
DIRECT = (
    "items", "contains", "additionalProperties", "propertyNames", "if", "then", "else", "not",
    "unevaluatedItems", "unevaluatedProperties",
)  # fmt: skip

_RECURSIVE = True
POINTER = "#/$defs/"


@dataclass(frozen=True, slots=True)
class Plain:
    """`definitions` are the schemas that `$ref`s name; `places` where each schema stands in the author's
    text, by its identity."""

    root: Node
    definitions: dict[str, Node] = field(repr=False)
    places: dict[int, Place] = field(repr=False)
    unclear: tuple[tuple[Place, str], ...] = ()
    """References whose target depends on the way that led to them, by place and keyword: left out."""

    def target(self, reference: str) -> Node:
        return self.definitions[reference.removeprefix(POINTER)]


def plain_of(
    document: Node, draft: Draft, references: References, is_endless: Callable[[Node], bool]
) -> Plain:
    """Bring a document to the plain form; what no finite value can fit becomes `false`."""
    maker = _Maker(draft, references, is_endless)
    root = maker.made(document, ())
    maker.make_definitions()
    if name := maker.names.get(id(document)):
        root = {"$ref": POINTER + name}
        maker.places[id(root)] = ()
    return Plain(root, maker.definitions, maker.places, tuple(maker.unclear))


def over_children(node: dict[str, Any], change: Callable[[Node, Place], Node]) -> dict[str, Any]:
    """A copy of a plain schema in which `change` was applied to each schema directly within it."""
    made: dict[str, Any] = {}
    for key, value in node.items():
        if key in BY_NAME:
            made[key] = {name: change(inner, (key, name)) for name, inner in value.items()}
        elif key in BY_INDEX:
            made[key] = [change(inner, (key, index)) for index, inner in enumerate(value)]
        elif key in DIRECT:
            made[key] = change(value, (key,))
        else:
            made[key] = value
    return made


def _anchor(target: Target) -> object:
    """What a dynamic reference may mean this schema by."""
    if isinstance(target.node, bool):
        return None
    return _RECURSIVE if target.node.get("$recursiveAnchor") is True else target.node.get("$dynamicAnchor")


class _Maker:
    def __init__(self, draft: Draft, references: References, is_endless: Callable[[Node], bool]) -> None:
        self._draft = draft
        self._references = references
        self._is_endless = is_endless
        self.names: dict[int, str] = {}
        self._waiting: list[Target] = []
        self.definitions: dict[str, Node] = {}
        self.places: dict[int, Place] = {}
        self.unclear: list[tuple[Place, str]] = []
        self._anchors = Counter(map(_anchor, references.schemas))

    def made(self, node: Node, place: Place) -> Node:
        if isinstance(node, bool):
            return node
        if self._is_endless(node):
            return False
        flat = modern(node, self._draft)
        if isinstance(flat, bool):
            return flat
        if key := self._dynamic(node):
            self.unclear.append((place, key))
            del flat["$ref"]
        if "$ref" in flat:
            target = self._references.target(node)
            if isinstance(target.node, bool):
                del flat["$ref"]
                flat = flat if target.node else {**flat, "not": True}
            else:
                flat["$ref"] = POINTER + self._name(target)
        made = over_children(flat, lambda inner, step: self.made(inner, (*place, *self._step(step, node))))
        self.places[id(made)] = place
        return made

    def make_definitions(self) -> None:
        while self._waiting:
            target = self._waiting.pop()
            self.definitions[self.names[id(target.node)]] = self.made(target.node, target.place)

    def _dynamic(self, node: dict[str, Any]) -> str | None:
        """The keyword of a reference that may lead to several schemas."""
        if "$dynamicRef" in node and self._draft is Draft.D2020:
            name = str(node["$dynamicRef"]).rpartition("#")[2]
            return "$dynamicRef" if self._anchors[name] > 1 else None
        is_recursive = "$recursiveRef" in node and self._draft is Draft.D2019
        return "$recursiveRef" if is_recursive and self._anchors[_RECURSIVE] else None

    def _name(self, target: Target) -> str:
        if id(target.node) not in self.names:
            self.names[id(target.node)] = f"d{len(self.names)}"
            self._waiting.append(target)
        return self.names[id(target.node)]

    def _step(self, step: Place, node: dict[str, Any]) -> Place:
        """Where a child stood in the author's spelling."""
        key = str(step[0])
        if key == "items" and isinstance(node.get("items"), list):
            return ("additionalItems",)
        return (original(key, self._draft), *step[1:])
