"""The strictness of conftest is real: each of these small offences fails, and an honest test passes."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.helpers.app_map import ROOT

HONEST = """
import logging, pytest

@pytest.mark.logs("as announced")
def test_honest():
    logging.getLogger("alcove.x").warning("as announced")
"""

OFFENCES = """
import logging, socket, subprocess, sys, threading, time, warnings
import pytest

def test_warns():
    warnings.warn("old")

def test_logs_a_warning():
    logging.getLogger("alcove.x").warning("odd")

@pytest.mark.logs("never said")
def test_does_not_log_what_it_announces():
    pass

def test_leaves_a_thread():
    threading.Thread(target=time.sleep, args=(4,)).start()

def test_leaves_a_process():
    test_leaves_a_process.kept = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])

def test_leaves_a_timer(qapp):
    from PySide6.QtCore import QTimer
    test_leaves_a_timer.kept = QTimer(interval=1000)
    test_leaves_a_timer.kept.start()

def test_warns_through_qt(qapp):
    from PySide6.QtCore import qWarning
    qWarning("odd")

def test_looks_up_a_name():
    socket.getaddrinfo("example.org", 80)

def test_connects_outside():
    with socket.socket() as outside:
        outside.connect(("192.0.2.1", 80))
"""


UNIT = """
import subprocess

def test_starts_a_process():
    subprocess.run(["true"])
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What pytest tells of the three files below, run with our conftest."""
    folder = tmp_path_factory.mktemp("strict")
    files = {"test_honest.py": HONEST, "test_offences.py": OFFENCES, "unit/test_unit.py": UNIT}
    for name, source in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(source, "utf-8")
    words = [sys.executable, "-m", "pytest", "-c", "pyproject.toml", "--rootdir", ".", "-p", "tests.conftest"]
    words += ["-p", "no:cacheprovider", "-q", str(folder)]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False).stdout


def test_an_honest_test_passes(told: str) -> None:
    assert told.startswith(".")
    assert "test_honest.py::" not in told


def test_every_offence_fails(told: str) -> None:
    names = re.findall(r"def (test_\w+)", OFFENCES + UNIT)
    assert [name for name in names if f"::{name}" not in told] == [], told[-3000:]
    assert "its place is tests/engine" in told
