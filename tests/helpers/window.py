"""The real window over a real database in a folder, with an engine that plays a script."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gguf
import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.assembly import Alcove, assemble
from app.ui.actions import Command
from app.ui.application import Program
from app.ui.models.trust import TrustBox
from app.userdata import SettingsFile, places
from tests.helpers.scripted import scripted_command

SHAPE = {
    "block_count": 2,
    "context_length": 8192,
    "embedding_length": 64,
    "attention.head_count": 16,
    "attention.head_count_kv": 8,
    "attention.key_length": 32,
    "attention.sliding_window": 128,
    "expert_count": 4,
    "expert_used_count": 2,
    "expert_feed_forward_length": 64,
}


def write_tiny_model(path: Path, architecture: str = "gpt-oss") -> Path:
    """A header that says gpt-oss; the scripted engine reads no more of it."""
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_name("Tiny")
    for name, value in SHAPE.items():
        writer.add_uint32(f"gpt-oss.{name}", value)
    writer.add_token_list(["a", "b"])
    writer.add_tensor("token_embd.weight", np.zeros((2, 64), np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def prepare_profile(folder: Path, **settings: Any) -> None:
    """A profile whose settings choose a tiny model."""
    folder.mkdir(exist_ok=True)
    model = folder / "gpt-oss-20b.gguf"
    if not model.exists():
        write_tiny_model(model)
    chosen: dict[str, Any] = {"language": "en", "model": str(model), "recent_models": (str(model),)}
    SettingsFile(places(folder).settings).change(**{**chosen, **settings})


def fill_profile(folder: Path, fill: Callable[[Alcove], None], *answers: dict[str, Any]) -> None:
    """Let `fill` write into the profile before the window is opened over it."""
    prepare_profile(folder)
    alcove = assemble(folder, storage="write", engine_command=scripted_command(folder, *answers))
    fill(alcove)
    alcove.close()


def open_window(
    application: QApplication,
    folder: Path,
    *answers: dict[str, Any],
    settings: dict[str, Any] | None = None,
    **script: Any,
) -> Program:
    """Open the window over the profile `folder`, with an engine that plays these answers."""
    prepare_profile(folder, **(settings or {}))
    program = Program(application, folder, lambda: scripted_command(folder, *answers, **script))
    program.show()
    return program


def ask(program: Program, qtbot: QtBot, text: str, waits: bool = True) -> None:
    """Type and press Enter, as a person does."""
    field = program.window.page.composer.field
    if text.isascii():
        qtbot.keyClicks(field, text)
    else:
        field.insertPlainText(text)  # QTest has no keys for it
    qtbot.keyClick(field, Qt.Key.Key_Return)
    if waits:
        wait_for_answer(program, qtbot)


def wait_for_answer(program: Program, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: is_idle(program) and bool(program.window.session.path), timeout=10_000)


def is_idle(program: Program) -> bool:
    session = program.window.session
    return not session.is_sending and not session.is_answering


def texts(program: Program) -> list[str]:
    return [message.text.strip() for message in program.window.session.path]


def give(program: Program, command: Command) -> None:
    program.window.actions_of[command].trigger()


def trust_box(program: Program, qtbot: QtBot) -> TrustBox:
    """The question about a file that nobody has verified, once it is asked."""

    def boxes() -> list[TrustBox]:
        return [box for box in program.window.findChildren(TrustBox) if box.isVisible()]

    qtbot.waitUntil(lambda: bool(boxes()), timeout=10_000)
    return boxes()[0]


def trust(program: Program, qtbot: QtBot) -> None:
    """Agree to load the file that is asked about."""
    qtbot.mouseClick(trust_box(program, qtbot).load, Qt.MouseButton.LeftButton)
