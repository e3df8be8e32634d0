"""What an editor says about its schema: what is wrong, line by line, or what of it is kept to."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.i18n import Texts
from app.structured.examine import Examination
from app.ui.announce import announce
from app.ui.structured.wording import coverage_lines, examination_text, fault_text
from app.ui.tokens import SPACE_S

_MOST_ROWS = 3
_LINE = Qt.ItemDataRole.UserRole


class StateBar(QWidget):
    """`line_chosen` tells the line of a fault that was pressed."""

    line_chosen = Signal(int)

    def __init__(self, tr: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tr = tr
        self._undo: Callable[[], None] | None = None
        self.words = QLabel()
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.undo_button = QPushButton(tr("Undo"))
        self.undo_button.setProperty("kind", "link")
        self.undo_button.clicked.connect(self._take_back)
        self.undo_button.hide()
        self.faults = QListWidget()
        self.faults.setProperty("kind", "faults")
        self.faults.setAccessibleName(tr("What is wrong with the schema"))
        self.faults.itemClicked.connect(self._choose)
        self.faults.itemActivated.connect(self._choose)
        self._place()
        self.say("")

    def say(self, text: str, *, is_fault: bool = False, undo: Callable[[], None] | None = None) -> None:
        """One sentence; with `undo` there is a way to take back what it tells of."""
        is_news = text not in ("", self.words.text())
        self.words.setText(text)
        self.words.setToolTip("")
        kind = "danger" if is_fault else "muted"
        if self.words.property("kind") != kind:
            self.words.setProperty("kind", kind)
            self.words.style().unpolish(self.words)
            self.words.style().polish(self.words)
        self._undo = undo
        self.undo_button.setVisible(undo is not None)
        if is_news:
            announce(self, text)

    def forget_undo(self) -> None:
        """More was changed since: taking back what was told would take that back, too."""
        if self._undo is not None:
            self.say("")

    def show_examination(self, found: Examination) -> None:
        """The faults of a schema, or what of it is kept to; what can be undone stays offered."""
        self.faults.clear()
        for fault, line in zip(found.faults, found.lines, strict=True):
            text = fault_text(fault, self._tr)
            item = QListWidgetItem(self._tr("Line {line}: {text}", line=line, text=text))
            item.setToolTip(text)
            item.setData(_LINE, line)
            self.faults.addItem(item)
        self._fit()
        if self._undo is None:
            text = "" if found.faults else examination_text(found, self._tr)
            self.say(text, is_fault=not found.can_be_used)
            self.words.setToolTip(coverage_lines(found.coverage))

    def _fit(self) -> None:
        rows = min(_MOST_ROWS, self.faults.count())
        if rows:
            self.faults.setFixedHeight(rows * self.faults.sizeHintForRow(0) + 2)
        self.faults.setVisible(rows > 0)

    def _choose(self, item: QListWidgetItem) -> None:
        self.line_chosen.emit(item.data(_LINE))

    def _take_back(self) -> None:
        if undo := self._undo:
            self.say("")
            undo()

    def _place(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(SPACE_S)
        row.addWidget(self.words, 1)
        row.addWidget(self.undo_button, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        column.addWidget(self.faults)
        column.addLayout(row)
