"""An export that is killed leaves whole files, and the next one nothing else."""

from __future__ import annotations

import random

from tests.helpers.export_killing import kill_once


def test_killed_exports_leave_nothing_torn_and_nothing_behind(tmp_path):
    dice = random.Random()
    hits = run = 0
    while hits < 4:
        remains = kill_once(tmp_path / "out", run, dice.uniform(0.0, 0.08))
        assert (remains.torn, remains.lost, remains.leftovers) == (0, 0, 0)
        hits += remains.was_writing
        run += 1
