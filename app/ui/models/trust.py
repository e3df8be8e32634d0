"""Asked before a file is loaded that nobody has verified: load it, verify it first, or leave it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from app.core.shelf import Verdict
from app.i18n import Texts


class TrustBox(QMessageBox):
    """`trusted`: load it as it is."""

    trusted = Signal()
    verify_wanted = Signal()

    def __init__(self, name: str, verdict: Verdict, tr: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setText(tr("Load “{name}”?", name=name))
        known = {
            Verdict.UNCHECKED: tr("Alcove has not verified this file yet."),
            Verdict.UNKNOWN: tr("Its SHA-256 is not that of a model Alcove knows."),
            Verdict.DAMAGED: tr("Parts of this file have changed on the disk: repair it before it is used."),
        }
        told = tr("A model file can be made to do harm: load it only if you trust where it comes from.")
        self.setInformativeText(f"{known.get(verdict, '')} {told}".strip())
        self.load = self.addButton(tr("Load it"), QMessageBox.ButtonRole.AcceptRole)
        self.load.clicked.connect(self.trusted)
        self.verify = self.addButton(tr("Verify it first"), QMessageBox.ButtonRole.ActionRole)
        self.verify.setVisible(verdict is Verdict.UNCHECKED)
        self.verify.clicked.connect(self.verify_wanted)
        self.leave = self.addButton(tr("Leave it"), QMessageBox.ButtonRole.RejectRole)
        self.setDefaultButton(self.verify if verdict is Verdict.UNCHECKED else self.leave)
