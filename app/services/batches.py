"""Batches from their inputs to one clean file: what is asked of what, and what is kept of it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from app.core.answer_format import AnswerFormat, FileKind
from app.core.batch import BatchPlan, BatchProgress, Item, Outcome
from app.core.errors import DocumentError, DocumentExists, DocumentMissing, DocumentNotWritable
from app.core.events import Event
from app.core.sampling import Sampling
from app.core.text import clean_text
from app.core.words import mark
from app.documents.atomic import write_document
from app.documents.files import file_of, replaced_in
from app.documents.folder import list_documents
from app.documents.lock import Lock
from app.documents.reading import read_document, read_stream
from app.documents.rows import read_rows
from app.documents.template import check_columns, columns_in, fill
from app.engine.client import EngineClient
from app.services.batch import BatchRun
from app.services.fitting import accept_format
from app.services.journal import Journal, journal_of, open_journal
from app.services.models import Loading, Models
from app.structured.json_text import JsonValue

DEFAULT_PROMPT = (
    "Extract from the user's text what the response format asks for. "
    "Use only what the text says, in its own words and its own language."
)

SOURCE = "source"
"""The member or column that names the document an answer was made from, where that is asked for."""


PIPED = "-"
"""The name of the item that comes through a pipe."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a batch is asked about: items, and the documents that cannot be, with the reason.

    `by_row` tells that the prompt is a template, filled for every row of a table.
    """

    items: tuple[Item, ...]
    refused: tuple[Outcome, ...] = ()
    left_out: tuple[Path, ...] = ()
    by_row: bool = False


@dataclass(frozen=True, slots=True)
class Loss:
    """So many characters of the answer about one item became U+FFFD, as its kind of file cannot hold them."""

    key: str
    characters: int


@dataclass(frozen=True, slots=True)
class ResultFile:
    """The file of all good outcomes, and what it could not hold of them."""

    content: bytes
    losses: tuple[Loss, ...] = ()


class LoadedRun:
    """A run that loads the chosen model first where none is loaded; taken from like either."""

    def __init__(self, models: Models, run: BatchRun) -> None:
        self._models = models
        self._run = run
        self._source: Loading | BatchRun | None = None
        self._cancelled = False

    @property
    def ended(self) -> bool:
        return self._run.ended

    def take(self, timeout_s: float | None = None) -> Sequence[Event | BatchProgress]:
        """Raises as the load and the run do."""
        if self._source is None or (self._source is not self._run and self._source.ended):
            self._source = self._next()
        return self._source.take(timeout_s)

    def __iter__(self) -> Iterator[Event | BatchProgress]:
        while not self.ended:
            yield from self.take()

    def cancel(self) -> None:
        self._cancelled = True
        self._run.cancel()
        if self._source is not None:
            self._source.cancel()

    def _next(self) -> Loading | BatchRun:
        must_load = self._source is None and self._models.must_load and not self._cancelled
        return self._models.load(self._models.current.path) if must_load else self._run


class Batch:
    """One batch with its journal. `run` until it ends, then `write`."""

    def __init__(
        self,
        plan: BatchPlan,
        inputs: Inputs,
        journal: Journal,
        result: Path | None,
        engine: EngineClient,
        models: Models,
    ) -> None:
        self._plan = plan
        self._inputs = inputs
        self._journal = journal
        self._result = result
        self._engine = engine
        self._models = models

    @property
    def total(self) -> int:
        return len(self._inputs.items)

    @property
    def keys(self) -> tuple[str, ...]:
        """The items' names, in the order of the inputs."""
        return tuple(item.key for item in self._inputs.items)

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """Those there are, in the order of the inputs; the documents that could not be read come last."""
        found = self._journal.outcomes
        made = (found[item.key] for item in self._inputs.items if item.key in found)
        return (*made, *self._inputs.refused)

    @property
    def failures(self) -> tuple[Outcome, ...]:
        return tuple(outcome for outcome in self.outcomes if not outcome.is_good)

    @property
    def is_list(self) -> bool:
        """Whether there is more than one input, or none: then the result is a list."""
        return self.total + len(self._inputs.refused) != 1

    @property
    def done(self) -> int:
        """How many items have an outcome, good or bad."""
        return len(self._journal.outcomes)

    @property
    def is_complete(self) -> bool:
        return self.done == self.total

    def run(self, jobs: int = 1, first: int | None = None) -> LoadedRun:
        """Ask for every item that has no good outcome yet, or only for the `first` few items."""
        items = self._inputs.items[:first]
        today = datetime.now().astimezone().date()
        return LoadedRun(self._models, BatchRun(self._plan, items, self._journal, self._engine, today, jobs))

    def value(self, outcome: Outcome) -> JsonValue:
        """What a good outcome says."""
        from app.structured.check import check

        return check(self._plan.format, outcome.text).value

    def file(self, kind: FileKind, *, with_source: bool = False) -> ResultFile:
        """The answers that are there, in the order of the inputs."""
        keys = [outcome.key for outcome in self.outcomes if outcome.is_good]
        values = [self.value(outcome) for outcome in self.outcomes if outcome.is_good]
        if with_source:
            values = [_with_source(key, value) for key, value in zip(keys, values, strict=True)]
        losses = (Loss(key, replaced_in(value, kind)) for key, value in zip(keys, values, strict=True))
        content = file_of(values, kind, self._plan.format.name, is_list=self.is_list)
        return ResultFile(content, tuple(loss for loss in losses if loss.characters))

    def write(self, kind: FileKind, *, with_source: bool = False) -> tuple[Loss, ...]:
        """Write the result whole or not at all; once nothing failed the journal has served.

        Raises:
            DocumentNotWritable: nothing was written, and the journal still has everything.
        """
        assert self._result is not None
        file = self.file(kind, with_source=with_source)
        write_document(self._result, file.content, replace=True)
        if self.is_complete and not self.failures:
            self._journal.remove()
        self.close()
        return file.losses

    def close(self) -> None:
        """Leave the file to other runs; this one keeps no further outcomes."""
        self._journal.close()


class Batches:
    """May be used from any thread."""

    def __init__(self, engine: EngineClient, models: Models) -> None:
        self._engine = engine
        self._models = models

    def inputs(self, paths: Sequence[Path], prompt: str) -> Inputs:
        """Documents, folders of documents, or, where the prompt names columns, tables of rows.

        A document that cannot be read is refused by itself; a table or a folder that cannot be, wholly.

        Raises:
            DocumentError: a folder or a table cannot be read, or lacks a column the prompt names.
        """
        if columns_in(prompt):
            items = tuple(item for path in dict.fromkeys(paths) for item in _rows(path, prompt))
            return Inputs(items, by_row=True)
        documents, left_out = _documents(paths)
        read = [_read(path) for path in documents]
        items = tuple(one for one in read if isinstance(one, Item))
        return Inputs(items, tuple(one for one in read if isinstance(one, Outcome)), left_out)

    def piped_input(self, stream: BinaryIO, name: str, prompt: str) -> Inputs:
        """One text that comes through a pipe; `name` is what people call that.

        Raises:
            DocumentError: it cannot be read, or the prompt names columns, of which a text has none.
        """
        check_columns(prompt, (), Path(name))
        return Inputs((Item(PIPED, read_stream(stream, name)),))

    def plan(self, prompt: str, inputs: Inputs, answer_format: AnswerFormat, sampling: Sampling) -> BatchPlan:
        """What is asked of every item. Raises SchemaRefused where no answer could fit."""
        accept_format(answer_format)
        instructions = "" if inputs.by_row else clean_text(prompt) or DEFAULT_PROMPT
        return BatchPlan(instructions, answer_format, sampling)

    def require_free(
        self, result: Path | None, inputs: Inputs, *, resume: bool = False, replace: bool = False
    ) -> None:
        """See to it that a result may go into this file, before a model is loaded for nothing.

        Raises:
            DocumentMissing: there is no folder for it.
            DocumentExists: it is there and may neither be replaced nor gone on with.
            DocumentNotWritable: it is one of the inputs, or another run into it is under way.
        """
        if result is None:
            return
        if not os.path.isdir(result.parent):  # where Path's would raise on a folder that may not be entered
            raise DocumentMissing(path=str(result.parent))
        is_there = os.path.exists(result)
        if is_there and _is_input(result, inputs):
            raise DocumentNotWritable(path=str(result), reason=mark("it is one of the inputs"))
        Lock(result).release()
        if is_there and not replace and not (resume and journal_of(result).exists()):
            raise DocumentExists(path=str(result))

    def open(
        self,
        plan: BatchPlan,
        inputs: Inputs,
        result: Path | None,
        *,
        resume: bool = False,
        replace: bool = False,
    ) -> Batch:
        """A batch into the file `result`, or with None one that is kept in memory.

        Raises:
            DocumentMissing, DocumentExists, DocumentNotWritable: see `require_free`.
            BatchUnfinished, BatchDiffers, DocumentNotWritable: see `open_journal`.
            ModelError: the chosen model cannot be used.
        """
        self.require_free(result, inputs, resume=resume, replace=replace)
        model = self._models.chosen_name()
        journal = open_journal(result, plan, inputs.items, model, resume=resume, replace=replace)
        return Batch(plan, inputs, journal, result, self._engine, self._models)


def _is_input(result: Path, inputs: Inputs) -> bool:
    """Whether one of the documents or tables is the file for the result."""
    names = (item.key for item in inputs.items)
    paths = (Path(name.rpartition(":")[0] if inputs.by_row else name) for name in names)
    return any(path.exists() and path.samefile(result) for path in dict.fromkeys(paths))


def _documents(paths: Sequence[Path]) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """The documents named, each once, those of folders in their place; and what lies there besides."""
    documents: dict[Path, None] = {}
    left_out: list[Path] = []
    for path in paths:
        if path.is_dir():
            listing = list_documents(path)
            documents |= dict.fromkeys(listing.documents)
            left_out += [left.path for left in listing.left_out]
        else:
            documents[path] = None
    return tuple(documents), tuple(left_out)


def _read(path: Path) -> Item | Outcome:
    try:
        return Item(str(path), read_document(path))
    except DocumentError as error:
        return Outcome.of(str(path), error)


def _rows(path: Path, prompt: str) -> Iterator[Item]:
    rows = read_rows(path)
    check_columns(prompt, rows.columns, path)
    for row in rows:
        yield Item(f"{path}:{row.number}", clean_text(fill(prompt, row)))


def _with_source(key: str, value: JsonValue) -> JsonValue:
    return {SOURCE: key, **value} if isinstance(value, dict) else {SOURCE: key, "value": value}
