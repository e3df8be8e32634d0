"""From an answer format to the grammar that lets nothing else be sampled, and what it cannot enforce."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.answer_format import AnswerFormat, Notation
from app.structured.coverage import Coverage, Keyword
from app.structured.json_grammar import json_grammar
from app.structured.schema import Schema, read_schema
from app.structured.uniqueness.places import Places


@dataclass(frozen=True, slots=True)
class Grammar:
    """`text` is the grammar of the whole answer as llguidance reads it; `unique` are the arrays whose items
    have to be kept apart beside it, for what is covered to be enforced."""

    text: str
    coverage: Coverage
    unique: Places | None = None


def grammar_of(answer_format: AnswerFormat) -> Grammar:
    """The grammar of an answer that fits.

    Raises:
        SchemaRefused: the schema is not sound, or no answer can fit it.
    """
    schema = read_schema(answer_format.schema)
    if answer_format.notation is Notation.JSON:
        return Grammar(*json_grammar(schema))
    return _other(schema, answer_format.notation)


def _other(schema: Schema, notation: Notation) -> Grammar:
    from app.structured import choice, table, xml

    written = {Notation.XML: xml, Notation.TABLE: table, Notation.CHOICE: choice}[notation]
    later = tuple(Keyword(path, name) for path, name in written.unenforced(schema))
    return Grammar(written.body_of(schema), Coverage(checked=later))
