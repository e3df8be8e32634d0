"""One model in the lists of the window of models: what it is, what is known of it, and what can be done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from app.i18n import Texts
from app.ui.models.live import Live
from app.ui.models.transfer_row import TransferRow
from app.ui.theme import Theme
from app.ui.tokens import SPACE_M, SPACE_S, SPACE_XS
from app.ui.widgets.elided_label import ElidedLabel
from app.ui.widgets.icon_button import IconButton

_ICON_PX = 22


@dataclass(frozen=True, slots=True)
class Act:
    """Something that can be done with a model."""

    text: str
    do: Callable[[], object]
    is_primary: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """What a row says; `badge` stands beside the title, `note` is a line of its own, red where `is_fault`."""

    title: str
    detail: str
    badge: str = ""
    note: str = ""
    is_fault: bool = False
    icon: str = "model"


class ModelRow(QFrame):
    """`acts` are buttons, `more` a menu behind a button."""

    def __init__(
        self,
        theme: Theme,
        tr: Texts,
        shown: Shown,
        acts: Sequence[Act] = (),
        more: Sequence[Act] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", "field-row")
        self._theme = theme
        self._tr = tr
        self._icon = shown.icon
        self._more = more
        self.shown = shown
        self.menu_in_view: QMenu | None = None
        self.buttons = [_button(act) for act in acts]
        self.transfer: TransferRow | None = None
        self._mark = QLabel()
        self._right = QHBoxLayout()
        self._column = QVBoxLayout(self)
        self._place(shown)
        self._tint()

    def follow(self, live: Live) -> None:
        """Show a transfer below, in place of the buttons, until it ends."""
        for button in self.buttons:
            button.hide()
        self.transfer = row = TransferRow(self._theme, self._tr, can_pause=live.can_pause)
        live.show_in(row)
        self._column.addWidget(row)

    def open_menu(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for act in self._more:
            menu.addAction(act.text).triggered.connect(lambda _checked=False, act=act: act.do())
        self.menu_in_view = menu
        menu.popup(self.more.mapToGlobal(QPoint(0, self.more.height())))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()

    def _tint(self) -> None:
        icon = self._theme.icon(self._icon, "muted", _ICON_PX)
        self._mark.setPixmap(icon.pixmap(_ICON_PX, _ICON_PX))

    def _place(self, shown: Shown) -> None:
        title, detail, badge = ElidedLabel(shown.title), ElidedLabel(shown.detail), QLabel(shown.badge)
        title.setProperty("kind", "section")
        detail.setProperty("kind", "muted")
        badge.setProperty("kind", "badge")
        badge.setAlignment(Qt.AlignmentFlag.AlignCenter)
        badge.setVisible(bool(shown.badge))
        detail.setVisible(bool(shown.detail))
        head = QHBoxLayout()
        head.setSpacing(SPACE_S)
        head.addWidget(title)
        head.addWidget(badge)
        head.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addLayout(head)
        words.addWidget(detail)
        if shown.note:
            note = QLabel(shown.note)
            note.setTextFormat(Qt.TextFormat.PlainText)
            note.setWordWrap(True)
            note.setProperty("kind", "danger" if shown.is_fault else "muted")
            words.addWidget(note)
        self.more = IconButton(self._theme, "more", self._tr("More about {name}", name=shown.title))
        self.more.clicked.connect(self.open_menu)
        self.more.setVisible(bool(self._more))
        self._right.setSpacing(SPACE_S)
        for button in (*self.buttons, self.more):
            self._right.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout()
        row.setSpacing(SPACE_M)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addLayout(self._right)
        self._column.setContentsMargins(0, SPACE_S + 2, 0, SPACE_S + 2)
        self._column.setSpacing(SPACE_XS + 2)
        self._column.addLayout(row)
        self.setAccessibleName(". ".join(filter(None, (shown.title, shown.badge, shown.detail, shown.note))))


def _button(act: Act) -> QPushButton:
    button = QPushButton(act.text)
    button.setAutoDefault(False)
    if act.is_primary:
        button.setProperty("kind", "primary")
    button.clicked.connect(lambda _checked=False: act.do())
    return button
