"""What values a schema asks for, as plain shapes: for the notations that are not JSON.

A shape is what can be *written*: it may allow less than the schema (properties that are not named are never
written), and it may leave rules out; `Shapes.unenforced` names those, to be checked afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from app.structured.json_path import Place, json_path
from app.structured.parts import (
    TYPES_BY_KEYWORD,
    Document,
    Part,
    Parts,
    distinct,
    kinds_of,
    largest,
    refused,
    smallest,
    type_of,
    values_of,
)
from app.structured.pattern import Node, PatternError
from app.structured.scalars import Numbers, Scalar, Scalars
from app.structured.schema import Schema
from app.structured.texts import Text, format_of, pattern_of


@dataclass(frozen=True, slots=True)
class Member:
    """One property of an object; `place` is where its schema stands."""

    name: str
    place: Place
    is_required: bool


@dataclass(frozen=True, slots=True)
class Record:
    """An object with these properties in this order."""

    members: tuple[Member, ...]
    is_nullable: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """An array of things of one kind; `place` is where their schema stands, `most` None without a limit."""

    place: Place
    least: int
    most: int | None
    is_nullable: bool = False


Shape: TypeAlias = Scalars | Record | Series


@dataclass(frozen=True, slots=True)
class Shapes:
    """Every shape that can be reached from the root, by the place of its schema."""

    root: Place
    by_place: dict[Place, Shape]
    unenforced: tuple[tuple[str, str], ...]
    """Path and keyword of each rule that no shape holds."""


def read_shapes(schema: Schema) -> Shapes:
    """The shapes that a schema asks for.

    Raises:
        SchemaRefused: a part of it cannot be written without JSON, or has no end.
    """
    return _Reader(schema).run()


_CHECKED_LATER = {
    "object": (
        "minProperties", "maxProperties", "patternProperties", "propertyNames",
        "dependentRequired", "dependentSchemas",
    ),
    "array": ("uniqueItems", "contains"),
    "": ("not", "if"),
}  # fmt: skip


class _Reader:
    """Reads the schemas that are reached one after the other; none twice, so that recursion ends."""

    def __init__(self, schema: Schema) -> None:
        self._document = Document(schema)
        self._shapes: dict[Place, Shape] = {}
        self._unenforced: dict[tuple[str, str], None] = {}

    def run(self) -> Shapes:
        root = self._document.followed(())
        waiting = [root]
        while waiting:
            place = waiting.pop()
            if place not in self._shapes:
                shape = self._shape(self._document.parts(place), place)
                self._shapes[place] = shape
                waiting += reversed(list(inner_places(shape)))
        for endless in sorted(set(self._shapes) - _finite(self._shapes), key=len):
            raise refused(endless, "$ref", "it contains itself without end")
        return Shapes(root, self._shapes, tuple(self._unenforced))

    def _shape(self, parts: Parts, place: Place) -> Shape:
        forks = [(part, word) for part in parts for word in ("anyOf", "oneOf") if word in part.keywords]
        if not forks:
            return self._plain(parts, place)
        (fork, word), *others = forks
        if others:
            raise refused(others[0][0].place, others[0][1], "only one anyOf or oneOf can apply to a value")
        rest = tuple(part.without(word) if part is fork else part for part in parts)
        branches = []
        for number in range(len(fork.keywords[word])):
            branch = (*fork.place, word, number)
            branches.append(
                self._shape((*rest, *self._document.parts(self._document.followed(branch))), branch)
            )
        if word == "oneOf" and not _are_apart(branches):
            self._add(fork, word)
        return self._joined(branches, fork.place, word)

    def _joined(self, shapes: Sequence[Shape], place: Place, word: str) -> Shape:
        """One shape for what may be any of these."""
        is_nullable = any(shape.is_nullable for shape in shapes)
        solid = [shape for shape in shapes if not (isinstance(shape, Scalars) and _is_only_null(shape))]
        scalars = [shape for shape in solid if isinstance(shape, Scalars)]
        if len(scalars) == len(solid):
            return Scalars(
                is_nullable,
                tuple(distinct(value for shape in scalars for value in shape.literals)),
                tuple(dict.fromkeys(one for shape in scalars for one in shape.numbers)),
                tuple(dict.fromkeys(one for shape in scalars for one in shape.texts)),
            )
        records = [shape for shape in solid if isinstance(shape, Record)]
        if len(solid) == 1 and not isinstance(solid[0], Scalars):
            return replace(solid[0], is_nullable=is_nullable)
        if len(records) == len(solid) and len({_names(shape) for shape in records}) == 1:
            self._unenforced[json_path(place), word] = None
            return replace(_least_required(records), is_nullable=is_nullable)
        raise refused(place, word, "its alternatives cannot be told apart in this notation")

    def _plain(self, parts: Parts, place: Place) -> Shape:
        kinds = kinds_of(parts, place)
        values = values_of(parts)
        if values is not None:
            return self._listed(parts, place, [value for value in values if type_of(value) in kinds])
        is_nullable = "null" in kinds
        kinds -= {"null"}
        self._note(parts, kinds)
        if kinds == {"object"}:
            return self._record(parts, place, is_nullable)
        if kinds == {"array"}:
            return self._series(parts, place, is_nullable)
        if kinds & {"object", "array"}:
            raise refused(place, "type", "only one of an object, an array and plain values can be written")
        return Scalars(
            is_nullable,
            literals=(True, False) if "boolean" in kinds else (),
            numbers=(_numbers(parts, "number" not in kinds),) if kinds & {"integer", "number"} else (),
            texts=(self._text(parts),) if "string" in kinds else (),
        )

    def _listed(self, parts: Parts, place: Place, values: list[Any]) -> Scalars:
        if not values:
            raise refused(place, "enum", "no value is left")
        if any(isinstance(value, dict | list) for value in values):
            raise refused(place, "enum", "only plain values can be written")
        for part in parts:
            for word in part.keywords:
                if word in _RULES_OF_SCALARS:
                    self._add(part, word)
        solid = tuple(distinct(value for value in values if value is not None))
        return Scalars(None in values, literals=solid)

    def _record(self, parts: Parts, place: Place, is_nullable: bool) -> Record:
        required = {name for part in parts for name in part.keywords.get("required", ())}
        members: dict[str, Member] = {}
        for part in parts:
            for name, node in part.keywords.get("properties", {}).items():
                if name in members:
                    raise refused((*part.place, "properties", name), "properties", "it is described twice")
                if node is not False:
                    inner = self._document.followed((*part.place, "properties", name))
                    members[name] = Member(name, inner, name in required)
        if missing := sorted(required - members.keys()):
            raise refused(place, "required", missing[0])
        if not members:
            raise refused(place, "properties", "an object needs named properties")
        return Record(tuple(members.values()), is_nullable)

    def _series(self, parts: Parts, place: Place, is_nullable: bool) -> Series:
        found = [part.place for part in parts if "items" in part.keywords]
        if any("prefixItems" in part.keywords for part in parts):
            raise refused(place, "prefixItems", "the items of an array must all be of one kind")
        if len(found) != 1:
            raise refused(place, "items", "it must say once what the items are")
        least = max((int(part.keywords.get("minItems", 0)) for part in parts), default=0)
        most = smallest(parts, "maxItems")
        return Series(self._document.followed((*found[0], "items")), least, most, is_nullable)

    def _note(self, parts: Parts, kinds: Iterable[str]) -> None:
        words = {word for kind in (*kinds, "") for word in _CHECKED_LATER.get(kind, ())}
        for part in parts:
            for word in part.keywords:
                if word in words:
                    self._add(part, word)

    def _add(self, part: Part, word: str) -> None:
        self._unenforced[json_path(part.place), self._document.name_of(word)] = None

    def _text(self, parts: Parts) -> Text:
        patterns: list[Node] = []
        limits = [smallest(parts, "maxLength")]
        for part in parts:
            for word in ("pattern", "format"):
                if word in part.keywords:
                    try:
                        pattern, limit = _READERS[word](part.keywords[word])
                    except PatternError:
                        self._add(part, word)
                    else:
                        patterns += [pattern] if pattern else []
                        limits.append(limit)
        most = min((limit for limit in limits if limit is not None), default=None)
        return Text(int(largest(parts, "minLength") or 0), most, tuple(patterns))


_READERS: Mapping[str, Callable[[str], tuple[Node | None, int | None]]] = {
    "pattern": lambda keyword: (pattern_of(keyword), None),
    "format": format_of,
}
_RULES_OF_SCALARS = {word for kind in ("string", "number") for word in TYPES_BY_KEYWORD[kind]} | {"not", "if"}


def inner_places(shape: Shape) -> Iterator[Place]:
    """Where the schemas of what is in it stand."""
    if isinstance(shape, Record):
        yield from (member.place for member in shape.members)
    elif isinstance(shape, Series):
        yield shape.place


def _finite(shapes: dict[Place, Shape]) -> set[Place]:
    """Those that a value with an end fits."""
    finite: set[Place] = set()
    size = -1
    while size < len(finite):
        size = len(finite)
        finite |= {place for place, shape in shapes.items() if _needs(shape) <= finite}
    return finite


def _needs(shape: Shape) -> set[Place]:
    """What cannot be left out."""
    if shape.is_nullable:
        return set()
    if isinstance(shape, Record):
        return {member.place for member in shape.members if member.is_required}
    return {shape.place} if isinstance(shape, Series) and shape.least > 0 else set()


def _numbers(parts: Parts, is_integer: bool) -> Numbers:
    return Numbers(
        is_integer,
        minimum=largest(parts, "minimum"),
        exclusive_minimum=largest(parts, "exclusiveMinimum"),
        maximum=smallest(parts, "maximum"),
        exclusive_maximum=smallest(parts, "exclusiveMaximum"),
        multiple_of=next(
            (part.keywords["multipleOf"] for part in parts if "multipleOf" in part.keywords), None
        ),
    )


def _are_apart(shapes: Sequence[Shape]) -> bool:
    """Whether no value that can be written fits two of these."""
    claims = [claim for shape in shapes for claim in _claims(shape)]
    kinds = {kind for kind, value in claims if value is None}
    has_repeats = len(set(claims)) < len(claims)
    return not has_repeats and not any(kind in kinds for kind, value in claims if value is not None)


def _claims(shape: Shape) -> Iterator[tuple[str, Scalar | None]]:
    """What one shape takes for itself: a kind of values, or one value of a kind."""
    if shape.is_nullable:
        yield "null", None
    if not isinstance(shape, Scalars):
        yield type(shape).__name__, None
        return
    if shape.texts:
        yield "string", None
    if shape.numbers:
        yield "number", None
    for value in shape.literals:
        yield {str: "string", bool: "boolean"}.get(type(value), "number"), value


def _is_only_null(scalars: Scalars) -> bool:
    return not (scalars.literals or scalars.numbers or scalars.texts)


def _names(record: Record) -> tuple[str, ...]:
    return tuple(member.name for member in record.members)


def _least_required(records: Sequence[Record]) -> Record:
    """Of records with the same properties the one that requires no more than all of them do."""
    everywhere = set.intersection(*({m.name for m in record.members if m.is_required} for record in records))
    first = records[0]
    return Record(tuple(replace(m, is_required=m.name in everywhere) for m in first.members))
