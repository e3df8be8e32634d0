"""One measured figure as a row: what it is, how far it must reach, what it was."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

ROWS_FILE = "ALCOVE_BENCHMARK_ROWS"
"""Names the file in which a benchmark started by `tests.benchmarks` leaves its rows."""


@dataclass(frozen=True, slots=True)
class Row:
    what: str
    reach: str
    measured: str
    ok: bool

    def __str__(self) -> str:
        return f"{'ok  ' if self.ok else 'MISS'}  {self.what:<72}  {self.reach:>16}  {self.measured}"


def row(what: str, reach: str, measured: str, ok: bool) -> None:
    """Print a figure, and keep it for the table at the end."""
    made = Row(what, reach, measured, ok)
    print(made, flush=True)
    if path := os.environ.get(ROWS_FILE):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(made)) + "\n")


def rows_in(path: Path) -> Iterator[Row]:
    """The rows that benchmarks left in this file."""
    if path.exists():
        for line in path.read_text("utf-8").splitlines():
            yield Row(**json.loads(line))


def table(rows: Iterable[Row]) -> str:
    """All rows below one headline."""
    head = f"      {'what':<72}  {'reach':>16}  measured"
    return "\n".join([head, "-" * 110, *map(str, rows)])
