"""The head of a structured answer: its verdict, the ways to look at it, and where it does not fit."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QWidget

from app.i18n import Texts
from app.ui.chat.fault_list import FaultList
from app.ui.chat.verdict import Verdict
from app.ui.theme import Theme
from app.ui.tokens import SPACE_S
from app.ui.widgets.segmented import Segmented

_ICON_PX = 16
_LINE_PX = 30


class StructuredHead(QWidget):
    """`chosen` tells the way of looking a person chose, `fault_chosen` the JSONPath of a fault pressed.

    It reaches `SPACE_S` further to the left than the texts in it.
    """

    chosen = Signal(str)
    fault_chosen = Signal(str)
    resized = Signal()

    def __init__(self, theme: Theme, tr: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tr = tr
        self._icon = QLabel(self)
        self._sentence = QLabel(self)
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._sentence.setWordWrap(True)
        self._views: tuple[str, ...] = ()
        self._choice: Segmented | None = None
        self._faults: FaultList | None = None
        self._shown: Verdict | None = None

    def show_verdict(self, verdict: Verdict) -> None:
        if verdict == self._shown:
            return
        if self._shown is None or (verdict.icon, verdict.role) != (self._shown.icon, self._shown.role):
            icon = self._theme.icon(verdict.icon, verdict.role, _ICON_PX)
            self._icon.setPixmap(icon.pixmap(_ICON_PX, _ICON_PX))
            self._sentence.setProperty("kind", "danger" if verdict.role == "danger" else "muted")
            self._sentence.style().unpolish(self._sentence)
            self._sentence.style().polish(self._sentence)
        self._sentence.setText(verdict.sentence)
        self._show_faults(verdict)
        self._shown = verdict

    def set_views(self, views: tuple[str, ...], chosen: str) -> None:
        """Offer these ways of looking at the answer: `tree`, `table`, `text`."""
        if views != self._views:
            self._views = views
            if self._choice:
                self._choice.hide()
                self._choice.deleteLater()
            self._choice = self._make_choice(views) if len(views) > 1 else None
        if self._choice:
            self._choice.choose(chosen)

    def lay_out(self, width: int) -> int:
        """Take this width; the height needed, which the caller then gives."""
        left = SPACE_S + _ICON_PX + SPACE_S
        side = self._choice.sizeHint() if self._choice else None
        room = max(1, width - left - (side.width() + SPACE_S if side else 0))
        height = max(_LINE_PX, self._sentence.heightForWidth(room))
        self._icon.setGeometry(SPACE_S, (_LINE_PX - _ICON_PX) // 2, _ICON_PX, _ICON_PX)
        self._sentence.setGeometry(left, 0, room, height)
        if self._choice and side:
            self._choice.setGeometry(width - side.width(), 0, side.width(), side.height())
        if self._faults:
            below = self._faults.lay_out(width)
            self._faults.setGeometry(0, height + SPACE_S, width, below)
            height += SPACE_S + below
        return height

    def _make_choice(self, views: tuple[str, ...]) -> Segmented:
        tr = self._tr
        words = {"tree": tr("Tree"), "table": tr("Table"), "text": tr("Text")}
        choice = Segmented([(view, words[view]) for view in views], tr("View"), self)
        choice.chosen.connect(self.chosen)
        choice.show()
        return choice

    def _show_faults(self, verdict: Verdict) -> None:
        if self._faults is None and verdict.faults:
            self._faults = FaultList(self._theme, self._tr, self)
            self._faults.chosen.connect(self.fault_chosen)
            self._faults.resized.connect(self.resized)
            self._faults.show()
        if self._faults:
            self._faults.show_faults(verdict.faults)
