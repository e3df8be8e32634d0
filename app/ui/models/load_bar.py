"""Shows a load: what, how far, how long still, and a way to stop it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from app.core.events import LoadProgress
from app.i18n import Texts
from app.i18n.quantities import duration_text
from app.ui.widgets.elided_label import ElidedLabel

_PARTS = 1000


class LoadBar(QFrame):
    """Hidden while nothing loads."""

    stopped = Signal()

    def __init__(self, tr: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tr = tr
        self._name = ""
        self._words = ElidedLabel()
        self._bar = QProgressBar()
        self._bar.setRange(0, _PARTS)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(tr("Loading the model"))
        self._stop = QPushButton(tr("Stop"))
        self._stop.setProperty("kind", "quiet")
        self._stop.setAccessibleName(tr("Stop loading"))
        self._stop.clicked.connect(self.stopped)
        self._place()
        self.hide()

    def begin(self, name: str) -> None:
        self._name = name
        self.show_progress(LoadProgress(0.0))
        self.show()

    def text(self) -> str:
        """What is said about the load now; empty while nothing loads."""
        return self._words.text() if self.isVisible() else ""

    def show_progress(self, progress: LoadProgress) -> None:
        self._bar.setValue(round(_PARTS * progress.fraction))
        percent = f"{progress.fraction:.0%}"
        if progress.left_s is None:
            text = self._tr("Loading {model}: {percent}", model=self._name, percent=percent)
        else:
            left = duration_text(progress.left_s, self._tr)
            text = self._tr(
                "Loading {model}: {percent}, {duration} left",
                model=self._name,
                percent=percent,
                duration=left,
            )
        self._words.setText(text)
        self._bar.setAccessibleDescription(text)

    def _place(self) -> None:
        self.setProperty("kind", "banner")
        self._words.setProperty("kind", "small")
        row = QHBoxLayout()
        row.addWidget(self._words, 1)
        row.addWidget(self._stop, 0, Qt.AlignmentFlag.AlignVCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 6, 8, 10)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self._bar)
