"""Make a schema from an example: paste JSON, get what is like it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.core.answer_format import Fault
from app.core.errors import SchemaRefused
from app.i18n import Texts
from app.structured.example import schema_from_example
from app.structured.lines import lines_of
from app.ui.structured.wording import fault_text
from app.ui.theme import Theme
from app.ui.tokens import SPACE_M, SPACE_XL
from app.ui.widgets.code_edit import CodeEdit

_SIZE = (560, 460)


class ExampleDialog(QDialog):
    """`made` gives the schema. What was pasted stays, for the next time it is opened."""

    made = Signal(str)

    def __init__(self, theme: Theme, tr: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._tr = tr
        self.setWindowTitle(tr("From an example"))
        self.resize(*_SIZE)
        self.field = CodeEdit(theme, "json")
        self.field.setProperty("kind", "field")
        self.field.setAccessibleName(tr("Example as JSON"))
        self.field.setPlaceholderText('{"quarter": "Q3", "revenue": 2.87}')
        self.words = QLabel()
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.make_button = QPushButton(tr("Make the schema"))
        self.make_button.setProperty("kind", "primary")
        self.make_button.setEnabled(False)
        self.make_button.clicked.connect(self._make)
        self.field.textChanged.connect(self._typed)
        self._place()
        self._typed()

    def _make(self) -> None:
        text = self.field.toPlainText()
        try:
            schema = schema_from_example(text)
        except SchemaRefused as error:
            path, rule, detail = (str(error.values.get(name, "")) for name in ("path", "rule", "detail"))
            self._show_fault(Fault(path, rule, detail))
        else:
            self.made.emit(schema)
            self.accept()

    def _show_fault(self, fault: Fault) -> None:
        (line,) = lines_of(self.field.toPlainText(), [fault])
        self.field.mark_lines([line])
        self._say(self._tr("Line {line}: {text}", line=line, text=fault_text(fault, self._tr)), "danger")

    def _typed(self) -> None:
        self.make_button.setEnabled(bool(self.field.toPlainText().strip()))
        self.field.mark_lines([])
        self._say(
            self._tr("An object, or several in an array; what some of them lack is not required."), "muted"
        )

    def _say(self, text: str, kind: str) -> None:
        self.words.setText(text)
        self.words.setProperty("kind", kind)
        self.words.style().unpolish(self.words)
        self.words.style().polish(self.words)

    def _place(self) -> None:
        cancel = QPushButton(self._tr("Cancel"))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.setSpacing(SPACE_M)
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(self.make_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_XL, SPACE_XL, SPACE_XL, SPACE_XL)
        column.setSpacing(SPACE_M)
        column.addWidget(QLabel(self._tr("Paste JSON that looks as the answers should:")))
        column.addWidget(self.field, 1)
        column.addWidget(self.words)
        column.addLayout(row)
