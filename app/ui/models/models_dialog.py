"""The window of models: what is on this computer, what can be fetched, what is on its way, and settings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from app.core.settings import Settings
from app.i18n import Texts
from app.ui.announce import announce
from app.ui.models.available import Available
from app.ui.models.download_settings import DownloadSettings
from app.ui.models.dropping import dropped_model
from app.ui.models.installed import Installed
from app.ui.models.live import Live
from app.ui.models.model_row import ModelRow, Shown
from app.ui.models.section import Section
from app.ui.models.wording import error_text
from app.ui.models.work import ModelWork
from app.ui.theme import Theme
from app.ui.tokens import SPACE_M, SPACE_XL
from app.ui.widgets.segmented import Segmented

if TYPE_CHECKING:
    from app.services.on_disk import OnDisk

_SIZE = (820, 640)


class ModelsDialog(QDialog):
    """Stays open beside the chat; downloads go on when it is closed."""

    chosen = Signal(object)
    file_wanted = Signal()
    about_wanted = Signal(object)
    fit_wanted = Signal(object)
    setting_changed = Signal(str, object)

    def __init__(self, work: ModelWork, settings: Settings, theme: Theme, tr: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self.work = work
        self._theme = theme
        self._tr = tr
        self._current: Path | None = None
        tabs = [
            ("installed", tr("On this computer")),
            ("available", tr("Get more")),
            ("settings", tr("Settings")),
        ]
        self.tabs = Segmented(tabs, tr("Models"))
        self.transfers = Section(tr("On their way"))
        self.installed = Installed(work, theme, tr)
        self.available = Available(work, theme, tr)
        self.settings = DownloadSettings(work, settings, tr)
        self.pages = QStackedWidget()
        self.fault = QLabel()
        self.open_file = QPushButton(tr("Open a file…"))
        self.close_button = QPushButton(tr("Close"))
        self._place()
        self._connect()
        for live in work.live:
            self._follow(live)

    def open_with(self, current: Path | None) -> None:
        """Show it, with what is there now; `current` is the model in use."""
        self._current = current
        self.work.look()
        self.work.look_around()
        if self.work.advice is None:
            self.work.advise()
        self.setFocus()  # no control is marked before a key was pressed
        self.show()
        self.raise_()
        self.activateWindow()

    def show_tab(self, name: str) -> None:
        self.tabs.choose(name)
        self._turn(name)

    def show_current(self, current: Path | None) -> None:
        """Another model is in use now."""
        self._current = current
        self._refresh()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_model(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = dropped_model(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            self.chosen.emit(path)

    def _turn(self, name: str) -> None:
        pages = {"installed": self.installed, "available": self.available, "settings": self.settings}
        self.pages.setCurrentWidget(pages[name])

    def _show_disk(self, disk: OnDisk) -> None:
        self.fault.hide()
        self.installed.show_disk(disk, self._current)
        self.available.show_disk(disk, self.work.advice)
        self.settings.show_disk(disk)

    def _refresh(self, _: object = None) -> None:
        if self.work.disk is not None:
            self._show_disk(self.work.disk)

    def show_error(self, error: Exception) -> None:
        """What went wrong with something that was asked for here; the next look takes it away."""
        self.fault.setText(error_text(error, self._tr))
        self.fault.show()
        announce(self, self.fault.text())

    # What is on its way

    def _follow(self, live: Live) -> None:
        """A row for it at the top, on every page, until it ends."""
        if live.has_ended:
            return
        row = ModelRow(self._theme, self._tr, Shown(live.name, "", icon="download"))
        self.transfers.add(row)
        row.follow(live)
        transfer = row.transfer
        assert transfer is not None
        transfer.paused.connect(live.pause)
        transfer.resumed.connect(live.start)
        transfer.cancelled.connect(lambda: self.work.discard(live))
        transfer.token_given.connect(lambda token: self.work.keep_token(token, live))
        live.ended.connect(lambda _: self._tidy(live, row))
        live.began.connect(self._refresh)
        self.transfers.show()
        self._refresh()

    def _tidy(self, live: Live, row: ModelRow) -> None:
        if live.has_ended and row in self.transfers.rows:
            self.transfers.rows.remove(row)
            row.hide()
            row.deleteLater()
        self.transfers.setVisible(bool(self.transfers.rows))

    def _connect(self) -> None:
        self.tabs.chosen.connect(self._turn)
        self.work.listed.connect(self._show_disk)
        self.work.found.connect(self.installed.show_found)
        self.work.advised.connect(self._refresh)
        self.work.began.connect(self._follow)
        self.installed.chosen.connect(self.chosen)
        self.installed.about_wanted.connect(self.about_wanted)
        self.installed.fit_wanted.connect(self.fit_wanted)
        self.settings.changed.connect(self.setting_changed)
        self.open_file.clicked.connect(self.file_wanted)
        self.close_button.clicked.connect(self.close)

    def _place(self) -> None:
        self.setWindowTitle(self._tr("Models"))
        self.resize(*_SIZE)
        self.setAcceptDrops(True)
        for page in (self.installed, self.available, self.settings):
            self.pages.addWidget(page)
        for button in (self.open_file, self.close_button):
            button.setAutoDefault(False)
        foot = QHBoxLayout()
        foot.addWidget(self.open_file)
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        self.transfers.hide()
        self.fault.hide()
        self.fault.setProperty("kind", "danger")
        self.fault.setTextFormat(Qt.TextFormat.PlainText)
        self.fault.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_XL, SPACE_XL, SPACE_XL, SPACE_XL)
        column.setSpacing(SPACE_M)
        column.addWidget(self.tabs)
        column.addWidget(self.fault)
        column.addWidget(self.transfers)
        column.addWidget(self.pages, 1)
        column.addLayout(foot)
