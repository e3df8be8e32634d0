"""First paint of the window over that of a bare PySide6 window with one label: whole processes, in turns."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from app.userdata import SettingsFile, places
from tests.benchmarks.report import row
from tests.helpers.screen import PLATFORM

REACH = 2.5
ROUNDS = 9

BARE = """
import sys, time
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow

class Label(QLabel):
    def paintEvent(self, event):
        super().paintEvent(event)
        sys.stdout.write(f"{time.time()}\\n")
        QApplication.instance().exit()

application = QApplication([])
window = QMainWindow()
window.setCentralWidget(Label("Hello"))
window.resize(1280, 800)
window.show()
application.exec()
"""

ALCOVE = """
import sys, time
from pathlib import Path
from PySide6.QtCore import QEvent, QObject
from app.launch import engine_command
from app.ui.application import run

class FirstPaint(QObject):
    def eventFilter(self, watched, event):
        if event.type() is QEvent.Type.Paint and self.at is None:
            self.at = time.time()
            sys.stdout.write(f"{self.at}\\n")
            watched.window().close()
        return False
    at = None

def watch(program):
    program.watch = FirstPaint()
    program.window.page.composer.installEventFilter(program.watch)

run(Path(sys.argv[1]), engine_command, on_shown=watch)
"""


def first_paint_s(code: str, *arguments: str) -> float:
    """Seconds from starting the process to the first paint it reports."""
    environment = {"QT_QPA_PLATFORM": PLATFORM, **os.environ}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # both run compiled, as they do for a person
    started = time.time()
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env=environment,
        timeout=60,
    )
    return float(done.stdout.split()[0]) - started


def measure(rounds: int = ROUNDS) -> tuple[float, float]:
    """The quickest of each in seconds: (bare window, Alcove), as other load only ever adds time.

    The first round only warms the disk cache.
    """
    bare, alcove = [], []
    with tempfile.TemporaryDirectory() as folder:
        profile = Path(folder) / "profile"
        profile.mkdir()
        SettingsFile(places(profile).settings).change(welcomed=True)  # not the screen of a first run
        for _ in range(rounds + 1):
            bare.append(first_paint_s(BARE))
            alcove.append(first_paint_s(ALCOVE, str(profile)))
    return min(bare[1:]), min(alcove[1:])


def main() -> None:
    bare_s, alcove_s = measure()
    ratio = alcove_s / bare_s
    row(
        "first paint of the window / a bare PySide6 window with one label",
        f"<= {REACH}",
        f"{ratio:.2f} ({alcove_s * 1000:.0f} / {bare_s * 1000:.0f} ms)",
        ratio <= REACH,
    )


if __name__ == "__main__":
    main()
