"""A killed program loses no acknowledged message and at most a second of the answer being written."""

from __future__ import annotations

import random
import signal
from pathlib import Path

import pytest

from tests.helpers.killing import kill_once, prepare

KILLS = 10


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL")
def test_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    script = prepare(tmp_path)
    dice = random.Random()
    losses = [kill_once(tmp_path, script, dice.uniform(0.0, 1.8)) for _ in range(KILLS)]
    assert sum(loss.acknowledged for loss in losses) > KILLS
    assert [loss.messages for loss in losses] == [0] * KILLS
    assert [loss.unmarked for loss in losses] == [0] * KILLS
    assert max(loss.text_s for loss in losses) <= 1.0
    assert all(loss.is_sound for loss in losses)
