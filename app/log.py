"""The program's log: a small rotating file, never holding what a person or the model wrote."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

from app.core.errors import ProfileNotWritable

ROOT = "alcove"
_LIMIT_BYTES = 1_000_000
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def logger(room: str) -> logging.Logger:
    """The logger of one room: `logger("engine").warning("child ended with %s", code)`."""
    return logging.getLogger(f"{ROOT}.{room}")


def keep_off_terminal() -> None:
    """What is logged before or without a `LogFile` goes nowhere; else Python prints warnings on stderr."""
    logging.getLogger(ROOT).addHandler(logging.NullHandler())


class LogFile:
    """Writes what the rooms log to `path` until closed; one older file of the same size is kept."""

    def __init__(self, path: Path) -> None:
        """Raises ProfileNotWritable where the file cannot be opened."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._handler = RotatingFileHandler(
                path, maxBytes=_LIMIT_BYTES, backupCount=1, encoding="utf-8", errors="backslashreplace"
            )
        except OSError as error:
            raise ProfileNotWritable(path=str(path), reason=error.strerror) from error
        self._handler.setFormatter(logging.Formatter(_FORMAT))
        root = logging.getLogger(ROOT)
        root.setLevel(logging.INFO)
        root.addHandler(self._handler)

    def close(self) -> None:
        logging.getLogger(ROOT).removeHandler(self._handler)
        self._handler.close()
