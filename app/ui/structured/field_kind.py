"""What kind of thing a field holds, chosen from lists: one, and one more for each "list of"."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from app.i18n import Texts
from app.structured.fields import Field, Kind, chain, chained
from app.structured.form import as_kind
from app.ui.structured.wording import KINDS
from app.ui.tokens import SPACE_S


class FieldKind(QWidget):
    """`changed` gives the field as one of the kind that was chosen."""

    changed = Signal(object)

    def __init__(self, tr: Texts, kinds: Sequence[Kind] = tuple(Kind), parent: QWidget | None = None) -> None:
        """`kinds` are those that the field itself can be of; what a list holds can be of any."""
        super().__init__(parent)
        self._tr = tr
        self._kinds = kinds
        self._field = Field("")
        self.boxes: list[QuietBox] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(SPACE_S)
        self._row.addStretch(1)

    def show_field(self, field: Field) -> None:
        """Show the kinds of this field, without telling."""
        self._field = field
        links = chain(field)
        for box in self.boxes[len(links) :]:
            box.hide()
            box.deleteLater()
        del self.boxes[len(links) :]
        for at, link in enumerate(links):
            box = self.boxes[at] if at < len(self.boxes) else self._add_box()
            box.setCurrentIndex(box.findData(link.kind))

    def _add_box(self) -> QuietBox:
        box = QuietBox()
        box.setAccessibleName(self._tr("What the list holds") if self.boxes else self._tr("Kind"))
        for kind in KINDS if self.boxes else self._kinds:
            box.addItem(self._tr(KINDS[kind]), kind)
        at = len(self.boxes)
        box.activated.connect(lambda _index: self._choose(at, Kind(box.currentData())))
        self.boxes.append(box)
        self._row.insertWidget(at, box)
        return box

    def _choose(self, at: int, kind: Kind) -> None:
        links = chain(self._field)
        if links[at].kind is not kind:
            self.show_field(chained((*links[:at], as_kind(links[at], kind))))
            self.changed.emit(self._field)


class QuietBox(QComboBox):
    """Leaves the wheel to the page it lies on unless it has the focus."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
