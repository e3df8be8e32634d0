"""What the steps of rewriting share: what is known of the schema, and a list of what is left to the check."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from app.structured.coverage import Keyword
from app.structured.dialect import Draft, Node, original
from app.structured.json_path import Place, json_path
from app.structured.pattern import PatternError
from app.structured.rewriting.negation import Negation
from app.structured.rewriting.plain import Plain
from app.structured.rewriting.views import Viewer

ALSO = "+"
"""A member of a schema under rewriting: more schemas that have to fit, after all that its author wrote."""

FINAL = "="
"""The same, of schemas that are as the engine wants them already."""

LOOKING = "(?"
"""What a pattern holds that may have to become an automaton."""

MOST_AUTOMATA = 20
"""For one schema; each may take some milliseconds."""

MOST_OPTIONS = 60
"""How many ways to fit one keyword may be written out."""


class TooLarge(Exception):
    """Written out for a grammar, the schema is larger than any grammar may be."""


@dataclass(slots=True)
class Work:
    """One rewriting of one schema; `avoided` are keywords not to be written out, because a grammar that tried
    turned out impossible, `empty` the definitions that turned out to fit nothing, `complaints` what the
    engine said of single patterns, `unique` the places of arrays whose items are kept apart by other means.
    """

    plain: Plain
    draft: Draft
    avoided: frozenset[str] = frozenset()
    empty: frozenset[str] = frozenset()
    complaints: tuple[str, ...] = ()
    unique: frozenset[Place] = frozenset()
    checked: dict[Keyword, None] = field(default_factory=dict)
    ignored: dict[Keyword, None] = field(default_factory=dict)
    viewer: Viewer = field(init=False)
    negation: Negation = field(init=False)
    _automata: int = 0

    def __post_init__(self) -> None:
        self.viewer = Viewer(self.plain)
        self.negation = Negation(self.plain)
        for place, key in self.plain.unclear:
            self.leave(place, key)

    def leave(self, place: Place, *keys: str) -> None:
        """Leave keywords of the schema at `place` to the check."""
        for key in keys:
            self.checked[Keyword(json_path(place), original(key, self.draft))] = None

    def count_automaton(self, pattern: str) -> None:
        """Count a pattern that may become an automaton.

        Raises:
            PatternError: there have been too many.
        """
        self._automata += LOOKING in pattern
        if self._automata > MOST_AUTOMATA:
            raise PatternError("too many patterns that look ahead")

    def place_of(self, node: Node, otherwise: Place) -> Place:
        return self.plain.places.get(id(node), otherwise)


def without(node: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in node.items() if key not in keys}


def also(node: dict[str, Any], *more: Node) -> dict[str, Any]:
    """The schema and these as well; after its own members, so that its properties keep their order."""
    return {**node, ALSO: [*node.get(ALSO, ()), *(extra for extra in more if extra is not True)]}


def either(options: list[Node]) -> Node:
    """One of these has to fit."""
    left = [option for option in options if option is not False]
    if len(left) == 1:
        return left[0]
    return {"anyOf": left} if left else False


def all_of(nodes: list[Node]) -> Node:
    """All of these have to fit."""
    if False in nodes:
        return False
    left = [node for node in nodes if node is not True]
    if len(left) == 1:
        return left[0]
    return {"allOf": left} if left else True


def beside(node: dict[str, Any]) -> Iterator[Node]:
    """The schemas that have to fit the same value in any case, by name excepted."""
    yield from node.get("allOf", ())
    yield from node.get(ALSO, ())
