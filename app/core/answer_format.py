"""What an answer has to fit, a JSON Schema and the notation it is written in; and where it does not."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath


class Notation(StrEnum):
    """How an answer that fits a schema is written down."""

    JSON = "json"
    XML = "xml"
    TABLE = "table"
    """CSV with a header, for a schema of an array of flat objects."""
    CHOICE = "choice"
    """One of the schema's `enum`, bare."""


class FileKind(StrEnum):
    """What kind of file answers are kept in; the value is the suffix without its dot."""

    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    XML = "xml"

    @property
    def suffix(self) -> str:
        return f".{self.value}"

    @classmethod
    def of(cls, path: PurePath, otherwise: FileKind | None = None) -> FileKind:
        """The kind that a file's name tells, JSON where it tells none and nothing else is said."""
        return next((kind for kind in cls if kind.suffix == path.suffix.lower()), otherwise or cls.JSON)


@dataclass(frozen=True, slots=True)
class AnswerFormat:
    """`schema` is the JSON Schema as its author wrote it, JSON text; `name` is what people call it."""

    name: str
    schema: str
    notation: Notation = Notation.JSON


@dataclass(frozen=True, slots=True)
class Fault:
    """One place where a schema or an answer is not as it has to be.

    `path` is a JSONPath from the root `$`, such as `$.items[2].price`; `rule` names what is broken: a
    keyword of JSON Schema (`required`, `maximum`, `format`, ...) or a word of the part that found it
    (`syntax`, `duplicate`, ...); `detail` is that rule's value or the finder's words, in English.
    """

    path: str
    rule: str
    detail: str = ""
