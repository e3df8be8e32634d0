"""One sentence in a quiet box, with what to do next and details that fold out."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.ui.theme import Theme
from app.ui.tokens import SPACE_M, SPACE_S
from app.ui.widgets.fold import Fold
from app.ui.widgets.icon_button import IconButton


class Banner(QFrame):
    """`acted` tells that the action was pressed, `closed` that the box was put away.

    With `is_fault` the outline is red. All texts are plain text.
    """

    acted = Signal()
    closed = Signal()

    def __init__(
        self,
        theme: Theme,
        sentence: str,
        *,
        close_label: str,
        action: str = "",
        details: str = "",
        details_label: str = "",
        is_fault: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", "notice" if is_fault else "banner")
        self.setAccessibleName(sentence)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(SPACE_M, SPACE_S, SPACE_S, SPACE_S)
        rows.setSpacing(0)
        rows.addLayout(self._sentence_row(theme, sentence, action, close_label))
        if details:
            fold = Fold(theme, details_label)
            fold.body.addWidget(_words(details, "muted"))
            rows.addWidget(fold)

    def _sentence_row(self, theme: Theme, sentence: str, action: str, close_label: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SPACE_S)
        row.addWidget(_words(sentence, "small"), 1)
        if action:
            button = QPushButton(action)
            button.setProperty("kind", "link")
            button.clicked.connect(self.acted)
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        close = IconButton(theme, "close", close_label, size_px=16)
        close.clicked.connect(self.closed)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        return row


def _words(text: str, kind: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("kind", kind)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
