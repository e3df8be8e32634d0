"""The answer formats at hand: those that ship with the program, a person's own, and drafts by the model."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from app.core.answer_format import AnswerFormat, Notation
from app.core.conversation import Options
from app.core.errors import AlcoveError, NotFound, SchemaRefused
from app.core.sampling import Effort, Sampling
from app.core.words import mark
from app.documents.atomic import write_document
from app.documents.names import inside
from app.documents.reading import read_document
from app.log import logger
from app.services.answer import Answer
from app.services.fitting import accept_format
from app.userdata import make_folder, resource

BUILT_IN: Final[Mapping[str, str]] = {
    "contact": mark("Contact"),
    "invoice": mark("Invoice"),
    "meeting-minutes": mark("Meeting minutes"),
    "quarterly-report": mark("Quarterly report"),
    "product": mark("Product"),
    "event": mark("Event"),
    "bug-report": mark("Bug report"),
    "citation": mark("Citation"),
    "translation-pair": mark("Translation pair"),
    "sentiment": mark("Sentiment"),
    "table": mark("Table"),
}
"""The names of the formats in `resources/schemas`, in the order in which they are listed."""

OURS = "x-alcove"
"""The key of a schema file under which its name and notation are kept; no other program minds it."""


@dataclass(frozen=True, slots=True)
class KnownFormat:
    """A format of the library; `description` is its schema's own."""

    format: AnswerFormat
    is_own: bool
    description: str = ""


class Formats:
    """May be used from any thread. `folder` holds a person's own schemas, one file each."""

    def __init__(self, folder: Path, ask: Callable[[str, Options], Answer]) -> None:
        self._folder = folder
        self._ask = ask

    def list(self) -> tuple[KnownFormat, ...]:
        """The built-in ones, then a person's own by name; a file that cannot be used is left out."""
        shipped = (_known(resource("schemas", f"{stem}.json"), is_own=False) for stem in BUILT_IN)
        own = sorted((known for _, known in self._own()), key=lambda known: known.format.name.casefold())
        return (*shipped, *own)

    def read(self, path: Path) -> AnswerFormat:
        """The format in a file.

        Raises:
            DocumentError: the file cannot be read.
            SchemaRefused: it holds no schema that an answer could be held to.
        """
        found = _known(path, is_own=True).format
        accept_format(found)
        return found

    def save(self, answer_format: AnswerFormat) -> KnownFormat:
        """Keep a format as a person's own, in place of one of the same name.

        Raises:
            SchemaRefused: no answer could be held to it.
            DocumentNotWritable, ProfileError: it cannot be kept.
        """
        accept_format(answer_format)
        schema = json.loads(answer_format.schema)
        if not isinstance(schema, dict):
            schema = {"allOf": [schema]}
        told = {OURS: {"name": answer_format.name, "notation": answer_format.notation}, **schema}
        text = json.dumps(told, ensure_ascii=False, indent=2) + "\n"
        make_folder(self._folder)
        write_document(self._path(answer_format.name), text.encode("utf-8", "backslashreplace"), replace=True)
        return KnownFormat(answer_format, is_own=True, description=str(schema.get("description", "")))

    def delete(self, name: str) -> None:
        """Remove one of a person's own. Raises NotFound."""
        path = self._files().get(name)
        if path is None:
            raise NotFound(what="file")
        path.unlink(missing_ok=True)

    def describe(self, wish: str) -> Answer:
        """Have the model draft a schema for what a person describes; `drafted` reads the answer.

        Raises:
            EmptyPrompt, PromptTooLarge, PromptTooLong: there is nothing to draft.
        """
        told = json.loads(resource("prompts", "describe.json").read_text("utf-8"))
        draft = AnswerFormat("Schema", json.dumps(told["schema"]))
        return self._ask(wish, Options(told["instructions"], Sampling(effort=Effort.LOW), draft))

    def _own(self) -> Iterator[tuple[Path, KnownFormat]]:
        for path in sorted(self._folder.glob("*.json")):
            try:
                yield path, _known(path, is_own=True)
            except AlcoveError as error:
                # The others are of use all the same, and nobody asked for this one by name.
                logger("services").warning("a schema of the library cannot be used: %s", error.kind)

    def _files(self) -> dict[str, Path]:
        """Where each of a person's own lies."""
        return {known.format.name: path for path, known in self._own()}

    def _path(self, name: str) -> Path:
        """The file of the format of this name, or for a new one a name that no other has taken."""
        if name in (files := self._files()):
            return files[name]
        numbers = ("", *(f" {number}" for number in range(2, len(files) + 3)))
        paths = (inside(self._folder, f"{name}{number}.json") for number in numbers)
        return next(path for path in paths if path not in files.values())


def drafted(text: str) -> str:
    """The schema in a drafted answer, indented; what it requires but does not describe is left out.

    Raises:
        SchemaRefused: the answer is no whole schema.
    """
    try:
        schema = json.loads(text)
    except ValueError as error:
        raise SchemaRefused(path="$", rule="syntax", detail=str(error)) from error
    _drop_unknown_names(schema)
    return json.dumps(schema, ensure_ascii=False, indent=2)


def _drop_unknown_names(schema: Any) -> None:
    if isinstance(schema, dict):
        if isinstance(properties := schema.get("properties"), dict):
            names = dict.fromkeys(schema.get("required", ()))
            schema["required"] = [name for name in names if name in properties]
        for inner in schema.values():
            _drop_unknown_names(inner)


def _known(path: Path, *, is_own: bool) -> KnownFormat:
    """Raises DocumentError or SchemaRefused."""
    text = read_document(path)
    from app.structured.schema import read_schema

    schema = read_schema(text)
    document: Any = json.loads(schema.text)
    ours = document.pop(OURS, None) if isinstance(document, dict) else None
    told = ours if isinstance(ours, dict) else {}
    name = str(told.get("name") or schema.title or path.stem)
    notation = next((one for one in Notation if one == told.get("notation")), Notation.JSON)
    kept = json.dumps(document, ensure_ascii=False, indent=2)
    return KnownFormat(AnswerFormat(name, kept, notation), is_own, schema.description)
