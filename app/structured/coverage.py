"""What of a schema is enforced while sampling, what only by the check of an answer, what by neither."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Keyword:
    """One keyword of a schema; `path` is the JSONPath of the object it stands in."""

    path: str
    name: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """`checked` keywords are enforced only by the check of a finished answer; `ignored` ones, such as a
    `format` that is not known, neither by the grammar nor by the check."""

    checked: tuple[Keyword, ...] = ()
    ignored: tuple[Keyword, ...] = ()

    @property
    def is_full(self) -> bool:
        """Every keyword that says something about values is enforced while sampling."""
        return not self.checked
