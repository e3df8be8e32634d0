"""SIGKILL at random moments while an answer streams: what is lost."""

from __future__ import annotations

import argparse
import random
import tempfile
from pathlib import Path

from tests.benchmarks.report import row
from tests.helpers.killing import kill_once, prepare

KILLS = 300


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=KILLS)
    kills = parser.parse_args().kills
    dice = random.Random()
    with tempfile.TemporaryDirectory() as folder:
        script = prepare(Path(folder))
        losses = [kill_once(Path(folder), script, dice.uniform(0.0, 1.8)) for _ in range(kills)]
    lost = sum(loss.messages + loss.unmarked for loss in losses)
    acknowledged = sum(loss.acknowledged for loss in losses)
    text_s = max(loss.text_s for loss in losses)
    row(
        f"kill -9 at random moments while streaming, {kills} times: acknowledged messages lost",
        "0, at most 1 s of answer",
        f"{lost} of {acknowledged}, {text_s:.2f} s",
        lost == 0 and text_s <= 1.0 and all(loss.is_sound for loss in losses),
    )


if __name__ == "__main__":
    main()
