"""Pictures of a batch: set up, previewed, running, done with a failure."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from app.ui.batch.foot import Stage

if TYPE_CHECKING:
    from tests.ui.screenshots import Studio

ANSWERS = [
    {
        "question": f"Report {number}",
        "final": f'{{"quarter":"Q{number % 4 + 1}","revenue":"2.{number}7亿元","gross_margin":"3{number}.2%",'
        f'"cash_flow":"1.0{number}亿元"}}',
        "tokens_per_s": 8,
    }
    for number in range(1, 9)
]


def scene_batch(studio: Studio) -> None:
    """From an empty window of batches to its end."""
    studio.window.actions_of["batch"].trigger()
    dialog = studio.program.commands.batch
    assert dialog is not None
    studio.wait(dialog.isVisible)
    studio.shoot("batch-empty", dialog)
    known = studio.program.opening.alcove.formats.list()
    with tempfile.TemporaryDirectory() as folder:
        texts = Path(folder) / "reports"
        texts.mkdir()
        for number in range(1, 9):
            (texts / f"report-{number}.txt").write_text(f"Report {number}.")
        (texts / "report-9.txt").write_bytes(b"\xe9\xe8")
        dialog.setup.add([texts])
        report = next(one.format for one in known if one.format.name == "Quarterly report")
        dialog.setup.show_format(report)
        dialog.setup.take_result(Path(folder) / "figures.csv")
        studio.wait(lambda: dialog.model.rowCount() == 8)
        studio.shoot("batch-ready", dialog)
        dialog.foot.preview.click()
        studio.wait(lambda: dialog._stage is Stage.PAUSED)
        studio.shoot("batch-preview", dialog)
        dialog.foot.rest.click()
        studio.wait(lambda: dialog.work.batch is not None and len(dialog.work.batch.outcomes) > 6)
        studio.shoot("batch-running", dialog)
        studio.wait(lambda: dialog._stage is Stage.DONE_WITH_FAILURES)
        studio.shoot("batch-done", dialog)
        dialog.close()
