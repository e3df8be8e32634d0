"""Read an XML document as a value of known shape; document types and entities are refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from app.core.answer_format import Fault
from app.structured.json_path import Place, json_path
from app.structured.json_text import DEEPEST, JsonValue
from app.structured.scalars import Scalars
from app.structured.shapes import Record, Series, Shapes
from app.structured.xml_names import element_name

ITEM = "item"
"""The element of each thing in an array."""

_MOST_NESTED = 2 * DEEPEST
"""An array takes two elements for each of its levels."""


@dataclass(slots=True)
class _Element:
    name: str
    attributes: Mapping[str, str]
    children: list[_Element] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.texts)


def read_xml(shapes: Shapes, root: str, text: str) -> tuple[JsonValue, tuple[Fault, ...]]:
    """The value of the document `text`, whose root element is to be named `root`, and its faults."""
    try:
        found = _Builder().build(text)
    except _NotRead as problem:
        return None, (Fault("$", "syntax", str(problem)),)
    if found.name != root:
        return None, (Fault("$", "syntax", f"the root element is {found.name}, not {root}"),)
    reader = _Reader(shapes)
    value = reader.value(found, shapes.root, ())
    return value, tuple(reader.faults)


class _NotRead(Exception):
    """The text is no document of ours; its only argument says why."""


class _Builder:
    """Makes a tree of elements from what the parser meets."""

    def __init__(self) -> None:
        self._top = _Element("", {})
        self._open = [self._top]

    def build(self, text: str) -> _Element:
        parser = expat.ParserCreate("utf-8")
        parser.StartDoctypeDeclHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        try:
            parser.Parse(text.encode("utf-8", "surrogatepass"), True)
        except expat.ExpatError as error:
            raise _NotRead(str(error)) from None
        return self._top.children[0]

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) > _MOST_NESTED:
            raise _NotRead(f"more than {_MOST_NESTED} elements within each other")
        element = _Element(name, attributes)
        self._open[-1].children.append(element)
        self._open.append(element)

    def _end(self, _name: str) -> None:
        self._open.pop()

    def _text(self, words: str) -> None:
        self._open[-1].texts.append(words)

    def _refuse(self, *_told: object) -> NoReturn:
        raise _NotRead("a document type is not accepted")


class _Reader:
    """Turns elements into values by their shapes; whether those fit the schema is checked afterwards."""

    def __init__(self, shapes: Shapes) -> None:
        self._shapes = shapes
        self.faults: list[Fault] = []

    def value(self, element: _Element, place: Place, where: Place) -> JsonValue:
        shape = self._shapes.by_place[place]
        self._check(element, where, has_text=isinstance(shape, Scalars))
        if "nil" in element.attributes:
            return None
        if isinstance(shape, Scalars):
            bare = shape.read_bare(element.text)
            return element.text if bare is None else bare
        if isinstance(shape, Record):
            return self._record(element, shape, where)
        return self._series(element, shape, where)

    def _check(self, element: _Element, where: Place, *, has_text: bool) -> None:
        """Nothing may be there that would be lost."""
        if element.attributes not in ({}, {"nil": "true"}):
            self._blame(where, "syntax", "an attribute other than nil")
        is_nil = "nil" in element.attributes
        if element.children and (has_text or is_nil):
            self._blame(where, "syntax", f"no element may be in here: {element.children[0].name}")
        if element.text.strip() and (is_nil or not has_text):
            self._blame(where, "syntax", f"no text may be in here: {element.text.strip()[:60]}")

    def _record(self, element: _Element, record: Record, where: Place) -> JsonValue:
        members = {element_name(member.name): member for member in record.members}
        found: dict[str, JsonValue] = {}
        for child in element.children:
            member = members.get(child.name)
            if member is None:
                self._blame(where, "additionalProperties", child.name)
            elif member.name in found:
                self._blame(where, "duplicate", member.name)
            else:
                found[member.name] = self.value(child, member.place, (*where, member.name))
        return found

    def _series(self, element: _Element, series: Series, where: Place) -> JsonValue:
        for child in element.children:
            if child.name != ITEM:
                self._blame(where, "syntax", f"only {ITEM} elements may be in here: {child.name}")
        return [
            self.value(child, series.place, (*where, number)) for number, child in enumerate(element.children)
        ]

    def _blame(self, where: Place, rule: str, detail: str) -> None:
        self.faults.append(Fault(json_path(where), rule, detail))
