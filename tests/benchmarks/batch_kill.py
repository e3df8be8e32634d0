"""SIGKILL at random moments of a batch, each time gone on with: what is lost, done twice or torn."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

from tests.benchmarks.report import row
from tests.helpers.batch_killing import Damage, kill_until_done

BATCHES, KILLS, DOCUMENTS = 5, 10, 40


def main() -> None:
    dice = random.Random()
    total = Damage()
    for _ in range(BATCHES):
        with tempfile.TemporaryDirectory() as folder:
            damage = kill_until_done(Path(folder), DOCUMENTS, KILLS, dice)
        total.kills += damage.kills
        total.lost += damage.lost
        total.twice += damage.twice
        total.torn += damage.torn
    row(
        f"batch killed {total.kills} times: items lost, done twice, torn files",
        "0, 0, 0",
        f"{total.lost}, {total.twice}, {total.torn}",
        (total.lost, total.twice, total.torn) == (0, 0, 0),
    )


if __name__ == "__main__":
    main()
