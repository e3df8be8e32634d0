"""A display that is there is found; without a window system nothing is tried that ends the process."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.helpers.program import ROOT, environment

LOOK = [sys.executable, "-c", "from app.ui.display import find_display; find_display()"]


@pytest.fixture
def xvfb() -> Iterator[str]:
    """A display server; gives its address."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL) as server:
        os.close(writing)
        yield f":{os.read(reading, 16).decode().strip()}"
        server.terminate()
    os.close(reading)


@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="needs Xvfb")
def test_a_display_that_answers_is_found(xvfb: str) -> None:
    env = environment(DISPLAY=xvfb, WAYLAND_DISPLAY=None, QT_QPA_PLATFORM=None)
    done = subprocess.run(LOOK, env=env, cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, False),
        ({"WAYLAND_DISPLAY": "wayland-99", "XDG_RUNTIME_DIR": "/nowhere"}, False),
        ({"WAYLAND_DISPLAY": "wayland-99", "XDG_RUNTIME_DIR": None}, False),
        ({"DISPLAY": ":9876", "WAYLAND_DISPLAY": "wayland-99"}, False),
        ({"DISPLAY": ":9876", "QT_QPA_PLATFORM": "xcb"}, False),
        ({"QT_QPA_PLATFORM": "offscreen"}, True),
    ],
)
def test_only_a_display_that_answers_counts(changes: dict[str, str | None], found: bool) -> None:
    none = {"DISPLAY": None, "WAYLAND_DISPLAY": None, "QT_QPA_PLATFORM": None}
    done = subprocess.run(
        LOOK, env=environment(**{**none, **changes}), cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode == 0) is found
    assert found or "NoDisplay(reason=" in done.stderr
