"""Many documents at once: set up, previewed, run, paused, gone on with; nothing replaced or lost unasked."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot

from app.core.answer_format import AnswerFormat
from app.documents.lock import Lock
from app.services.journal import ENDING
from app.ui.actions import Command
from app.ui.batch.dialog import BatchDialog
from app.ui.batch.foot import Stage
from tests.helpers.window import give

NAME = AnswerFormat(
    "Name",
    '{"type":"object","properties":{"name":{"type":"string"},"n":{"type":"integer"}},'
    '"required":["name"],"additionalProperties":false}',
)
QUICK = {"final": '{"name":"Ann","n":1}', "tokens_per_s": 5000}
BAD = {"question": "number 2", "final": "no", "tokens_per_s": 5000}
STILL_BAD = {**BAD, "question": "does not fit"}


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    folder = tmp_path / "texts"
    folder.mkdir()
    for number in range(5):
        (folder / f"{number}.txt").write_text(f"This is number {number}.")
    return folder


def open_dialog(program: Any) -> BatchDialog:
    give(program, Command.BATCH)
    dialog = program.commands.batch
    assert dialog is not None and dialog.isVisible()
    return dialog


def set_up(dialog: BatchDialog, texts: Path, qtbot: QtBot, result: str = "out.csv") -> Path:
    dialog.setup.add([texts])
    qtbot.waitUntil(lambda: dialog.model.rowCount() > 0)
    dialog.setup.show_format(NAME)
    path = texts.parent / result
    dialog.setup.take_result(path)
    return path


def wait_for(dialog: BatchDialog, stage: Stage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: dialog._stage is stage, timeout=20_000)


def shown(dialog: BatchDialog) -> list[list[str]]:
    model = dialog.model
    return [
        [str(model.index(row, column).data()) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def test_a_folder_becomes_one_table(start: Any, qtbot: QtBot, texts: Path) -> None:
    dialog = open_dialog(start(QUICK))
    assert not dialog.foot.run.isEnabled()
    path = set_up(dialog, texts, qtbot)
    assert dialog.setup.count.text() == "5 documents"
    assert dialog.foot.run.isEnabled()
    qtbot.mouseClick(dialog.foot.run, Qt.MouseButton.LeftButton)
    wait_for(dialog, Stage.DONE, qtbot)
    rows = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
    assert rows == [["name", "n"], *[["Ann", "1"]] * 5]
    assert shown(dialog)[0] == ["0.txt", "Fits", "Ann", "1"]
    assert "Saved 5 answers in “out.csv”" in dialog.foot.words.text()
    assert not list(texts.parent.glob(f"*{ENDING}"))
    dialog.close()


def test_the_first_three_come_as_a_preview_and_then_the_rest(start: Any, qtbot: QtBot, texts: Path) -> None:
    dialog = open_dialog(start(QUICK))
    path = set_up(dialog, texts, qtbot)
    qtbot.mouseClick(dialog.foot.preview, Qt.MouseButton.LeftButton)
    wait_for(dialog, Stage.PAUSED, qtbot)
    assert [row[1] for row in shown(dialog)] == ["Fits"] * 3 + ["Waiting"] * 2
    assert "first 3 of 5" in dialog.foot.words.text() and not path.exists()
    qtbot.mouseClick(dialog.foot.rest, Qt.MouseButton.LeftButton)
    wait_for(dialog, Stage.DONE, qtbot)
    assert len(path.read_text("utf-8-sig").splitlines()) == 6
    dialog.close()


def test_a_pause_keeps_what_is_done_and_a_new_window_goes_on(start: Any, qtbot: QtBot, texts: Path) -> None:
    program = start({**QUICK, "tokens_per_s": 4})
    dialog = open_dialog(program)
    path = set_up(dialog, texts, qtbot, "out.jsonl")
    dialog.foot.run.click()
    qtbot.waitUntil(lambda: "Fits" in [row[1] for row in shown(dialog)], timeout=20_000)
    dialog.foot.pause.click()
    wait_for(dialog, Stage.PAUSED, qtbot)
    assert "nothing is lost" in dialog.foot.words.text()
    journal = path.with_name(path.name + ENDING)
    kept = len(journal.read_text().splitlines())
    assert kept >= 2 and not path.exists()
    dialog.setup.prompt.setText("")
    dialog._show_ready()
    dialog.foot.run.click()
    wait_for(dialog, Stage.UNFINISHED, qtbot)
    assert "was not finished" in dialog.foot.words.text()
    assert len(journal.read_text().splitlines()) == kept
    dialog.foot.resume.click()
    wait_for(dialog, Stage.DONE, qtbot)
    assert len(path.read_text().splitlines()) == 5
    dialog.close()


def test_what_the_kind_of_file_cannot_hold_is_said(start: Any, qtbot: QtBot, texts: Path) -> None:
    dialog = open_dialog(start({**QUICK, "final": '{"name":"A\\u0000"}'}))
    set_up(dialog, texts, qtbot)
    dialog.foot.run.click()
    wait_for(dialog, Stage.DONE, qtbot)
    assert "5 characters that CSV cannot hold were replaced" in dialog.foot.words.text()
    dialog.close()


def test_a_file_that_another_run_writes_is_left_to_it(start: Any, qtbot: QtBot, texts: Path) -> None:
    dialog = open_dialog(start(QUICK))
    path = set_up(dialog, texts, qtbot)
    other = Lock(path)
    dialog.foot.run.click()
    wait_for(dialog, Stage.SETTING_UP, qtbot)
    assert "another run into it is under way" in dialog.foot.words.text()
    other.release()
    dialog.foot.run.click()
    wait_for(dialog, Stage.DONE, qtbot)
    dialog.close()


def test_a_file_that_is_there_is_only_replaced_when_told(start: Any, qtbot: QtBot, texts: Path) -> None:
    dialog = open_dialog(start(QUICK))
    path = set_up(dialog, texts, qtbot, "out.json")
    path.write_text("precious")
    dialog.foot.run.click()
    wait_for(dialog, Stage.EXISTS, qtbot)
    assert path.read_text() == "precious"
    dialog.foot.replace.click()
    wait_for(dialog, Stage.DONE, qtbot)
    assert len(json.loads(path.read_text())) == 5
    dialog.close()


def test_what_fails_is_shown_with_its_reason_and_can_be_tried_again(
    start: Any, qtbot: QtBot, texts: Path
) -> None:
    (texts / "9.txt").write_bytes(b"\xff\xfe\x00")
    dialog = open_dialog(start(BAD, STILL_BAD, QUICK))
    path = set_up(dialog, texts, qtbot)
    dialog.foot.run.click()
    wait_for(dialog, Stage.DONE_WITH_FAILURES, qtbot)
    states = {row[0]: row[1:3] for row in shown(dialog)}
    assert states["1.txt"] == ["Fits", "Ann"]
    assert states["2.txt"][0] == states["9.txt"][0] == "Failed"
    assert "cannot be read" in states["2.txt"][1] and "not UTF-8" in states["9.txt"][1]
    assert len(path.read_text("utf-8-sig").splitlines()) == 5
    assert dialog.foot.again.isVisible()
    dialog.close()


def test_closing_pauses(start: Any, qtbot: QtBot, texts: Path) -> None:
    dialog = open_dialog(start({**QUICK, "tokens_per_s": 2}))
    set_up(dialog, texts, qtbot)
    dialog.foot.run.click()
    qtbot.waitUntil(lambda: dialog.work.is_running)
    dialog.close()
    qtbot.waitUntil(lambda: not dialog.work.is_running, timeout=20_000)


def test_files_are_dropped_on_it_and_counted_once(start: Any, qtbot: QtBot, texts: Path) -> None:
    dialog = open_dialog(start(QUICK))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(texts / "1.txt")), QUrl("https://example.org/x")])
    for _ in range(2):
        dialog.table.dropEvent(
            QDropEvent(
                QPoint(5, 5),
                Qt.DropAction.CopyAction,
                data,
                Qt.MouseButton.LeftButton,
                Qt.KeyboardModifier.NoModifier,
            )
        )
    assert dialog.setup.paths == (texts / "1.txt",)
    qtbot.waitUntil(lambda: dialog.setup.count.text() == "1 document")
    dialog.setup.clear.click()
    assert dialog.model.rowCount() == 0 and not dialog.foot.run.isEnabled()
    dialog.close()


def test_rows_of_a_table_fill_the_prompt(start: Any, qtbot: QtBot, tmp_path: Path, texts: Path) -> None:
    table = tmp_path / "rows.csv"
    table.write_text("who,what\nAnn,x\nBob,y\n")
    dialog = open_dialog(start(QUICK))
    dialog.setup.add([table])
    dialog.setup.show_format(NAME)
    dialog.setup.take_result(tmp_path / "rows-out.csv")
    dialog.setup.prompt.setText("Who is {{nobody}}?")
    dialog.foot.run.click()
    qtbot.waitUntil(lambda: "no column named" in dialog.foot.words.text())
    dialog.setup.prompt.setText("Who is {{who}}?")
    dialog.foot.run.click()
    wait_for(dialog, Stage.DONE, qtbot)
    assert [row[0] for row in shown(dialog)] == ["rows.csv:1", "rows.csv:2"]
    dialog.close()
