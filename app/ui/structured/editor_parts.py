"""What stands around the two views of a schema: its name, the tools above, the buttons below."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QStackedLayout, QWidget

from app.core.answer_format import Notation
from app.i18n import Texts
from app.ui.structured.wording import NOTATIONS
from app.ui.theme import Theme
from app.ui.tokens import SPACE_M, SPACE_S
from app.ui.widgets.segmented import Segmented

FORM, JSON = "form", "json"
_LONGEST_NAME = 80


class Head(QWidget):
    """The name, and how the answer is written; `changed` tells that a person changed one of them."""

    changed = Signal()

    def __init__(self, tr: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = QLineEdit()
        self.name.setMaxLength(_LONGEST_NAME)
        self.name.setPlaceholderText(tr("Name of the format"))
        self.name.setAccessibleName(tr("Name of the format"))
        self.notation = Segmented([(key, tr(text)) for key, text in NOTATIONS.items()], tr("Written as"))
        written = QLabel(tr("Written as"))
        written.setProperty("kind", "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_M)
        row.addWidget(self.name, 1)
        row.addWidget(written)
        row.addWidget(self.notation)
        self.name.textEdited.connect(self.changed)
        self.notation.chosen.connect(self.changed)

    @property
    def notation_value(self) -> Notation:
        return Notation(self.notation.value)

    def show_values(self, name: str, notation: Notation) -> None:
        """Show these, without telling."""
        self.name.setText(name)
        self.notation.choose(notation)


class Tools(QWidget):
    """Which view, and other ways to a schema than by hand."""

    view_chosen = Signal(str)
    example_wanted = Signal()
    description_wanted = Signal()

    def __init__(self, theme: Theme, tr: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = Segmented([(FORM, tr("Form")), (JSON, "JSON")], tr("View"))
        self.example = _quiet(tr("From an example…"))
        self.description = _quiet(tr("Describe it…"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_S)
        row.addWidget(self.view)
        row.addStretch(1)
        row.addWidget(self.example)
        row.addWidget(self.description)
        self.view.chosen.connect(self.view_chosen)
        self.example.clicked.connect(self.example_wanted)
        self.description.clicked.connect(self.description_wanted)


class Foot(QWidget):
    """The buttons; in their place, where something would be lost, the question what to do.

    `save_wanted` and `replace_wanted` tell whether to close afterwards.
    """

    use_wanted = Signal()
    save_wanted = Signal(bool)
    replace_wanted = Signal(bool)
    close_wanted = Signal()
    drop_wanted = Signal()

    def __init__(self, tr: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.save = QPushButton(tr("Save"))
        self.use = QPushButton(tr("Use now"))
        self.use.setProperty("kind", "primary")
        self._meaning = tr("The next answer of this chat has to fit.")
        self.close_button = QPushButton(tr("Close"))
        self.save_and_close = QPushButton(tr("Save"))
        self.save_and_close.setProperty("kind", "primary")
        self.drop = QPushButton(tr("Do not save"))
        self.go_on = QPushButton(tr("Go on editing"))
        self._tr = tr
        self._closes = False
        self.replace = QPushButton(tr("Replace it"))
        self.keep = QPushButton(tr("Go on editing"))
        self._taken = QLabel()
        self._taken.setTextFormat(Qt.TextFormat.PlainText)
        question = QLabel(tr("Save the changes?"))
        self._stack = QStackedLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.addWidget(_row(None, self.close_button, self.save, self.use))
        self._stack.addWidget(_row(question, self.drop, self.go_on, self.save_and_close))
        self._stack.addWidget(_row(self._taken, self.replace, self.keep))
        self.use.clicked.connect(self.use_wanted)
        self.save.clicked.connect(lambda: self.save_wanted.emit(False))
        self.close_button.clicked.connect(self.close_wanted)
        self.save_and_close.clicked.connect(lambda: self.save_wanted.emit(True))
        self.drop.clicked.connect(self.drop_wanted)
        self.go_on.clicked.connect(self.stop_asking)
        self.keep.clicked.connect(self.stop_asking)
        self.replace.clicked.connect(lambda: self.replace_wanted.emit(self._closes))

    @property
    def is_asking(self) -> bool:
        return self._stack.currentIndex() > 0

    def ask(self) -> None:
        self._stack.setCurrentIndex(1)
        target = self.save_and_close if self.save_and_close.isEnabled() else self.go_on
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def ask_to_replace(self, name: str, closes: bool) -> None:
        """Another format has this name; `closes` is what the wish to save said."""
        self._closes = closes
        self._taken.setText(self._tr("“{name}” is there already.", name=name))
        self._stack.setCurrentIndex(2)
        self.keep.setFocus(Qt.FocusReason.OtherFocusReason)

    def stop_asking(self) -> None:
        self._stack.setCurrentIndex(0)

    def allow(self, *, save: bool, use: bool) -> None:
        """Which of the buttons make sense now."""
        self.save.setEnabled(save)
        self.save_and_close.setEnabled(save)
        self.use.setEnabled(use)

    def explain(self, reason: str) -> None:
        """Why they do not; empty where they do, or where it is told elsewhere."""
        for button in (self.save, self.save_and_close):
            button.setToolTip(reason)
        self.use.setToolTip(reason or self._meaning)


def _quiet(text: str) -> QPushButton:
    button = QPushButton(text)
    button.setProperty("kind", "quiet")
    button.setAutoDefault(False)
    return button


def _row(words: QLabel | None, *buttons: QPushButton) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(SPACE_M)
    if words is not None:
        row.addWidget(words)
    row.addStretch(1)
    for button in buttons:
        button.setAutoDefault(False)
        row.addWidget(button)
    return holder
