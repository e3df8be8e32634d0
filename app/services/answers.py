"""Answers kept as files: saved under a name, or added to a file that grows."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from app.core.answer_format import FileKind
from app.core.conversation import Conversation
from app.core.errors import NotFound
from app.core.message import Message, Role
from app.documents.atomic import append_line, write_document
from app.documents.files import file_of, line_of
from app.documents.names import safe_name
from app.documents.provenance import Provenance, prompt_hash, write_beside
from app.services.fitting import value_of
from app.services.models import Models
from app.services.transfer import Transfers
from app.structured.json_text import JsonValue


class Answers:
    """May be used from any thread. Only an answer that fits its format is kept as a file."""

    def __init__(self, models: Models, transfers: Transfers, clock: Callable[[], float] = time.time) -> None:
        self._models = models
        self._transfers = transfers
        self._clock = clock

    def suggest_name(self, message: Message, kind: FileKind, title: str = "") -> str:
        """A file name that every system accepts, after the chat's title or else the format's name."""
        return safe_name(title or _name(message), kind.suffix)

    def save(self, message: Message, path: Path, kind: FileKind, *, replace: bool = False) -> None:
        """Write the answer's value into a file, whole or not at all.

        Raises:
            NotFound: the answer does not fit its format.
            DocumentExists, DocumentNotWritable: nothing was written.
        """
        write_document(path, file_of([_value(message)], kind, _name(message)), replace=replace)

    def append(self, message: Message, path: Path) -> None:
        """Add the answer's value to a JSONL file as one line, which is never seen torn.

        Raises:
            NotFound: the answer does not fit its format.
            DocumentNotWritable: nothing was added.
        """
        append_line(path, line_of(_value(message)))

    def save_provenance(self, conversation: Conversation, message: Message, path: Path) -> None:
        """Write beside the file `path` where its answer comes from, and its schema.

        A model's file that was never verified is read through, which takes a while where it is large.

        Raises:
            DocumentNotWritable: something of it could not be written.
        """
        model_file = self._models.file_of(message.model)
        options, before = conversation.options, conversation.path_to(message.parent_id)
        prompt = "\n\n".join((options.instructions, *(m.text for m in before if m.role is Role.USER)))
        provenance = Provenance(
            model=message.model,
            model_sha256=self._transfers.sha256(model_file) if model_file else "",
            sampling=asdict(options.sampling),
            prompt_sha256=prompt_hash(prompt),
            written_at=datetime.fromtimestamp(self._clock(), UTC),
            schema=message.format.schema if message.format else "",
        )
        write_beside(path, provenance, replace=True)


def _name(message: Message) -> str:
    return message.format.name if message.format else ""


def _value(message: Message) -> JsonValue:
    if not message.fits:
        raise NotFound(what="answer")
    return value_of(message)
