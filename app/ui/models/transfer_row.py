"""One transfer as it goes: how far, how fast, how long still, its last minutes, and what can be done."""

from __future__ import annotations

import time
from collections.abc import Sequence
from enum import Enum, auto

from PySide6.QtCore import QSize, Qt, QUrl, Signal, SignalInstance
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.core.download import (
    CheckProgress,
    Damaged,
    DownloadEvent,
    DownloadProgress,
    MoveProgress,
    Retrying,
)
from app.core.errors import AccessDenied, NoToken, TokenRefused, VaultError
from app.i18n import Texts
from app.i18n.quantities import duration_text, size_text
from app.i18n.sentences import explain
from app.ui.announce import announce
from app.ui.models.wording import error_text
from app.ui.theme import Theme
from app.ui.tokens import SPACE_M, SPACE_S, SPACE_XS
from app.ui.widgets.elided_label import ElidedLabel
from app.ui.widgets.rate_plot import RatePlot

_PARTS = 1000


class TransferState(Enum):
    RUNNING = auto()
    PAUSED = auto()
    FAILED = auto()


class TransferRow(QWidget):
    """Shows what it is told; knows no service. `token_given` gives what was typed for a gated model."""

    paused = Signal()
    resumed = Signal()
    cancelled = Signal()
    token_given = Signal(str)

    def __init__(
        self, theme: Theme, tr: Texts, parent: QWidget | None = None, *, can_pause: bool = True
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tr = tr
        self._can_pause = can_pause
        self._url = ""
        self._done = self._total = size_text(0)
        self.state = TransferState.RUNNING
        self.what = ElidedLabel()
        self.figures = QLabel()
        self.bar = QProgressBar()
        self.plot = RatePlot(theme)
        self.note = QLabel()
        self.pause = self._button(tr("Pause"), self.paused, "pause")
        self.resume = self._button(tr("Go on"), self.resumed, "play")
        self.retry = self._button(tr("Try again"), self.resumed, "regenerate")
        self.cancel = self._button(tr("Cancel"), self.cancelled)
        self.page = self._button(tr("Open its page"), None, "link")
        self.token = QLineEdit()
        self.give = QPushButton(tr("Use this token"))
        self._place()
        self._connect()
        self.show_state(TransferState.RUNNING)

    def begin(self, name: str) -> None:
        """It was asked for; nothing has come yet."""
        self.what.setText(name)
        self.figures.clear()
        self.bar.setRange(0, 0)
        self.show_state(TransferState.RUNNING)
        self._say(self._tr("Asking where it is…"))

    def show_paused(self, done_bytes: int, total_bytes: int) -> None:
        self._progress(done_bytes, total_bytes)
        self.what.setText(
            self._tr("Paused · {done} of {total}", done=size_text(done_bytes), total=size_text(total_bytes))
        )
        self.figures.clear()
        self.show_state(TransferState.PAUSED)
        self._say(self._tr("What came is kept, also when Alcove is closed."))

    def show_end(self, error: Exception | None) -> None:
        """What went wrong and what to do: a gated model asks for its page and a token."""
        if error is None:
            return
        sentence = error_text(error, self._tr)
        self.show_state(TransferState.FAILED)
        if self.bar.value():
            self.what.setText(self._tr("Stopped · {done} of {total}", done=self._done, total=self._total))
        self._say(sentence, is_fault=True)
        self.figures.clear()
        if isinstance(error, AccessDenied):
            self._url = str(error.values.get("url") or "")
        if isinstance(error, AccessDenied | NoToken):
            self.page.setVisible(self._url.startswith("https://"))
        if isinstance(error, AccessDenied | TokenRefused | VaultError):
            for part in (self.token, self.give):
                part.show()
        announce(self, sentence)

    def feed(self, events: Sequence[DownloadEvent]) -> None:
        """What came in one frame; the ends are told by `show_paused` and `show_end`."""
        for event in events:
            match event:
                case DownloadProgress():
                    self._show_download(event)
                case CheckProgress():
                    self._show_rest(event, self._tr("Checking"))
                case MoveProgress():
                    self._show_rest(event, self._tr("Moving"))
                case Retrying():
                    self._show_retry(event)
                case Damaged():
                    self._say(self._tr("A part arrived damaged: it is fetched again."))

    def show_state(self, state: TransferState) -> None:
        self.state = state
        self.pause.setVisible(state is TransferState.RUNNING and self._can_pause)
        self.resume.setVisible(state is TransferState.PAUSED)
        self.retry.setVisible(state is TransferState.FAILED)
        self.plot.setVisible(state is TransferState.RUNNING and self._can_pause)
        for part in (self.page, self.token, self.give):
            part.hide()
        if state is not TransferState.RUNNING and self.bar.maximum() == 0:
            self.bar.setRange(0, _PARTS)

    def _show_download(self, event: DownloadProgress) -> None:
        tr = self._tr
        self._progress(event.done_bytes, event.total_bytes)
        done, total = size_text(event.done_bytes), size_text(event.total_bytes)
        is_checking = event.done_bytes >= event.total_bytes
        if is_checking:
            checked = size_text(event.checked_bytes)
            self.what.setText(tr("Checking · {done} of {total}", done=checked, total=total))
        else:
            self.what.setText(tr("Downloading · {done} of {total}", done=done, total=total))
        self._rate(event.bytes_per_s, None if is_checking else event.left_s)
        self.plot.add(time.monotonic(), event.bytes_per_s)
        self.plot.show_label(tr("at most {rate}/s in the last minutes", rate=size_text(self.plot.highest)))
        self._say(tr("Resumes by itself after a break · checked block by block"))

    def _show_rest(self, event: CheckProgress | MoveProgress, verb: str) -> None:
        self._progress(event.done_bytes, event.total_bytes)
        done, total = size_text(event.done_bytes), size_text(event.total_bytes)
        self.what.setText(self._tr("{verb} · {done} of {total}", verb=verb, done=done, total=total))
        self._rate(event.bytes_per_s, event.left_s)
        self._say("")

    def _show_retry(self, event: Retrying) -> None:
        wait = duration_text(event.wait_s, self._tr)
        sentence = explain(event.error, self._tr)
        self._say(self._tr("{sentence} It is tried again in {time}.", sentence=sentence, time=wait))
        self.figures.clear()

    def _rate(self, bytes_per_s: float, left_s: float | None) -> None:
        rate = self._tr("{rate}/s", rate=size_text(bytes_per_s))
        left = self._tr("{time} left", time=duration_text(left_s, self._tr)) if left_s is not None else ""
        self.figures.setText(" · ".join(filter(None, (rate, left))))
        self.bar.setAccessibleDescription(f"{self.what.text()}, {self.figures.text()}")

    def _progress(self, done_bytes: int, total_bytes: int) -> None:
        self._done, self._total = size_text(done_bytes), size_text(total_bytes)
        self.bar.setRange(0, _PARTS)
        self.bar.setValue(round(_PARTS * done_bytes / max(1, total_bytes)))

    def _say(self, text: str, *, is_fault: bool = False) -> None:
        kind = "danger" if is_fault else "muted"
        if self.note.property("kind") != kind:
            self.note.setProperty("kind", kind)
            self.note.style().unpolish(self.note)
            self.note.style().polish(self.note)
        self.note.setText(text)
        self.note.setVisible(bool(text))

    def _give(self) -> None:
        if text := self.token.text().strip():
            self.token.clear()
            self.token_given.emit(text)

    def _button(self, text: str, does: SignalInstance | None, icon: str = "") -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.setProperty("kind", "soft")
        if icon:
            button.setIcon(self._theme.icon(icon, "text", 16))
            button.setIconSize(QSize(16, 16))
        if does is not None:
            button.clicked.connect(does)
        return button

    def _connect(self) -> None:
        self.page.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(self._url)))
        self.give.clicked.connect(self._give)
        self.token.returnPressed.connect(self._give)

    def _place(self) -> None:
        tr = self._tr
        self.what.setProperty("kind", "small")
        self.figures.setProperty("kind", "muted")
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setWordWrap(True)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Progress"))
        self.plot.setAccessibleName(tr("Speed in the last minutes"))
        self.token.setEchoMode(QLineEdit.EchoMode.Password)
        self.token.setPlaceholderText(tr("Access token"))
        self.token.setToolTip(tr("It is kept in the system keyring only."))
        self.give.setAutoDefault(False)
        head, foot, access = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        head.addWidget(self.what, 1)
        head.addWidget(self.figures)
        foot.setSpacing(SPACE_S)
        for button in (self.pause, self.resume, self.retry, self.cancel):
            foot.addWidget(button)
        foot.addSpacing(SPACE_S)
        foot.addWidget(self.note, 1)
        access.addWidget(self.page)
        access.addWidget(self.token, 1)
        access.addWidget(self.give)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_XS)
        column.addLayout(head)
        column.addWidget(self.bar)
        column.addWidget(self.plot)
        column.addSpacing(SPACE_XS)
        column.addLayout(foot)
        column.addLayout(access)
        column.setSpacing(SPACE_M // 2)
