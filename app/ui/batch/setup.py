"""What a batch is made of: the documents, the format, what to extract, and the file for the result."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)

from app.core.answer_format import AnswerFormat, FileKind
from app.i18n import Texts
from app.ui.theme import Theme
from app.ui.tokens import SPACE_M, SPACE_S
from app.ui.widgets.choice_button import ChoiceButton
from app.ui.widgets.elided_label import ElidedLabel

_KINDS = {FileKind.CSV: "CSV", FileKind.JSON: "JSON", FileKind.JSONL: "JSON Lines", FileKind.XML: "XML"}


class Setup(QWidget):
    """`changed` tells that something of it is another."""

    changed = Signal()
    paths_changed = Signal(object)
    format_wanted = Signal()

    def __init__(self, theme: Theme, tr: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tr = tr
        self.paths: tuple[Path, ...] = ()
        self.format: AnswerFormat | None = None
        self.result: Path | None = None
        self.files = _button(tr("Add files…"))
        self.folder = _button(tr("Add a folder…"))
        self.clear = _button(tr("Clear"), "quiet")
        self.count = ElidedLabel()
        self.format_button = ChoiceButton(theme, tr("Answer format"))
        self.prompt = QLineEdit()
        self.result_name = ElidedLabel()
        self.result_button = _button(tr("Choose…"))
        self.source = QCheckBox(tr("Name the document of each answer"))
        self._place()
        self._connect()
        self.show_format(None)
        self._show_result()

    @property
    def is_whole(self) -> bool:
        """Whether everything is there that a batch needs."""
        return bool(self.paths) and self.format is not None and self.result is not None

    def show_format(self, answer_format: AnswerFormat | None) -> None:
        self.format = answer_format
        if answer_format is None:
            self.format_button.show_choice(self._tr("Choose a format"), "braces")
        else:
            self.format_button.show_choice(self._tr(answer_format.name), "braces", "accent")
        self.changed.emit()

    def add(self, paths: Sequence[Path]) -> None:
        """More documents; those that are there already are not taken twice."""
        self._take(tuple(dict.fromkeys((*self.paths, *paths))))

    def say_count(self, text: str) -> None:
        self.count.setText(text)

    def take_result(self, path: Path) -> None:
        self.result = path
        self._show_result()
        self.changed.emit()

    def _take(self, paths: tuple[Path, ...]) -> None:
        self.paths = paths
        self.clear.setEnabled(bool(paths))
        self.paths_changed.emit(paths)
        self.changed.emit()

    def _ask_files(self) -> None:
        dialog = self._dialog(self._tr("Which documents?"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters(
            [self._tr("Text, Markdown, CSV, JSON") + " (*.txt *.md *.csv *.json *.jsonl)", "* (*)"]
        )
        dialog.filesSelected.connect(lambda names: self.add([Path(name) for name in names]))
        dialog.open()

    def _ask_folder(self) -> None:
        dialog = self._dialog(self._tr("Which folder?"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(lambda name: self.add([Path(name)]))
        dialog.open()

    def _ask_result(self) -> None:
        dialog = self._dialog(self._tr("Which file for the result?"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        filters = {f"{name} (*{kind.suffix})": kind for kind, name in _KINDS.items()}
        dialog.setNameFilters(list(filters))
        dialog.setDefaultSuffix(FileKind.CSV.value)
        dialog.filterSelected.connect(lambda text: dialog.setDefaultSuffix(filters[text].value))
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # asked when the batch begins
        dialog.fileSelected.connect(lambda name: self.take_result(Path(name)))
        dialog.open()

    def _dialog(self, title: str) -> QFileDialog:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        beside = self.paths[-1].parent if self.paths else Path(folder)
        dialog = QFileDialog(self, title, str(beside))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return dialog

    def _show_result(self) -> None:
        self.result_name.setText(str(self.result) if self.result else self._tr("Not chosen yet"))

    def _connect(self) -> None:
        self.files.clicked.connect(self._ask_files)
        self.folder.clicked.connect(self._ask_folder)
        self.clear.clicked.connect(lambda: self._take(()))
        self.format_button.clicked.connect(self.format_wanted)
        self.prompt.textChanged.connect(lambda _: self.changed.emit())
        self.result_button.clicked.connect(self._ask_result)

    def _place(self) -> None:
        tr = self._tr
        self.count.setProperty("kind", "muted")
        self.result_name.setProperty("kind", "small")
        self.clear.setEnabled(False)
        self.prompt.setAccessibleName(tr("What to extract"))
        self.prompt.setPlaceholderText(tr("Optional; {{column}} stands for a column of a table"))
        rows: tuple[tuple[str, QWidget], ...] = (
            (tr("Documents"), _line(self.files, self.folder, self.count, self.clear, stretch=2)),
            (tr("Answer format"), self.format_button),
            (tr("What to extract"), self.prompt),
            (tr("Result"), _line(self.result_name, self.result_button, stretch=0)),
            ("", self.source),
        )
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACE_M)
        grid.setVerticalSpacing(SPACE_S)
        grid.setColumnStretch(1, 1)
        for row, (title, widget) in enumerate(rows):
            label = QLabel(title)
            label.setProperty("kind", "muted")
            grid.addWidget(label, row, 0)
            grid.addWidget(widget, row, 1)


def _button(text: str, kind: str = "") -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(False)
    if kind:
        button.setProperty("kind", kind)
    return button


def _line(*widgets: QWidget, stretch: int) -> QWidget:
    """Widgets in a row; the one at `stretch` takes the room that is left."""
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(SPACE_S)
    for at, widget in enumerate(widgets):
        row.addWidget(widget, 1 if at == stretch else 0)
    return holder
