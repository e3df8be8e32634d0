"""Where an answer comes from, written beside its file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from app.documents.atomic import write_document

PROVENANCE_SUFFIX = ".provenance.json"
SCHEMA_SUFFIX = ".schema.json"


@dataclass(frozen=True, slots=True)
class Provenance:
    """What it takes to ask for the same answer again, but for the question itself, which stays private.

    `model_sha256` is "" where the model's file was never hashed; `sampling` holds each parameter by its
    name; `schema` is JSON text, "" for an answer without one.
    """

    model: str
    model_sha256: str
    sampling: Mapping[str, float]
    prompt_sha256: str
    written_at: datetime
    schema: str = ""


def prompt_hash(prompt: str) -> str:
    """The SHA-256 of a prompt's UTF-8, in hexadecimal digits."""
    return hashlib.sha256(prompt.encode("utf-8", "replace")).hexdigest()


def write_beside(path: Path, provenance: Provenance, *, replace: bool = False) -> tuple[Path, ...]:
    """Write `NAME.provenance.json` and, if there is a schema, `NAME.schema.json` beside the file NAME.

    Raises:
        DocumentExists, DocumentNotWritable: as `write_document` does.
    """
    told = asdict(provenance) | {"written_at": provenance.written_at.isoformat(timespec="seconds")}
    schema = told.pop("schema")
    files = {path.with_name(path.name + PROVENANCE_SUFFIX): json.dumps(told, ensure_ascii=False, indent=2)}
    if schema:
        files[path.with_name(path.name + SCHEMA_SUFFIX)] = schema
    for beside, text in files.items():
        write_document(beside, text.rstrip("\n").encode("utf-8", "backslashreplace") + b"\n", replace=replace)
    return tuple(files)
