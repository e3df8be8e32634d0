"""From a key to its paint in the composer while prose or JSON streams into a chat of 200 messages."""

from __future__ import annotations

import json
import random
import statistics
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.core.answer_format import AnswerFormat
from tests.benchmarks.open_chat import p95, wait_for
from tests.benchmarks.report import row
from tests.helpers import screen
from tests.helpers.rich_chat import ANSWER, write_chat
from tests.helpers.window import SHAPE, open_window

REACH_MS = 8
MESSAGES = 200
KEYS = 300
PAUSE_S = 0.06
ROOM_TOKENS = 131_072
JSON_ROWS = 600
SCHEMA = '{"type": "object", "properties": {"title": {}, "notes": {}, "rows": {"type": "array"}}}'


class Keys:
    """Sends keys from a thread of its own, at times of its own: they wait while the window is busy."""

    def __init__(self, field: QWidget, count: int) -> None:
        self._field = field
        self._count = count
        self.sent: list[float] = []
        self._thread = threading.Thread(target=self._send)
        self._thread.start()

    @property
    def is_done(self) -> bool:
        return not self._thread.is_alive()

    def _send(self) -> None:
        dice = random.Random(7)
        for number in range(self._count):
            time.sleep(PAUSE_S * dice.uniform(0.6, 1.4))
            text = "abcdefghij "[number % 11]
            key = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier, text)
            self.sent.append(time.perf_counter())
            QCoreApplication.postEvent(self._field, key)


class Paints(QObject):
    """When the field had been painted, once for each key it took; keys in one frame share a paint."""

    def __init__(self, field: QWidget) -> None:
        super().__init__()
        self.ends: list[float] = []
        self._waiting = 0
        field.textChanged.connect(self._changed)  # type: ignore[attr-defined]
        field.viewport().installEventFilter(self)  # type: ignore[attr-defined]

    def _changed(self) -> None:
        self._waiting += 1

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint and self._waiting and isinstance(watched, QWidget):
            watched.removeEventFilter(self)
            QApplication.sendEvent(watched, event)
            watched.installEventFilter(self)
            self.ends += [time.perf_counter()] * self._waiting
            self._waiting = 0
            return True
        return False


def prose() -> str:
    return ANSWER.replace("{n}", "0") * 40


def json_text() -> str:
    """An object that grows to thousands of rows of the tree."""
    rows = [
        {"name": f"Item {n}", "price": n * 1.25, "note": "some words " * (n % 5)} for n in range(JSON_ROWS)
    ]
    return json.dumps({"title": "Price list", "notes": "a few words " * 40, "rows": rows})


def measure(keys: int, messages: int, text: str, answer_format: AnswerFormat | None = None) -> list[float]:
    """Milliseconds from sending each key until the field was painted with it."""
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    answer = {"reasoning": "Let me think.", "final": text, "tokens_per_s": 100}
    with tempfile.TemporaryDirectory() as folder, patch.dict(SHAPE, context_length=ROOM_TOKENS):
        profile = Path(folder) / "profile"
        chat = write_chat(profile, "Long", messages)
        room = {"context_tokens": ROOM_TOKENS}
        program = open_window(application, profile, answer, settings=room, **room)
        took = _type_while_streaming(program.window, chat, keys, answer_format)
        program.close()
    return took


def _type_while_streaming(
    window: Any, chat: int, count: int, answer_format: AnswerFormat | None
) -> list[float]:
    wait_for(lambda: window.loading.is_ready)
    window.session.open(chat)
    wait_for(lambda: window.session.conversation_id == chat)
    window.session.set_options(replace(window.session.options, format=answer_format))
    window.session.send("Go on")
    wait_for(lambda: window.session.is_answering)
    QTest.qWait(2000)
    field = window.page.composer.field
    field.setFocus()
    paints = Paints(field)
    keys = Keys(field, count)
    wait_for(lambda: keys.is_done and len(paints.ends) >= count, count * PAUSE_S * 3)
    assert window.session.is_answering
    return [(end - start) * 1000 for start, end in zip(keys.sent, paints.ends, strict=True)]


def main() -> None:
    screen.use_where_there_is_none()
    for name, text, answer_format in (
        ("tokens/s", prose(), None),
        ("tokens/s of JSON", json_text(), AnswerFormat("Prices", SCHEMA)),
    ):
        took = measure(KEYS, MESSAGES, text, answer_format)
        measured = f"{p95(took):.1f} ms (median {statistics.median(took):.1f}, {len(took)} keys)"
        what = f"keystroke to paint while 100 {name} stream into a {MESSAGES}-message chat, p95"
        row(what, f"<= {REACH_MS} ms", measured, p95(took) <= REACH_MS)


if __name__ == "__main__":
    main()
