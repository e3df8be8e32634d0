"""From choosing a chat of 1,000 messages of rich Markdown to its first paint, in the real window."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.benchmarks.report import row
from tests.helpers import screen
from tests.helpers.rich_chat import write_chat
from tests.helpers.window import open_window

REACH_MS = 200
MESSAGES = 1000
ROUNDS = 40


class Painted(QObject):
    """When the last paint event came to the widget it watches."""

    at = 0.0

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint:
            self.at = time.perf_counter()
        return False


def measure(rounds: int, messages: int) -> list[float]:
    """Milliseconds, one by one; two such chats are opened in turns, each time from the database."""
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    with tempfile.TemporaryDirectory() as folder:
        profile = Path(folder) / "profile"
        ids = [write_chat(profile, title, messages) for title in ("One", "Other")]
        program = open_window(application, profile)
        wait_for(lambda: program.window.loading.is_ready)
        took = [_open(program.window, ids[turn % 2]) for turn in range(rounds + 2)]
        program.close()
    return took[2:]


def _open(window: QObject, conversation_id: int) -> float:
    transcript = window.page.transcript  # type: ignore[attr-defined]
    session = window.session  # type: ignore[attr-defined]
    painted = Painted()
    started = time.perf_counter()
    shown: list[float] = []
    session.shown.connect(lambda _: shown.append(time.perf_counter()))
    transcript.viewport().installEventFilter(painted)
    session.open(conversation_id)
    wait_for(lambda: bool(shown) and painted.at > shown[0])
    transcript.viewport().removeEventFilter(painted)
    QTest.qWait(50)
    return (painted.at - started) * 1000


def wait_for(condition: Callable[[], bool], patience_s: float = 30.0) -> None:
    """Let the window live until something is so."""
    loop, look, patience = QEventLoop(), QTimer(), QTimer()
    look.timeout.connect(lambda: loop.quit() if condition() else None)
    patience.timeout.connect(lambda: loop.exit(1))
    look.start(2)
    patience.start(round(patience_s * 1000))
    if loop.exec():
        raise TimeoutError


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def main() -> None:
    screen.use_where_there_is_none()
    took = measure(ROUNDS, MESSAGES)
    measured = f"{p95(took):.0f} ms (median {statistics.median(took):.0f}, {len(took)} times)"
    row(f"open a {MESSAGES:,}-message chat, p95", f"<= {REACH_MS} ms", measured, p95(took) <= REACH_MS)


if __name__ == "__main__":
    main()
