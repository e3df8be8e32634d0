"""A question: plain text in a bubble at the right, its actions at the bubble's left."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QPushButton, QWidget

from app.i18n import Texts
from app.ui.chat.entry import Entry
from app.ui.chat.row import Row, column
from app.ui.chat.row_actions import HEIGHT_PX, RowActions
from app.ui.theme import Theme
from app.ui.tokens import SPACE_L, SPACE_M, SPACE_S
from app.ui.widgets.plain_view import PlainView

_WIDEST = 0.72
_PAD_X, _PAD_Y = SPACE_L, 9
_LONG_CHARACTERS = 3000
_LONG_LINES = 30
"""A longer question is shown in part until asked for: it may be a pasted file."""


class QuestionRow(Row):
    def __init__(self, theme: Theme, tr: Texts, entry: Entry, parent: QWidget) -> None:
        super().__init__(theme, tr, entry, parent)
        self._bubble = QFrame(self)
        self._bubble.setProperty("kind", "bubble")
        self._view = PlainView(theme, self._bubble)
        self._more = QPushButton(tr("Show all"), self._bubble)
        self._more.setProperty("kind", "link")
        self._more.clicked.connect(self._show_all)
        self._actions = self._make_actions()
        self.show_entry(entry)

    @property
    def row_actions(self) -> RowActions:
        return self._actions

    def show_entry(self, entry: Entry) -> None:
        if entry.versions != self.entry.versions:
            self._actions.deleteLater()
            self.entry = entry
            self._actions = self._make_actions()
            self._actions.show()
        self.entry = entry
        beginning = _beginning(entry.message.text)
        self._more.setVisible(beginning != entry.message.text)
        self._view.show_text(beginning)
        self._view.setAccessibleName(self.tr_("Question"))
        self.setAccessibleName(self.tr_("You: {text}", text=beginning[:200]))
        self.laid_out_px = 0

    def lay_out(self, width: int) -> int:
        left, inner = column(width)
        text_width = self._view.ideal_width(round(inner * _WIDEST) - 2 * _PAD_X)
        height = self._view.lay_out(text_width)
        self._view.setGeometry(_PAD_X, _PAD_Y, text_width, height)
        if not self._more.isHidden():
            self._more.adjustSize()
            self._more.move(_PAD_X - SPACE_S, _PAD_Y + height)
            height += self._more.height()
        bubble_width = text_width + 2 * _PAD_X
        bubble_left = left + inner - bubble_width
        self._bubble.setGeometry(bubble_left, SPACE_M, bubble_width, height + 2 * _PAD_Y)
        bottom = SPACE_M + height + 2 * _PAD_Y
        actions_width = self._actions.sizeHint().width()
        self._actions.setGeometry(
            bubble_left - actions_width - SPACE_S, bottom - HEIGHT_PX - 4, actions_width, HEIGHT_PX
        )
        self.laid_out_px = width
        return bottom + SPACE_M

    def selected_text(self) -> str:
        return self._view.selected_text()

    def mark(self, start: int, end: int) -> int:
        """Highlight these characters; gives how far below the row's top they are."""
        if not self._more.isHidden() and end > len(_beginning(self.entry.message.text)):
            self._show_all()
        return self._view.mapTo(self, self._view.mark(start, end).topLeft()).y()

    def clear_marks(self) -> None:
        self._view.clear_marks()

    def _make_actions(self) -> RowActions:
        actions = RowActions(self.theme, self.tr_, self)
        actions.add_copy()
        actions.add_edit()
        actions.add_versions(self.entry)
        self.connect_actions(actions)
        return actions

    def _show_all(self) -> None:
        self._more.hide()
        self._view.show_text(self.entry.message.text)
        self.laid_out_px = 0
        self.grown.emit()


def _beginning(text: str) -> str:
    """The text itself, or as much of a long one as is shown at first."""
    beginning = "\n".join(text[:_LONG_CHARACTERS].split("\n")[:_LONG_LINES])
    return beginning if len(beginning) == len(text) else beginning.rstrip() + " …"
