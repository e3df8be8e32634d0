"""JSON Schemas read from text: refused by path where they are not sound, before anything else sees them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from app.core.answer_format import Fault
from app.core.errors import SchemaRefused
from app.structured.dialect import NEWEST, TRIED, Draft, Node, draft_named, is_schema
from app.structured.endless import Endless
from app.structured.json_path import Place, json_path
from app.structured.json_text import read_whole
from app.structured.pattern import PatternError, parse
from app.structured.references import References, find_references

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

LONGEST_TEXT = 256 * 1024
"""In bytes of UTF-8."""
DEEPEST = 32
LONGEST_PATTERN = 1_000

_MOST_FAULTS = 50
_LONGEST_DETAIL = 200


@dataclass(frozen=True, slots=True)
class Schema:
    """A sound schema; `text` is compact JSON with the members in their author's order."""

    text: str
    document: Any = field(repr=False, compare=False)
    draft: Draft = field(default=NEWEST, compare=False)
    references: References = field(default=References({}, (), ()), repr=False, compare=False)

    @property
    def title(self) -> str:
        return self._annotation("title")

    @property
    def description(self) -> str:
        return self._annotation("description")

    def _annotation(self, name: str) -> str:
        found = self.document.get(name) if isinstance(self.document, dict) else None
        return found if isinstance(found, str) else ""


def read_schema(text: str) -> Schema:
    """Read a schema.

    Raises:
        SchemaRefused: the first of its faults.
    """
    examined = _examine(text)
    if isinstance(examined, Schema):
        return examined
    first = examined[0]
    raise SchemaRefused(path=first.path, rule=first.rule, detail=first.detail)


def schema_faults(text: str) -> tuple[Fault, ...]:
    """Everything wrong with a schema, for an editor; nothing if it can be used."""
    examined = _examine(text)
    if isinstance(examined, Schema):
        return ()
    once = dict.fromkeys(examined)  # the vocabularies of the newer drafts tell some of them several times
    return tuple(once)[:_MOST_FAULTS]


@lru_cache(maxsize=8)
def _examine(text: str) -> Schema | tuple[Fault, ...]:
    """Each test presumes that those before it found nothing; kept, since every answer is checked anew."""
    if (size := len(text.encode("utf-8", "surrogatepass"))) > LONGEST_TEXT:
        return (Fault("$", "size", f"{size} bytes, more than {LONGEST_TEXT}"),)
    reading = read_whole(text, DEEPEST)
    document: Any = reading.value
    if reading.faults:
        return reading.faults
    if not is_schema(document):
        return (Fault("$", "type", "a schema is an object or a boolean"),)
    drafts = (named,) if (named := draft_named(document)) else TRIED
    broken = {draft: tuple(_rule_faults(document, draft)) for draft in drafts[:1]}
    if broken[drafts[0]]:
        broken |= {draft: tuple(_rule_faults(document, draft)) for draft in drafts[1:]}
    meant = next((draft for draft, faults in broken.items() if not faults), drafts[0])
    return broken[meant] or _examine_references(document, meant)


def _examine_references(document: Node, draft: Draft) -> Schema | tuple[Fault, ...]:
    references = find_references(document, draft)
    if faults := (*references.faults, *_pattern_faults(references)):
        return faults
    if faults := tuple(Endless(references, draft).faults(document)):
        return faults
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return Schema(text, document, draft, references)


def _rule_faults(document: Node, draft: Draft) -> Iterator[Fault]:
    """What the draft's own schema finds; of a choice what is wrong with the option that was meant."""
    for choice in _meta_validator(draft).iter_errors(document):
        meant = (inner for inner in reversed(choice.context or ()) if inner.validator != "type")
        error = next(meant, choice)
        wanted = json.dumps(error.validator_value, ensure_ascii=False)
        yield Fault(error.json_path, str(error.validator), wanted[:_LONGEST_DETAIL])


def _meta_validator(draft: Draft) -> Validator:
    import jsonschema

    kinds = {
        Draft.D4: jsonschema.Draft4Validator,
        Draft.D6: jsonschema.Draft6Validator,
        Draft.D7: jsonschema.Draft7Validator,
        Draft.D2019: jsonschema.Draft201909Validator,
        Draft.D2020: jsonschema.Draft202012Validator,
    }
    return kinds[draft](kinds[draft].META_SCHEMA)


def _pattern_faults(references: References) -> Iterator[Fault]:
    for target in references.schemas:
        node = target.node
        if isinstance(node, bool):
            continue
        if isinstance(node.get("pattern"), str):
            yield from _pattern_fault(node["pattern"], (*target.place, "pattern"))
        by_name = node.get("patternProperties", {})
        for pattern in by_name if isinstance(by_name, dict) else ():
            yield from _pattern_fault(pattern, (*target.place, "patternProperties", pattern))


def _pattern_fault(pattern: str, place: Place) -> Iterator[Fault]:
    if len(pattern) > LONGEST_PATTERN:
        place = tuple(step[:50] if isinstance(step, str) else step for step in place)
        yield Fault(json_path(place), "regex", f"more than {LONGEST_PATTERN} characters")
        return
    try:
        parse(pattern)
    except PatternError as error:
        yield Fault(json_path(place), "regex", str(error))
