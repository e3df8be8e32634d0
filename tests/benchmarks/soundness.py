"""Answers of a model that knows nothing, held to many schemas: whether one that is called valid is not."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import jsonschema

from app.core.answer_format import AnswerFormat
from app.core.errors import SchemaRefused
from app.core.events import FinishReason
from app.engine.backends.embedded.backend import EmbeddedBackend
from app.structured.check import check
from app.structured.grammar import grammar_of
from tests.benchmarks.report import row
from tests.benchmarks.synthetic_model import SMALL, cached
from tests.helpers.embedded import load, request, write
from tests.helpers.schema_cases import cases_in

ANSWERS, SCHEMAS, IN_A_ROW = 1000, 200, 8
LONGEST = 40
"""Tokens; a model that knows nothing seldom ends what may go on for ever."""


def schemas(dice: random.Random) -> list[AnswerFormat]:
    """So many of those that can be used, others each time."""
    cases = list(cases_in())
    dice.shuffle(cases)
    return [AnswerFormat(case.name, case.schema) for case in cases if _is_usable(case.schema)][:SCHEMAS]


def _is_usable(schema: str) -> bool:
    try:
        grammar_of(AnswerFormat("x", schema))
    except SchemaRefused:
        return False
    return True


def answers(backend: EmbeddedBackend, formats: list[AnswerFormat]) -> Iterator[tuple[AnswerFormat, str]]:
    """Finished answers at temperature 1; some of each schema in a row, so that its prompt is read once."""
    for seed in count():
        for one in formats:
            for attempt in range(IN_A_ROW):
                sampling = {"seed": IN_A_ROW * seed + attempt, "thinking_budget": 4, "max_tokens": LONGEST}
                written = write(backend, replace(request("Go.", **sampling), format=one))
                if written.end.reason is FinishReason.STOP:
                    yield one, written.final


def is_wrong(schema: str, text: str) -> bool:
    """Judged by the library alone, none of our own rules or readers between."""
    document = json.loads(schema)
    kind = jsonschema.validators.validator_for(document, default=jsonschema.Draft202012Validator)
    return not kind(document, format_checker=kind.FORMAT_CHECKER).is_valid(json.loads(text))


def main() -> None:
    formats = schemas(random.Random())
    backend = EmbeddedBackend(Path(tempfile.mkdtemp()))
    load(backend, cached(SMALL))
    finished = shown = wrong = 0
    for one, text in answers(backend, formats):
        finished += 1
        if check(one, text).fits:
            shown += 1
            if is_wrong(one.schema, text):
                wrong += 1
                print(f"{one.name}: {text}")
        if finished == ANSWERS:
            break
    row(
        f"random weights, {finished} finished answers over {len(formats)} schemas: valid, and are not",
        "0",
        f"{wrong} of {shown} called valid",
        wrong == 0 and len(formats) == SCHEMAS,
    )


if __name__ == "__main__":
    main()
