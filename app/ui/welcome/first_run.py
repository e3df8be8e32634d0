"""The first run on one screen: what this computer can run, the download, a file at hand, the demo."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.core.plan import Plan
from app.core.shelf import Neighbour
from app.i18n import Texts
from app.i18n.quantities import size_text
from app.ui.announce import announce
from app.ui.models.dropping import dropped_model
from app.ui.models.live import Live
from app.ui.models.wording import device_names, error_text, plan_text, refusal_text, unused_text
from app.ui.theme import Theme
from app.ui.tokens import SPACE_L, SPACE_M, SPACE_S, SPACE_XXL, TEXT_COLUMN_PX
from app.ui.welcome.cards import ActCard, RecommendedCard

if TYPE_CHECKING:
    from app.services.advice import Advice
    from app.services.on_disk import OnDisk

_TOP_PX = 52


class FirstRun(QScrollArea):
    """Asks the network nothing by itself."""

    wanted = Signal(object)
    """Download this `Entry`."""
    demo_wanted = Signal()
    file_wanted = Signal()
    folder_wanted = Signal()
    models_wanted = Signal()
    settings_wanted = Signal()
    neighbour_wanted = Signal(object)
    chosen = Signal(object)
    """The path of a model file that was dropped here."""

    def __init__(self, theme: Theme, tr: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tr = tr
        self._neighbour: Neighbour | None = None
        self._live: Live | None = None
        self.title = QLabel(tr("Private chat, on this computer"))
        self.lead = QLabel(
            tr(
                "Alcove runs OpenAI’s open model gpt-oss-20b right here. After one download it never needs "
                "the internet again, and nothing you write leaves this machine."
            )
        )
        self.fault = QLabel()
        self.card = RecommendedCard(theme, tr)
        self.demo = ActCard(theme, "chat", tr("Try it now"), tr("Open the demo"))
        self.have = ActCard(theme, "disk", tr("Already have it?"), tr("Choose a file…"))
        self.use = QPushButton(tr("Use this file"))
        self.use.setProperty("kind", "soft")
        self.more = _quiet(tr("All models…"))
        self.settings = _quiet(tr("Settings"))
        self._place()
        self._connect()
        self.demo.say(
            tr("A tiny built-in model that knows Alcove. It works already, also while a download runs.")
        )
        self.show_found(())
        self.card.hide()

    def show_advice(self, advice: Advice) -> None:
        """What this computer can run, and why."""
        names = device_names(advice.devices)
        if isinstance(advice.plan, Plan):
            words = plan_text(advice.plan, advice.layers, self._tr)
            self.card.show_entry(advice.entry, words, advice.plan, names)
        else:
            self.card.show_entry(advice.entry, refusal_text(advice.plan, self._tr), None, names)
        self.card.show()
        for unused in advice.unused_gpus[:1]:
            self.card.show_remark(unused_text(unused.gpu.name, unused.rebuild, self._tr))

    def show_error(self, error: Exception) -> None:
        """What went wrong, in place; anything that is chosen next may be tried again."""
        self.fault.setText(error_text(error, self._tr))
        self.fault.show()
        announce(self, self.fault.text())

    def show_disk(self, disk: OnDisk) -> None:
        """Where a download would go."""
        self.card.show_place(str(disk.folder), disk.free_bytes)

    def show_found(self, found: Sequence[Neighbour]) -> None:
        """What other programs left on this disk; the first that fits is offered."""
        fitting = [each for each in found if each.problem is None]
        self._neighbour = fitting[0] if fitting else None
        self.use.setVisible(self._neighbour is not None)
        if self._neighbour is not None:
            program, size = self._neighbour.program.value, size_text(self._neighbour.size_bytes)
            self.have.say(
                self._tr(
                    "Found one in {program}: {name}, {size}. It can be used where it is.",
                    program=program,
                    name=self._neighbour.name.rpartition("/")[2],
                    size=size,
                )
            )
        else:
            self.have.say(self._tr("Choose a GGUF file of gpt-oss, or drop it here."))

    def follow(self, live: Live) -> None:
        """Show this download in the card."""
        self._live = live
        live.show_in(self.card.transfer)
        live.ended.connect(self._show_end)
        self.card.show_transfer(is_on=True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_model(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path: Path | None = dropped_model(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            self.chosen.emit(path)

    def _show_end(self, _error: Exception | None) -> None:
        if self._live is not None and self._live.has_ended:
            self._live = None
            self.card.show_transfer(is_on=False)

    def _connect(self) -> None:
        self.card.wanted.connect(self.wanted)
        self.card.folder_wanted.connect(self.folder_wanted)
        self.demo.acted.connect(self.demo_wanted)
        self.have.acted.connect(self.file_wanted)
        self.use.clicked.connect(lambda: self.neighbour_wanted.emit(self._neighbour))
        self.more.clicked.connect(self.models_wanted)
        self.settings.clicked.connect(self.settings_wanted)

    def _place(self) -> None:
        self.setAcceptDrops(True)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.title.setProperty("kind", "headline")
        self.lead.setProperty("kind", "lead")
        self.lead.setWordWrap(True)
        self.fault.setProperty("kind", "danger")
        self.fault.setTextFormat(Qt.TextFormat.PlainText)
        self.fault.setWordWrap(True)
        self.fault.hide()
        self.have.buttons.insertWidget(0, self.use)
        cards = QHBoxLayout()
        cards.setSpacing(SPACE_M + 2)
        cards.addWidget(self.demo, 1)
        cards.addWidget(self.have, 1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.more)
        foot.addWidget(self.settings)
        inner = QWidget()
        inner.setMaximumWidth(TEXT_COLUMN_PX)
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_M + 2)
        column.addWidget(self.title)
        column.addWidget(self.lead)
        column.addSpacing(SPACE_S)
        column.addWidget(self.fault)
        column.addWidget(self.card)
        column.addLayout(cards)
        column.addLayout(foot)
        column.addStretch(1)
        self.setWidget(_centred(inner))


def _centred(inner: QWidget) -> QWidget:
    holder = QFrame()
    holder.setProperty("kind", "surface")
    row = QHBoxLayout(holder)
    row.setContentsMargins(SPACE_XXL, _TOP_PX, SPACE_XXL, SPACE_L)
    row.addStretch(1)
    row.addWidget(inner, 1000)
    row.addStretch(1)
    return holder


def _quiet(text: str) -> QPushButton:
    button = QPushButton(text)
    button.setProperty("kind", "quiet")
    return button
