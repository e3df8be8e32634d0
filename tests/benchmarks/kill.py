"""SIGKILL at random moments while an answer streams: what is lost."""

from __future__ import annotations

import argparse
import random
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.benchmarks.report import row
from tests.helpers.killing import Loss, kill_once, prepare

KILLS = 300
PROFILES = 3
"""Killed side by side: most of the time is waiting."""


def kill_again_and_again(profile: Path, kills: int) -> list[Loss]:
    script = prepare(profile)
    dice = random.Random()
    return [kill_once(profile, script, dice.uniform(0.0, 1.8)) for _ in range(kills)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=KILLS)
    each = -(-parser.parse_args().kills // PROFILES)
    kills = each * PROFILES
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(PROFILES) as pool:
        profiles = [Path(folder) / str(number) for number in range(PROFILES)]
        parts = pool.map(kill_again_and_again, profiles, [each] * PROFILES)
        losses = [loss for part in parts for loss in part]
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
