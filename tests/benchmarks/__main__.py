"""Run the benchmarks, each in its own process, and print one table; exit 1 if a figure misses its reach."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks import report, synthetic_model

FOLDER = Path(__file__).parent
NOT_MEASURING = {"__init__", "__main__", "report", "synthetic_model"}


def names() -> list[str]:
    """Every module here that measures something."""
    return sorted({path.stem for path in FOLDER.glob("*.py")} - NOT_MEASURING)


def run(name: str, rows: Path) -> report.Row | None:
    """Run one benchmark; a row that tells of it if it broke down."""
    print(f"\n{name}", flush=True)
    words = [sys.executable, "-m", f"tests.benchmarks.{name}"]
    surroundings = {**os.environ, report.ROWS_FILE: str(rows)}
    done = subprocess.run(words, cwd=FOLDER.parents[1], env=surroundings, check=False)
    return report.Row(name, "runs to its end", f"exit {done.returncode}", False) if done.returncode else None


def main() -> int:
    parser = argparse.ArgumentParser(prog="poe bench", description=__doc__)
    parser.add_argument("name", nargs="*", help=f"which (default: all): {', '.join(names())}")
    chosen = parser.parse_args().name or names()
    if unknown := set(chosen) - set(names()):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    print(f"4-layer cut: {synthetic_model.cached(synthetic_model.CUT)}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rows.jsonl"
        broken = [row for name in chosen if (row := run(name, file))]
        rows = [*report.rows_in(file), *broken]
    print(f"\n{report.table(rows)}")
    return 0 if all(row.ok for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
