"""The window of a batch: set up, a preview of the first few, then the rest, paused and gone on with."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from app.core.answer_format import AnswerFormat, FileKind
from app.core.batch import BatchProgress
from app.core.errors import AlcoveError, BatchUnfinished, DocumentExists
from app.core.events import Event, LoadProgress
from app.core.sampling import Sampling
from app.i18n import Texts
from app.i18n.sentences import explain
from app.ui.background import Background
from app.ui.batch.foot import BatchFoot, Stage
from app.ui.batch.item_view import ItemView
from app.ui.batch.items import ItemModel
from app.ui.batch.setup import Setup
from app.ui.batch.work import BatchWork, Wish
from app.ui.opening import Opening
from app.ui.theme import Theme
from app.ui.tokens import SPACE_M, SPACE_XL

if TYPE_CHECKING:
    from app.services.batches import Batch, Inputs, Loss
    from app.services.formats import KnownFormat

PREVIEW = 3
_SIZE = (820, 640)


class BatchDialog(QDialog):
    """Stays open beside the chat. Closing it pauses the batch, which the result's journal keeps."""

    def __init__(
        self, opening: Opening, background: Background, theme: Theme, tr: Texts, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tr = tr
        self._sampling = Sampling()
        self._first: int | None = None
        self._then_write = False
        self._is_put_away = False
        self.work = BatchWork(opening, background, self)
        self.setup = Setup(theme, tr)
        self.model = ItemModel(theme, tr)
        self.table = ItemView(tr("Drop documents or a folder here."))
        self.foot = BatchFoot(tr)
        self._place()
        self._connect()
        self._show(Stage.SETTING_UP)

    def show_format(self, answer_format: AnswerFormat | None, sampling: Sampling) -> None:
        """What the chat in view has; may be changed here."""
        self._sampling = sampling
        if not self.work.is_running:
            self.setup.show_format(answer_format)

    def reject(self) -> None:
        self._is_put_away = True
        self.work.pause()
        super().reject()

    # Beginning

    def begin(self, first: int | None, *, resume: bool = False, replace: bool = False) -> None:
        """Open the batch and run it, through the `first` few items or to its end."""
        assert self.setup.format is not None and self.setup.result is not None
        self._first, self._is_put_away = first, False
        wish = Wish(
            self.setup.paths,
            self.setup.prompt.text(),
            self.setup.format,
            self._sampling,
            self.setup.result,
        )
        self._show(Stage.OPENING)
        self.work.open(wish, resume=resume, replace=replace)

    def go_on(self) -> None:
        """After the preview or a pause: the rest."""
        self._first = None
        self._run()

    def _opened(self, batch: Batch) -> None:
        self.model.show_batch(batch, _fields(self.setup.format))
        self.table.fit_columns()
        for row in range(self.model.rowCount()):
            self.table.span_reason(row, self.model.has_failed(row))
        if self._is_put_away:  # closed before it began
            self._show(Stage.PAUSED)
        else:
            self._run()

    def _run(self) -> None:
        self._then_write = True
        self._show(Stage.RUNNING)
        self.foot.show_progress(None)
        self.work.run(self._first)

    # On the way

    def _feed(self, events: Sequence[Event | BatchProgress]) -> None:
        for event in events:
            if isinstance(event, BatchProgress):
                self.foot.show_progress(event)
                if event.outcome is not None:
                    self.model.show_outcome(event.outcome)
                    row = self.model.row_of(event.outcome.key)
                    self.table.span_reason(row, self.model.has_failed(row))
                    self.table.scrollTo(self.model.index(row, 0))
            elif isinstance(event, LoadProgress):
                self.foot.show_load(event)

    def _pause(self) -> None:
        self._then_write = False
        self.foot.say(self._tr("Pausing…"))
        self.work.pause()

    def _stopped(self) -> None:
        batch = self.work.batch
        assert batch is not None
        if batch.is_complete and self._then_write:
            self.work.write(with_source=self.setup.source.isChecked())
            return
        self._show(Stage.PAUSED)
        done, total = batch.done, batch.total
        if self._first is not None and self._then_write:
            self.foot.say(
                self._tr(
                    "These are the first {done} of {total}: look at them, then run the rest.",
                    done=done,
                    total=total,
                )
            )
        else:
            self.foot.say(self._tr("Paused at {done} of {total}; nothing is lost.", done=done, total=total))

    def _written(self, losses: Sequence[Loss]) -> None:
        batch, path = self.work.batch, self.setup.result
        assert batch is not None and path is not None
        failed = len(batch.failures)
        self._show(Stage.DONE_WITH_FAILURES if failed else Stage.DONE)
        good = len(batch.outcomes) - failed
        text = self._tr.plural(
            "Saved {n} answer in “{name}”.", "Saved {n} answers in “{name}”.", good, name=path.name
        )
        if failed:
            text += " " + self._tr.plural("{n} document failed.", "{n} documents failed.", failed)
        if lost := sum(loss.characters for loss in losses):
            text += " " + self._tr.plural(
                "{n} character that {kind} cannot hold was replaced by “\ufffd”.",
                "{n} characters that {kind} cannot hold were replaced by “\ufffd”.",
                lost,
                kind=FileKind.of(path).value.upper(),
            )
        self.foot.say(text, is_fault=bool(failed or lost))

    # What goes wrong

    def _fail(self, error: Exception) -> None:
        self._then_write = False
        is_open = self.work.batch is not None and self._stage in (Stage.RUNNING, Stage.PAUSED)
        if isinstance(error, BatchUnfinished):
            self._show(Stage.UNFINISHED)
        elif isinstance(error, DocumentExists):
            self._show(Stage.EXISTS)
        else:
            self._show(Stage.PAUSED if is_open else Stage.SETTING_UP)
        text = explain(error, self._tr) if isinstance(error, AlcoveError) else repr(error)
        self.foot.say(text, is_fault=True)

    # Setting up

    def _count(self, paths: Sequence[Path]) -> None:
        if paths:
            self.work.count(paths)
        else:
            self.setup.say_count("")
            self.model.show_keys(())

    def _counted(self, inputs: Inputs) -> None:
        tr = self._tr
        count = len(inputs.items)
        words = [tr.plural("{n} document", "{n} documents", count)]
        if left := len(inputs.left_out) + len(inputs.refused):
            words.append(tr("{n} left out", n=left))
        self.setup.say_count(", ".join(words))
        self.model.show_keys([item.key for item in inputs.items])
        self.table.fit_columns()

    def _choose_format(self, known: Sequence[KnownFormat]) -> None:
        from app.ui.structured.menu import format_menu

        menu = format_menu(known, self.setup.format, self._theme, self._tr, self, has_acts=False)
        menu.chosen.connect(self.setup.show_format)
        menu.open_at(self.setup.format_button)

    def _show_ready(self) -> None:
        """Something was changed: it is set up anew, and what was run before is another batch."""
        self._show(Stage.SETTING_UP)
        self.foot.say("")

    def _show(self, stage: Stage) -> None:
        self._stage = stage
        is_free = stage not in (Stage.OPENING, Stage.RUNNING)
        self.setup.setEnabled(is_free)
        self.foot.show_stage(stage, is_ready=self.setup.is_whole)

    def _show_in_folder(self) -> None:
        if self.setup.result is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.setup.result.parent)))

    def _connect(self) -> None:
        self.setup.changed.connect(self._show_ready)
        self.setup.paths_changed.connect(self._count)
        self.setup.format_wanted.connect(self.work.list_formats)
        self.work.listed.connect(self._choose_format)
        self.work.counted.connect(self._counted)
        self.work.opened.connect(self._opened)
        self.work.told.connect(self._feed)
        self.work.stopped.connect(self._stopped)
        self.work.written.connect(self._written)
        self.work.failed.connect(self._fail)
        foot = self.foot
        foot.preview_wanted.connect(lambda: self.begin(PREVIEW))
        foot.run_wanted.connect(lambda: self.begin(None))
        foot.rest_wanted.connect(self.go_on)
        foot.pause_wanted.connect(self._pause)
        foot.resume_wanted.connect(lambda: self.begin(None, resume=True))
        foot.replace_wanted.connect(lambda: self.begin(self._first, replace=True))
        foot.back_wanted.connect(self._show_ready)
        foot.folder_wanted.connect(self._show_in_folder)
        foot.close_wanted.connect(self.reject)

    def _place(self) -> None:
        self.setWindowTitle(self._tr("Many documents at once"))
        self.resize(*_SIZE)
        self.table.setModel(self.model)
        self.table.setAccessibleName(self._tr("Documents and their answers"))
        self.table.dropped.connect(self.setup.add)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_XL, SPACE_XL, SPACE_XL, SPACE_XL)
        column.setSpacing(SPACE_M)
        column.addWidget(self.setup)
        column.addWidget(self.table, 1)
        column.addWidget(self.foot)


def _fields(answer_format: AnswerFormat | None) -> tuple[str, ...]:
    """The columns of the answers; one without a name where they are no objects."""
    schema = json.loads(answer_format.schema) if answer_format else {}
    properties = schema.get("properties") if isinstance(schema, dict) else None
    return tuple(properties) if isinstance(properties, dict) and properties else ("value",)
