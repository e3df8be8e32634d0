"""Rewrite what chooses between schemas: `if`, `not`, `oneOf` and what one member asks of others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.structured.dialect import Node
from app.structured.json_path import Place
from app.structured.json_text import JsonValue
from app.structured.rewriting.negation import NoOpposite
from app.structured.rewriting.views import View
from app.structured.rewriting.work import MOST_OPTIONS, Work, all_of, also, either, without

_MOST_COMPARED = 60
"""Schemas of a `oneOf`, each with each."""

_CONDITION = frozenset(("if", "then", "else"))
_MOST_CONDITIONS = 6
"""Each doubles the number of cases; a switch on one member does not count."""


@dataclass(frozen=True, slots=True)
class _Condition:
    test: Node
    met: Node
    unmet: Node
    place: Place

    def outcome(self, applies: bool) -> Node:
        return self.met if applies else self.unmet


def given_up(work: Work, node: dict[str, Any], place: Place) -> dict[str, Any]:
    """The last resort: choices that are more than any grammar may hold are left to the check altogether."""
    dropped = [key for key in ("anyOf", "oneOf", "allOf") if key in node and "anyOf" in work.avoided]
    work.leave(place, *dropped)
    return without(node, *dropped)


def conditions(work: Work, node: dict[str, Any], place: Place) -> dict[str, Any]:
    """`if`, alone or several in `allOf`, become one of the cases there are."""
    found = list(_conditions(work, node, place))
    if not found:
        return without(node, *_CONDITION)
    rest = without(node, *_CONDITION, "allOf")
    if others := [inner for inner in node.get("allOf", ()) if not _is_condition(inner)]:
        rest["allOf"] = others
    if "if" in work.avoided:
        for condition in found:
            work.leave(condition.place, "if")
        return rest
    cases = _switch(work, rest, found) if len(found) > 1 else None
    if cases is not None:
        return also(rest, cases)
    for condition in found[_MOST_CONDITIONS:]:
        work.leave(condition.place, "if")
    return also(rest, *(_cases(work, rest, condition) for condition in found[:_MOST_CONDITIONS]))


def _is_condition(node: Node) -> bool:
    return isinstance(node, dict) and "if" in node and node.keys() <= _CONDITION


def _conditions(work: Work, node: dict[str, Any], place: Place) -> Iterator[_Condition]:
    for part in (node, *filter(_is_condition, node.get("allOf", ()))):
        if "if" in part and (part.get("then", True), part.get("else", True)) != (True, True):
            stands = place if part is node else work.place_of(part, place)
            yield _Condition(part["if"], part.get("then", True), part.get("else", True), stands)


def _cases(work: Work, rest: dict[str, Any], condition: _Condition) -> Node:
    try:
        contrary = work.negation.opposite(condition.test, (rest,))
    except NoOpposite:
        work.leave(condition.place, "if")
        contrary = True
    return either([all_of([condition.test, condition.met]), all_of([contrary, condition.unmet])])


def _switch(work: Work, rest: dict[str, Any], found: list[_Condition]) -> Node | None:
    """The cases of conditions that all ask for the value of one member: no more than it has values."""
    seen = work.viewer.view(rest)
    tests = [_tested(work, condition.test) for condition in found]
    names = {test[0] for test in tests if test is not None}
    if None in tests or len(names) != 1 or seen.kinds != {"object"}:
        return None
    name = names.pop()
    members = seen.members.get(name, ())
    groups: dict[tuple[bool, ...], list[JsonValue]] = {}
    asked = [value for test in tests if test is not None for value in test[1]]
    for value in _distinct(asked):
        applies = tuple(test is not None and value in test[1] for test in tests)
        groups.setdefault(applies, []).append(value)
    cases = [(applies, _has(name, {"enum": values})) for applies, values in groups.items()]
    try:
        others = work.negation.opposite({"enum": asked}, members)
    except NoOpposite:
        return None
    cases.append((tuple(False for _ in tests), _has(name, others)))
    if name not in seen.required:
        absent = tuple(test is not None and not test[2] for test in tests)
        cases.append((absent, {"properties": {name: False}}))
    return either([_case(found, applies, node) for applies, node in cases])


def _has(name: str, node: Node) -> Node:
    return False if node is False else {"properties": {name: node}, "required": [name]}


def _case(found: list[_Condition], applies: tuple[bool, ...], node: Node) -> Node:
    outcomes = [condition.outcome(met) for condition, met in zip(found, applies, strict=True)]
    return all_of([node, *outcomes])


def _tested(work: Work, test: Node) -> tuple[str, tuple[JsonValue, ...], bool] | None:
    """The member a condition asks for, the values it wants, and whether the member has to be there."""
    if isinstance(test, bool) or not test.keys() <= {"properties", "required", "type"}:
        return None
    if len(test.get("properties", {})) != 1 or test.get("type", "object") != "object":
        return None
    ((name, inner),) = test["properties"].items()
    values = work.viewer.view(inner).values
    is_scalar = values is not None and not any(isinstance(value, list | dict) for value in values)
    if values is None or not is_scalar or not set(test.get("required", ())) <= {name}:
        return None
    return name, values, name in test.get("required", ())


def _distinct(values: list[JsonValue]) -> list[JsonValue]:
    made: list[JsonValue] = []
    for value in values:
        if not any(value == other and type(value) is type(other) for other in made):
            made.append(value)
    return made


def dependents(work: Work, node: dict[str, Any], place: Place) -> dict[str, Any]:
    """A member that asks for others: it is not there, or the others are as well."""
    rest = without(node, "dependentRequired", "dependentSchemas")
    seen = work.viewer.view(rest)
    required = seen.required if seen.kinds == {"object"} else frozenset()
    wanted: list[tuple[str, str, Node]] = [
        (name, "dependentRequired", {"required": [name, *(other for other in others if other != name)]})
        for name, others in node.get("dependentRequired", {}).items()
    ]
    wanted += [(name, "dependentSchemas", inner) for name, inner in node.get("dependentSchemas", {}).items()]
    for index, (name, key, inner) in enumerate(wanted):
        if index >= _MOST_CONDITIONS or key in work.avoided:
            work.leave(place, key)
        elif name in required:
            rest = also(rest, inner)
        else:
            rest = also(rest, either([{"properties": {name: False}}, all_of([{"required": [name]}, inner])]))
    return rest


def negated(work: Work, node: dict[str, Any], place: Place) -> dict[str, Any]:
    """`not` becomes the schema of all other values."""
    if "not" not in node:
        return node
    rest = without(node, "not")
    try:
        if "not" in work.avoided:
            raise NoOpposite
        return also(rest, work.negation.opposite(node["not"], (rest,)))
    except NoOpposite:
        work.leave(place, "not")
        return rest


def exclusive(work: Work, node: dict[str, Any], place: Place) -> dict[str, Any]:
    """`oneOf` becomes `anyOf`, once no value fits two of its schemas."""
    if "oneOf" not in node:
        return node
    rest = without(node, "oneOf")
    try:
        if "oneOf" in work.avoided:
            raise NoOpposite
        options = _apart(work, rest, node["oneOf"])
    except NoOpposite:
        work.leave(place, "oneOf")
        options = node["oneOf"]
    if "anyOf" in node:
        return also(rest, either(options))
    return {("anyOf" if key == "oneOf" else key): value for key, value in {**node, "oneOf": options}.items()}


def _apart(work: Work, rest: dict[str, Any], options: list[Node]) -> list[Node]:
    """The same schemas, each without the values that fit another as well."""
    views = [work.viewer.view(rest, option) for option in options]
    if work.viewer.are_told_apart(views):
        return options
    if len(options) > _MOST_COMPARED:
        raise NoOpposite
    made: list[Node] = []
    written_out = 0
    for index, option in enumerate(options):
        overlapping = [
            other
            for other, inner in enumerate(options)
            if other != index
            and not work.viewer.are_disjoint(views[index], views[other])
            and inner is not False
        ]
        written_out += len(overlapping)
        if written_out > MOST_OPTIONS:
            raise NoOpposite
        others = [_other(work, rest, options, views, index, other) for other in overlapping]
        made.append(all_of([option, *others]))
    return made


def _other(
    work: Work, rest: dict[str, Any], options: list[Node], views: list[View], index: int, other: int
) -> Node:
    """What a value of one schema must be so that it does not fit another: the opposite, or, as a little less
    that is enough, an object without some member that the other requires."""
    try:
        return work.negation.opposite(options[other], (rest, options[index]))
    except NoOpposite:
        names = views[other].required - views[index].required
        if not names or views[index].kinds != {"object"}:
            raise
        return {"properties": {min(names): False}}
