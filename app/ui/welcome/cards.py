"""The cards of the first run: the recommended model, the demo, and what is on this disk already."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.core.catalogue import Entry
from app.core.plan import Plan
from app.i18n import Texts
from app.i18n.quantities import size_text
from app.ui.models.fit_picture import FitPicture
from app.ui.models.transfer_row import TransferRow
from app.ui.theme import Theme
from app.ui.tokens import SPACE_L, SPACE_M, SPACE_S
from app.ui.widgets.elided_label import ElidedLabel

_ICON_PX = 20
_BADGE_FROM_PX = 640


class RecommendedCard(QFrame):
    """One entry of the catalogue, how it would run here, and its download."""

    wanted = Signal(object)
    """Download this `Entry`."""
    folder_wanted = Signal()

    def __init__(self, theme: Theme, tr: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "answer")
        self._tr = tr
        self._entry: Entry | None = None
        self._is_recommended = False
        self.name = ElidedLabel()
        self.badge = QLabel(tr("Recommended for this computer"))
        self.figures = QLabel()
        self.words = QLabel()
        self.picture = FitPicture(theme, tr)
        self.remark = QLabel()
        self.transfer = TransferRow(theme, tr)
        self.download = QPushButton(tr("Download"))
        self.place = ElidedLabel()
        self.folder = QPushButton(tr("Another folder…"))
        self._foot = QWidget()
        self._place()
        self.download.clicked.connect(lambda: self.wanted.emit(self._entry))
        self.folder.clicked.connect(self.folder_wanted)
        self.picture.hide()
        self.transfer.hide()

    def show_entry(self, entry: Entry, words: str, plan: Plan | None, names: Mapping[str, str]) -> None:
        """`words` say how it would run here, or why it would not; then there is no plan."""
        self._entry = entry
        self.name.setText(entry.title)
        told = (size_text(entry.size_bytes) if entry.size_bytes else "", entry.licence)
        self.figures.setText(" · ".join(filter(None, told)))
        self.words.setText(words)
        self._is_recommended = plan is not None
        self._show_badge()
        self.picture.setVisible(plan is not None)
        if plan is not None:
            self.picture.show_plan(plan, names)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_badge()

    def _show_badge(self) -> None:
        """Where there is little room the model's name comes first."""
        self.badge.setVisible(self._is_recommended and self.width() >= _BADGE_FROM_PX)

    def show_remark(self, text: str) -> None:
        """Something else that has to be known."""
        self.remark.setText(text)
        self.remark.show()

    def show_place(self, folder: str, free_bytes: int) -> None:
        """Where to, and how much room there is."""
        self.place.setText(self._tr("To {folder}, {size} free", folder=folder, size=size_text(free_bytes)))

    def show_transfer(self, is_on: bool) -> None:
        """The download in place of its button, or the button again."""
        self.transfer.setVisible(is_on)
        self._foot.setVisible(not is_on)

    def _place(self) -> None:
        self.name.setProperty("kind", "title")
        self.badge.setProperty("kind", "badge")
        self.badge.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.remark.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.remark.setWordWrap(True)
        self.remark.hide()
        for label in (self.figures, self.words, self.remark, self.place):
            label.setProperty("kind", "muted")
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.download.setProperty("kind", "primary")
        self.folder.setProperty("kind", "quiet")
        head = QHBoxLayout()
        head.setSpacing(SPACE_M)
        head.addWidget(self.name)
        head.addWidget(self.badge)
        head.addStretch(1)
        head.addWidget(self.figures)
        foot = QHBoxLayout(self._foot)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setSpacing(SPACE_M)
        foot.addWidget(self.download)
        foot.addWidget(self.place, 1)
        foot.addWidget(self.folder)
        column = QVBoxLayout(self)
        column.setContentsMargins(22, SPACE_L + 2, 22, SPACE_L + 2)
        column.setSpacing(SPACE_M)
        for part in (self.words, self.picture, self.remark, self.transfer, self._foot):
            column.addWidget(part)
        column.insertLayout(0, head)


class ActCard(QFrame):
    """An icon, a title, a sentence and a button or two."""

    acted = Signal()

    def __init__(
        self, theme: Theme, icon: str, title: str, action: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", "answer")
        self._theme = theme
        self._icon = icon
        self._mark = QLabel()
        self.title = QLabel(title)
        self.words = QLabel()
        self.button = QPushButton(action)
        self.button.setProperty("kind", "soft")
        self.button.clicked.connect(self.acted)
        self.buttons = QHBoxLayout()
        self._place()
        self._tint()

    def say(self, text: str) -> None:
        self.words.setText(text)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()

    def _tint(self) -> None:
        icon = self._theme.icon(self._icon, "accent", _ICON_PX)
        self._mark.setPixmap(icon.pixmap(QSize(_ICON_PX, _ICON_PX), self.devicePixelRatioF()))

    def _place(self) -> None:
        self.title.setProperty("kind", "section")
        self.words.setProperty("kind", "muted")
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        head = QHBoxLayout()
        head.setSpacing(SPACE_S)
        head.addWidget(self._mark)
        head.addWidget(self.title, 1)
        self.buttons.setSpacing(SPACE_S)
        self.buttons.addWidget(self.button)
        self.buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, SPACE_L, 18, SPACE_L)
        column.setSpacing(SPACE_S)
        column.addLayout(head)
        column.addWidget(self.words, 1, Qt.AlignmentFlag.AlignTop)
        column.addLayout(self.buttons)
