"""How quickly `--help` is there, next to a Python that only starts and reads a command line."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Sequence

from tests.benchmarks.report import row
from tests.helpers.program import MAIN

ROUNDS = 9
REACH = 4.0
BARE = [sys.executable, "-c", "import argparse; argparse.ArgumentParser().parse_args(['--help'])"]


def cpu_s(command: Sequence[str]) -> float:
    """Processor time of one run: other work on this machine does not count."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    pairs = [(cpu_s(BARE), cpu_s([*MAIN, "--help"])) for _ in range(ROUNDS)]
    bare_s, help_s = (min(times) for times in zip(*pairs, strict=True))
    row(
        "`--help` / a bare command line in Python, processor time",
        f"<= {REACH:g}",
        f"{help_s / bare_s:.2f} ({help_s * 1000:.0f} / {bare_s * 1000:.0f} ms)",
        help_s <= REACH * bare_s,
    )


if __name__ == "__main__":
    main()
