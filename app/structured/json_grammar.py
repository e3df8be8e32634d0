"""The JSON grammar of a schema: rewritten, tried with llguidance, keywords given up where it fails."""

from __future__ import annotations

import json
import re
from typing import Any

from app.core.errors import SchemaRefused
from app.structured.coverage import Coverage
from app.structured.dialect import Node
from app.structured.endless import Endless
from app.structured.json_path import Place, json_path
from app.structured.rewriting.plain import Plain, plain_of
from app.structured.rewriting.rewrite import rewrite
from app.structured.rewriting.views import Viewer
from app.structured.rewriting.work import TooLarge, Work
from app.structured.schema import Schema
from app.structured.uniqueness.places import Places, find_places

DEEPEST = 120
"""How many schemas may stand inside each other, references followed: the engine's compiler calls itself for
each, and on a small stack three hundred bring the process down."""

_MOST_TRIALS = 20
_LONGEST_DETAIL = 200
_PROCESSED = re.compile(r"while processing \S*#/\$defs/(\w+)")
_BEFORE = "failed to compile JSON schema: "
_UNSATISFIABLE = "Unsatisfiable schema"
_COUNTS = frozenset(("minProperties", "maxProperties"))
_CHOICES = frozenset(("if", "dependentRequired", "dependentSchemas", "not", "uniqueItems", "contains"))
_NUMBERS = frozenset(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"))
_REST = frozenset(
    (
        "oneOf",
        "unevaluatedProperties",
        "pattern",
        "format",
        "patternProperties",
        "propertyNames",
        "multipleOf",
    )
)
_GIVEN_UP: tuple[tuple[str, frozenset[str]], ...] = (
    ("min/maxProperties", _COUNTS),
    ("patternProperty", frozenset(("patternProperties", "propertyNames", "unevaluatedProperties"))),
    ("Failed to generate regex", _NUMBERS),
    ("multipleOf", frozenset(("multipleOf",))),
    ("regex", frozenset(("pattern", "format", "patternProperties"))),
)
"""What to leave to the check after a message that holds these words, in this order."""

_ABOUT_PATTERNS = ("regex parse error", "lookarounds", "Unable to determine if regex")
_LADDER: tuple[frozenset[str], ...] = (
    _CHOICES,
    _CHOICES | {"oneOf", "unevaluatedProperties", *_COUNTS},
    _CHOICES | _COUNTS | _NUMBERS | _REST,
    _CHOICES | _COUNTS | _NUMBERS | _REST | {"anyOf", "allOf"},
)
"""What to leave to the check, step by step, where the message tells nothing."""


def json_grammar(schema: Schema) -> tuple[str, Coverage, Places | None]:
    """A grammar for llguidance, what is not enforced while sampling, and the arrays whose items have to be
    kept apart beside the grammar.

    Raises:
        SchemaRefused: no value fits, or no grammar can be made at all.
    """
    avoided, empty, message = frozenset[str](), frozenset[str](), ""
    complaints: tuple[str, ...] = ()
    places = _places(schema)
    unique = places.enforced if places else frozenset[Place]()
    for _ in range(_MOST_TRIALS):
        work = Work(_plain(schema), schema.draft, avoided, empty, complaints, unique)
        text, message = _tried(work)
        if not message:
            return text, Coverage(tuple(work.checked), tuple(work.ignored)), places
        if message.startswith(_UNSATISFIABLE):
            found = _PROCESSED.search(message)
            if found is None:
                place = _contradiction(work)
                raise SchemaRefused(
                    path=json_path(place), rule="contradiction", detail=message[:_LONGEST_DETAIL]
                )
            empty |= {found[1]}
        elif any(words in message for words in _ABOUT_PATTERNS) and message not in complaints:
            complaints = (*complaints, message)
        elif (more := _avoided(avoided, message)) != avoided:
            avoided = more
        else:
            break
    raise SchemaRefused(path="$", rule="grammar", detail=message[:_LONGEST_DETAIL])


def _plain(schema: Schema) -> Plain:
    endless = Endless(schema.references, schema.draft)
    return plain_of(schema.document, schema.draft, schema.references, endless.is_endless)


def _places(schema: Schema) -> Places | None:
    if not any(isinstance(one.node, dict) and "uniqueItems" in one.node for one in schema.references.schemas):
        return None
    plain = _plain(schema)
    return find_places(plain, Viewer(plain))


def _avoided(avoided: frozenset[str], message: str) -> frozenset[str]:
    for words, keywords in _GIVEN_UP:
        if words in message and not keywords <= avoided:
            return avoided | keywords
    return next((avoided | more for more in _LADDER if not more <= avoided), avoided)


def _tried(work: Work) -> tuple[str, str]:
    """The grammar, and why it cannot be used: an empty text if it can."""
    from llguidance import LLMatcher, LLTokenizer

    try:
        rewritten = rewrite(work)
    except TooLarge:
        return "", "schema too large"
    if _depth(rewritten) > DEEPEST:
        raise SchemaRefused(path="$", rule="depth", detail=f"more than {DEEPEST} schemas inside each other")
    text = _text(rewritten)
    failed, messages = LLMatcher.validate_grammar_with_warnings(text, LLTokenizer("byte"))
    return text, messages[0].rpartition(_BEFORE)[2].partition("\n   1 |")[0] if failed else ""


def _text(rewritten: dict[str, Any]) -> str:
    """For answers without white space: quicker, and they cannot go on for ever with line ends."""
    whole = {**rewritten, "x-guidance": {"whitespace_flexible": False}}
    return json.dumps({"grammars": [{"json_schema": whole}]}, ensure_ascii=False, separators=(",", ":"))


def _depth(rewritten: dict[str, Any]) -> int:
    """How deep the engine goes into a schema, which follows each reference where it first meets it."""
    definitions = rewritten.get("$defs", {})
    met: set[str] = set()
    deepest = 0
    waiting: list[tuple[Any, int]] = [({key: value for key, value in rewritten.items() if key != "$defs"}, 0)]
    while waiting:
        value, depth = waiting.pop()
        deepest = max(deepest, depth)
        if isinstance(value, list):
            waiting += [(inner, depth) for inner in value]
        elif isinstance(value, dict):
            waiting += [(inner, depth + 1) for inner in value.values() if isinstance(inner, dict | list)]
            name = str(value.get("$ref", "")).rpartition("/")[2]
            if name in definitions and name not in met:
                met.add(name)
                waiting.append((definitions[name], depth + 1))
    return deepest


def _contradiction(work: Work) -> Place:
    """Where the innermost schema stands that no value fits and that the whole cannot do without."""
    node = work.plain.root
    place: Place = ()
    for _ in range(DEEPEST):
        inner = next((child for child in _needed(work.plain, node) if _is_contradictory(work, child)), None)
        if inner is None:
            break
        node = inner
        place = work.plain.places.get(id(node), place)
    return place


def _is_contradictory(work: Work, node: Node) -> bool:
    if isinstance(node, bool):
        return not node
    alone = Plain(node, dict(work.plain.definitions), work.plain.places)
    message = _tried(Work(alone, work.draft, work.avoided, work.empty, work.complaints))[1]
    return message.startswith(_UNSATISFIABLE) and not _PROCESSED.search(message)


def _needed(plain: Plain, node: Node) -> list[Node]:
    """The schemas within one that a value of it has to fit."""
    if isinstance(node, bool):
        return []
    properties = node.get("properties", {})
    needed = list(node.get("allOf", ()))
    needed += [properties[name] for name in node.get("required", ()) if name in properties]
    if "$ref" in node:
        needed.append(plain.target(node["$ref"]))
    least = int(node.get("minItems", 0))
    needed += node.get("prefixItems", [])[:least]
    if least > len(node.get("prefixItems", [])):
        needed.append(node.get("items", True))
    return needed
