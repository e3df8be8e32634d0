"""The journal of a batch: every outcome on disk as soon as it is there, so that nothing is done twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple
from pathlib import Path
from typing import Any

from app.core.answer_format import Fault
from app.core.batch import BatchPlan, Item, Outcome
from app.core.errors import BatchDiffers, BatchUnfinished, DocumentNotWritable, DocumentUnreadable
from app.documents.atomic import append_line
from app.documents.lock import Lock

ENDING = ".alcove-batch"
"""What is added to the name of the result for its journal, which lies beside it until all is done."""


class Journal:
    """Outcomes of one batch by item; `path` None keeps them in memory alone.

    `lock` keeps every other run out of the file until this one is closed.
    """

    def __init__(self, path: Path | None, items: Sequence[Item], lock: Lock | None = None) -> None:
        self._path = path
        self._lock = lock
        self._hashes = {item.key: _sha256(item.text) for item in items}
        self._outcomes: dict[str, Outcome] = {}

    @property
    def outcomes(self) -> Mapping[str, Outcome]:
        """The newest outcome of every item that has one."""
        return self._outcomes

    def add(self, outcome: Outcome) -> None:
        """Keep an outcome, durably.

        Raises:
            DocumentNotWritable: it could not be kept.
        """
        if self._path is not None:
            kept = {**asdict(outcome), "item_sha256": self._hashes[outcome.key]}
            append_line(self._path, json.dumps(kept, ensure_ascii=False))
        self._outcomes[outcome.key] = outcome

    def read(self, lines: Sequence[Any]) -> None:
        """Take what was kept of items that are still the same."""
        for values in lines:
            if values.pop("item_sha256") == self._hashes.get(values["key"]):
                faults = tuple(Fault(**fault) for fault in values.pop("faults"))
                self._outcomes[values["key"]] = Outcome(faults=faults, **values)

    def remove(self) -> None:
        """All is done and written: the journal has served.

        Raises:
            DocumentNotWritable: it cannot be removed; the result is there all the same.
        """
        if self._path is not None:
            _remove(self._path)

    def close(self) -> None:
        """Nothing more is added: another run may go on with it."""
        if self._lock is not None:
            self._lock.release()


def journal_of(result: Path) -> Path:
    """Where the journal of a run into the file `result` lies."""
    return result.with_name(result.name + ENDING)


def open_journal(
    result: Path | None, plan: BatchPlan, items: Sequence[Item], model: str, *, resume: bool, replace: bool
) -> Journal:
    """The journal beside the file `result`: a new one, or with `resume` that of a run that was not finished.

    What a run asks has to be the same to be gone on with. How its file is written does not count: its kind,
    and whether it tells the source of each answer, are chosen anew each time.

    Raises:
        BatchUnfinished: there is one, and nobody said what to do with it.
        BatchDiffers: it is of a run that asked something else, or makes no sense any more.
        DocumentNotWritable, DocumentUnreadable: another run has it, or it cannot be written or read.
    """
    if result is None:
        return Journal(None, items)
    lock = Lock(result)
    try:
        journal = Journal(journal_of(result), items, lock)
        _begin(journal, result, _sha256(repr((astuple(plan), model))), resume=resume, replace=replace)
    except BaseException:
        lock.release()
        raise
    return journal


def _begin(journal: Journal, result: Path, plan_sha256: str, *, resume: bool, replace: bool) -> None:
    """Take what an earlier run kept, or begin the file."""
    path, head = journal_of(result), {"plan_sha256": plan_sha256}
    lines = _lines(path)
    if lines and resume:
        if lines[0] != head:
            raise BatchDiffers(path=str(result))
        try:
            journal.read(lines[1:])
        except (KeyError, TypeError, AttributeError) as error:  # lines that no version of ours writes
            raise BatchDiffers(path=str(result)) from error
    elif lines and not replace:
        raise BatchUnfinished(path=str(result))
    else:
        _remove(path)
        append_line(path, json.dumps(head))


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise DocumentNotWritable(path=str(path), reason=error.strerror or str(error)) from error


def _lines(path: Path) -> list[Any]:
    """What was kept; a last line that a killed program left torn was never kept."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise DocumentUnreadable(path=str(path), reason=error.strerror or str(error)) from error
    *whole, torn = content.split(b"\n")
    try:
        lines = [json.loads(line) for line in whole if line]
    except ValueError as error:
        raise DocumentUnreadable(path=str(path), reason=str(error)) from error
    try:
        return [*lines, json.loads(torn)] if torn else lines
    except ValueError:
        return lines


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
