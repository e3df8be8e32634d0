"""A prompt with places for the columns of a table: `{{column}}`.

White space within the braces does not count. `{{{{` stands for two braces that are not the beginning of a
place; braces that are never closed stand for themselves. What a row says is put in as it is: braces in it
mean nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from app.core.errors import ColumnMissing
from app.documents.rows import Row

_PLACE = re.compile(r"\{\{(?:(\{\{)|([^{}]*)\}\})")


def columns_in(template: str) -> tuple[str, ...]:
    """The columns that a template names, each once, in order."""
    found = (match[2].strip() for match in _PLACE.finditer(template) if match[1] is None)
    return tuple(dict.fromkeys(found))


def check_columns(template: str, columns: Collection[str], path: Path) -> None:
    """To be called with the columns of the table at `path`, before its first row is worked on.

    Raises:
        ColumnMissing: the template names one that is not there.
    """
    for column in columns_in(template):
        if column not in columns:
            raise ColumnMissing(path=str(path), column=column)


def fill(template: str, row: Row) -> str:
    """The prompt for one row; a column that the row lacks is empty."""
    return _PLACE.sub(lambda match: "{{" if match[1] else row.values.get(match[2].strip(), ""), template)
