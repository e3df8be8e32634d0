"""In the window of models: settings: where models lie, where they come from, how fast they may come."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.core.settings import Settings
from app.i18n import Texts
from app.i18n.quantities import size_text
from app.ui.models.section import Page
from app.ui.models.work import ModelWork
from app.ui.tokens import SPACE_L, SPACE_M, SPACE_XL, SPACE_XS
from app.ui.widgets.elided_label import ElidedLabel
from app.ui.widgets.optional_number import OptionalNumber

if TYPE_CHECKING:
    from app.services.on_disk import OnDisk

_MB = 10**6
_MOST_MB = 10_000


class DownloadSettings(Page):
    """`changed` gives a setting and its new value, at once."""

    changed = Signal(str, object)

    def __init__(self, work: ModelWork, settings: Settings, tr: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._tr = tr
        self.folder = ElidedLabel()
        self.choose = QPushButton(tr("Move…"))
        self.room = QLabel()
        self.mirror, self.proxy = QLineEdit(), QLineEdit()
        self.limit = OptionalNumber(1, _MOST_MB)
        self.limit.setPlaceholderText(tr("no limit"))
        self.tokens: dict[str, QPushButton] = {}
        """The buttons that remove the token of an origin."""
        self._place()
        self._connect()
        self._show_tokens(())
        self._show_settings(settings)

    def show_disk(self, disk: OnDisk) -> None:
        self.folder.setText(str(disk.folder))
        self.room.setText(self._tr("{size} free on this disk", size=size_text(disk.free_bytes)))
        self._show_settings(disk.settings)

    def _show_settings(self, settings: Settings) -> None:
        """As they are now, but for a field that is being written in."""
        for field, text in ((self.mirror, settings.hub_endpoint), (self.proxy, settings.proxy)):
            if not field.hasFocus():
                field.setText(text)
        if not self.limit.hasFocus():
            self.limit.set_value(settings.download_bytes_per_s // _MB or None)
        if settings.token_origins != tuple(self.tokens):
            self._show_tokens(settings.token_origins)

    def _show_tokens(self, origins: Sequence[str]) -> None:
        """A line for each hub that a token is kept for, whichever is in use now."""
        tr = self._tr
        while (old := self._kept.takeAt(0)) is not None and (line := old.widget()) is not None:
            line.hide()
            line.deleteLater()
        self.tokens = {}
        for origin in origins:
            host = origin.partition("://")[2]
            self.tokens[origin] = remove = QPushButton(tr("Remove"))
            remove.setAutoDefault(False)
            remove.setAccessibleName(tr("Remove the token of {host}", host=host))
            remove.clicked.connect(lambda _, origin=origin: self._work.forget_token(origin))
            told = tr("One for {host} is kept in the system keyring.", host=host)
            self._kept.addWidget(_line(_note(told), remove))
        if not origins:
            self._kept.addWidget(_note(tr("None is kept. You are asked for one where a model needs it.")))

    def _choose(self) -> None:
        dialog = QFileDialog(self.window(), self._tr("Where should models lie?"), self.folder.text())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(lambda name: self._work.move(Path(name)))
        dialog.open()

    def _connect(self) -> None:
        tell = self.changed.emit
        self.choose.clicked.connect(self._choose)
        self.mirror.editingFinished.connect(
            lambda: tell("hub_endpoint", self.mirror.text().strip().rstrip("/"))
        )
        self.proxy.editingFinished.connect(lambda: tell("proxy", self.proxy.text().strip()))
        self.limit.changed.connect(lambda value: tell("download_bytes_per_s", (value or 0) * _MB))

    def _place(self) -> None:
        tr = self._tr
        form = QFormLayout()
        form.setHorizontalSpacing(SPACE_XL)
        form.setVerticalSpacing(SPACE_L)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._kept = QVBoxLayout()
        self.room.setProperty("kind", "muted")
        form.addRow(tr("Folder of models"), _stack(_line(self.folder, self.choose), self.room))
        self.mirror.setPlaceholderText("https://huggingface.co")
        self.mirror.setAccessibleName(tr("Mirror"))
        form.addRow(
            tr("Mirror"),
            _stack(self.mirror, _note(tr("Another address that has the same files as Hugging Face."))),
        )
        self.limit.setFixedWidth(104)
        self.limit.setAccessibleName(tr("Speed limit in MB/s"))
        limit = _line(self.limit, QLabel(tr("MB/s")))
        form.addRow(tr("Speed limit"), _stack(limit, _note(tr("Counts for the next download."))))
        self.proxy.setPlaceholderText(tr("as the system says"))
        self.proxy.setAccessibleName(tr("Proxy"))
        proxies = tr(
            "Such as http://host:3128 or socks5://host:1080. Empty: as HTTPS_PROXY, ALL_PROXY and NO_PROXY "
            "say; a password belongs there, as what is written here is kept as it is."
        )
        form.addRow(tr("Proxy"), _stack(self.proxy, _note(proxies)))
        form.addRow(tr("Access token"), _stack(self._kept))
        holder = QWidget()
        holder.setLayout(form)
        form.setContentsMargins(0, SPACE_M, 0, 0)
        self.put(holder)


def _line(first: QWidget, second: QWidget) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(SPACE_M)
    row.addWidget(first, 0 if isinstance(first, OptionalNumber) else 1)
    row.addWidget(second)
    if isinstance(first, OptionalNumber):
        row.addStretch(1)
    return holder


def _stack(*parts: QWidget | QVBoxLayout) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(SPACE_XS)
    for part in parts:
        if isinstance(part, QWidget):
            column.addWidget(part)
        else:
            column.addLayout(part)
    return holder


def _note(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("kind", "muted")
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
