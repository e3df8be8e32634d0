"""Version 2: the format a chat's answers have to fit, the one each answer had to, and where it does not."""

from __future__ import annotations

import apsw

_COLUMNS = """
ALTER TABLE conversation ADD COLUMN format TEXT NOT NULL DEFAULT '';
ALTER TABLE message ADD COLUMN format TEXT NOT NULL DEFAULT '';
ALTER TABLE message ADD COLUMN faults TEXT NOT NULL DEFAULT '';
"""


def migrate(connection: apsw.Connection) -> None:
    connection.execute(_COLUMNS)
