"""Every version of the database's shape, oldest first; appended to, never changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import apsw

from app.storage.migrations import m001_initial, m002_answer_format

Migration = Callable[[apsw.Connection], None]

MIGRATIONS: Final[tuple[Migration, ...]] = (m001_initial.migrate, m002_answer_format.migrate)
"""The n-th one leads from version n - 1 to version n."""
