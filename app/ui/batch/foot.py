"""The foot of the batch window: how far it is, and what can be done at each stage."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from app.core.batch import BatchProgress
from app.core.events import LoadProgress
from app.i18n import Texts
from app.i18n.quantities import duration_text
from app.ui.announce import announce
from app.ui.tokens import SPACE_S

_PARTS = 1000


class Stage(StrEnum):
    """Where a batch is; each has its own buttons."""

    SETTING_UP = "setting up"
    OPENING = "opening"
    EXISTS = "exists"
    UNFINISHED = "unfinished"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    DONE_WITH_FAILURES = "done with failures"


class BatchFoot(QWidget):
    """One sentence, a bar while it runs, and the buttons of the stage; the last one is the primary."""

    preview_wanted = Signal()
    run_wanted = Signal()
    rest_wanted = Signal()
    pause_wanted = Signal()
    resume_wanted = Signal()
    replace_wanted = Signal()
    back_wanted = Signal()
    folder_wanted = Signal()
    close_wanted = Signal()

    def __init__(self, tr: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tr = tr
        self.words = QLabel()
        self.bar = QProgressBar()
        self.close_button = self._button(tr("Close"), self.close_wanted)
        self.preview = self._button(tr("Preview the first three"), self.preview_wanted)
        self.run = self._button(tr("Run all"), self.run_wanted, is_primary=True)
        self.pause = self._button(tr("Pause"), self.pause_wanted, is_primary=True)
        self.rest = self._button(tr("Run the rest"), self.rest_wanted, is_primary=True)
        self.again = self._button(tr("Try the failed ones again"), self.resume_wanted, is_primary=True)
        self.back = self._button(tr("Choose another file"), self.back_wanted)
        self.replace = self._button(tr("Replace it"), self.replace_wanted)
        self.resume = self._button(tr("Go on with it"), self.resume_wanted, is_primary=True)
        self.folder = self._button(tr("Show in folder"), self.folder_wanted)
        self._of_stage = {
            Stage.SETTING_UP: (self.close_button, self.preview, self.run),
            Stage.OPENING: (self.close_button,),
            Stage.EXISTS: (self.back, self.replace),
            Stage.UNFINISHED: (self.back, self.replace, self.resume),
            Stage.RUNNING: (self.pause,),
            Stage.PAUSED: (self.close_button, self.rest),
            Stage.DONE: (self.folder, self.close_button),
            Stage.DONE_WITH_FAILURES: (self.folder, self.close_button, self.again),
        }
        self._place()

    def show_stage(self, stage: Stage, *, is_ready: bool) -> None:
        """`is_ready`: everything is there that a batch needs."""
        shown = self._of_stage[stage]
        for button in self._buttons:
            button.setVisible(button in shown)
        for button in (self.preview, self.run):
            button.setEnabled(is_ready)
        self.bar.setVisible(stage is Stage.RUNNING)

    def say(self, text: str, *, is_fault: bool = False) -> None:
        self.words.setText(text)
        kind = "danger" if is_fault else "muted"
        if self.words.property("kind") != kind:
            self.words.setProperty("kind", kind)
            self.words.style().unpolish(self.words)
            self.words.style().polish(self.words)
        if text:
            announce(self, text)

    def show_load(self, progress: LoadProgress) -> None:
        self.bar.setValue(round(_PARTS * progress.fraction))
        self.words.setText(self._tr("Loading the model: {percent}", percent=f"{progress.fraction:.0%}"))

    def show_progress(self, progress: BatchProgress | None) -> None:
        """None: it has just begun."""
        if progress is None:
            self.bar.setValue(0)
            self.say(self._tr("Beginning…"))
            return
        tr = self._tr
        self.bar.setValue(round(_PARTS * progress.done / max(1, progress.total)))
        parts = [tr("{done} of {total}", done=progress.done, total=progress.total)]
        if progress.failed:
            parts.append(tr("{n} failed", n=progress.failed))
        if progress.per_minute is not None:
            parts.append(tr("{n} a minute", n=f"{progress.per_minute:.1f}"))
        if progress.left_s is not None:
            parts.append(tr("{time} left", time=duration_text(progress.left_s, tr)))
        self.words.setText(" · ".join(parts))
        self.bar.setAccessibleDescription(self.words.text())

    @property
    def _buttons(self) -> tuple[QPushButton, ...]:
        return tuple(dict.fromkeys(button for buttons in self._of_stage.values() for button in buttons))

    @staticmethod
    def _button(text: str, wanted: SignalInstance, *, is_primary: bool = False) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        if is_primary:
            button.setProperty("kind", "primary")
        button.clicked.connect(wanted)
        return button

    def _place(self) -> None:
        self.words.setProperty("kind", "muted")
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.bar.setRange(0, _PARTS)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self._tr("Progress of the batch"))
        row = QHBoxLayout()
        row.setSpacing(SPACE_S)
        row.addWidget(self.words, 1)
        for button in self._buttons:
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        column.addWidget(self.bar)
        column.addLayout(row)
