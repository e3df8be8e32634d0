"""Everything an editor shows about a schema, found in one go."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.core.answer_format import AnswerFormat, Fault, Notation
from app.core.errors import SchemaRefused
from app.structured.coverage import Coverage
from app.structured.grammar import grammar_of
from app.structured.lines import lines_of
from app.structured.schema import schema_faults


@dataclass(frozen=True, slots=True)
class Examination:
    """What is known of one schema text.

    `faults` with their `lines` (from 1 on) are all that is wrong with it. Without any, `refused` says why
    it cannot be written in some notations, `coverage` what of it is enforced in `notation`.
    """

    text: str
    notation: Notation
    faults: tuple[Fault, ...] = ()
    lines: tuple[int, ...] = ()
    refused: tuple[tuple[Notation, Fault], ...] = ()
    coverage: Coverage = field(default_factory=Coverage)

    def refusal(self, notation: Notation) -> Fault | None:
        """Why it cannot be written so; None if it can."""
        return dict(self.refused).get(notation)

    @property
    def can_be_used(self) -> bool:
        """Whether answers can be held to it in the notation asked for."""
        return not self.faults and self.refusal(self.notation) is None


def examine(text: str, notation: Notation = Notation.JSON) -> Examination:
    """Examine a text that is meant to be a schema. May take a while: it is compiled for every notation."""
    faults = schema_faults(text)
    if faults:
        return Examination(text, notation, faults, lines_of(text, faults))
    refused: list[tuple[Notation, Fault]] = []
    coverage = Coverage()
    for way in Notation:
        try:
            grammar = grammar_of(AnswerFormat("", text, way))
        except SchemaRefused as error:
            refused.append((way, _fault(error)))
        else:
            coverage = grammar.coverage if way is notation else coverage
    return Examination(text, notation, refused=tuple(refused), coverage=coverage)


def _fault(error: SchemaRefused) -> Fault:
    path, rule, detail = (str(error.values.get(name, "")) for name in ("path", "rule", "detail"))
    return Fault(path, rule, detail)
