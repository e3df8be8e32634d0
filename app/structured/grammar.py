"""From an answer format to the grammar that lets nothing else be sampled, and what it cannot enforce."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from app.core.answer_format import AnswerFormat, Notation
from app.core.errors import SchemaRefused
from app.structured.coverage import Coverage, Keyword
from app.structured.schema import Schema, read_schema


@dataclass(frozen=True, slots=True)
class Grammar:
    """`body` is Lark rules of which the one named `body` is the whole answer."""

    body: str
    coverage: Coverage


def grammar_of(answer_format: AnswerFormat) -> Grammar:
    """The grammar of an answer that fits.

    Raises:
        SchemaRefused: the schema is not sound, or no answer can fit it.
    """
    schema = read_schema(answer_format.schema)
    if answer_format.notation is Notation.JSON:
        return _json(schema)
    return Grammar(_other(schema, answer_format.notation), Coverage())


def _other(schema: Schema, notation: Notation) -> str:
    from app.structured import choice, table, xml

    bodies = {Notation.XML: xml.body_of, Notation.TABLE: table.body_of, Notation.CHOICE: choice.body_of}
    body: str = bodies[notation](schema)
    return body


def _json(schema: Schema) -> Grammar:
    from llguidance import LLMatcher, LLTokenizer

    tokenizer = LLTokenizer("byte")
    trials: tuple[dict[str, bool], ...] = ({}, {"coerce_one_of": True}, {"lenient": True})
    message = ""
    for options in trials:
        body = _body(schema, options)
        failed, messages = LLMatcher.validate_grammar_with_warnings(
            LLMatcher.grammar_from_lark("start: body\n" + body), tokenizer
        )
        if not failed:
            return Grammar(body, Coverage(tuple(Keyword("$", warning) for warning in messages)))
        message = messages[0]
    raise SchemaRefused(path="$", rule="grammar", detail=message[:200])


def _body(schema: Schema, options: dict[str, bool]) -> str:
    document: dict[str, Any] = (
        dict(schema.document) if isinstance(schema.document, dict) else {"allOf": [schema.document]}
    )
    document["x-guidance"] = {"whitespace_flexible": False, **options}
    return f"body: %json {json.dumps(document, ensure_ascii=False)}\n"
