"""Ask before a link is opened, showing its target in full."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QTextOption
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from app.i18n import Texts
from app.ui.tokens import SPACE_M, SPACE_S, SPACE_XL
from app.ui.widgets.markdown.links import is_allowed

_WIDTH_PX = 460
_LINES = 4


class LinkDialog(QDialog):
    """Opens the target in the system's browser only after "Open"; the host is in punycode."""

    def __init__(self, target: str, tr: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._target = target
        self.setWindowTitle(tr("Open this link?"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFixedWidth(_WIDTH_PX)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(SPACE_XL, SPACE_XL, SPACE_XL, SPACE_XL)
        rows.setSpacing(SPACE_M)
        rows.addWidget(_plain(tr("Open this link outside Alcove?"), "title"))
        rows.addWidget(self._field(tr("Target of the link")))
        rows.addLayout(self._buttons(tr))

    def _field(self, label: str) -> QPlainTextEdit:
        field = QPlainTextEdit(self._target)
        field.setReadOnly(True)
        field.setProperty("kind", "field")
        field.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
        field.setFixedHeight(_LINES * field.fontMetrics().lineSpacing() + SPACE_XL)
        field.setAccessibleName(label)
        field.setTabChangesFocus(True)
        return field

    def _buttons(self, tr: Texts) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SPACE_S)
        copy, cancel, go = QPushButton(tr("Copy")), QPushButton(tr("Cancel")), QPushButton(tr("Open"))
        go.setProperty("kind", "primary")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._target))
        cancel.clicked.connect(self.reject)
        go.clicked.connect(self._open)
        cancel.setDefault(True)
        row.addWidget(copy)
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(go)
        return row

    def _open(self) -> None:
        if is_allowed(self._target):
            QDesktopServices.openUrl(QUrl(self._target, QUrl.ParsingMode.StrictMode))
        self.accept()


def _plain(text: str, kind: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("kind", kind)
    label.setWordWrap(True)
    return label
