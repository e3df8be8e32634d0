"""About a model: its architecture as a drawing, how many parameters work, and what takes the bytes."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.core.architecture import Architecture, Part
from app.i18n import Texts
from app.i18n.quantities import size_text
from app.ui.models.drawing import ArchitectureDrawing
from app.ui.models.wording import PARTS, architecture_text, count_text
from app.ui.theme import Theme
from app.ui.tokens import SPACE_L, SPACE_M, SPACE_S, SPACE_XL
from app.ui.widgets.stack_bar import Piece, StackBar

_ROLES = {
    Part.EXPERTS: "experts",
    Part.ATTENTION: "context",
    Part.EMBEDDING: "weights",
    Part.OUTPUT: "repack",
}


class AboutDialog(QDialog):
    """All of it comes from the file's header; nothing is loaded."""

    def __init__(self, model: Architecture, theme: Theme, tr: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._theme = theme
        self._tr = tr
        self.drawing = ArchitectureDrawing(theme, tr)
        self.drawing.show_model(model)
        self.bar = StackBar(theme)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("About this model"))
        self._place()

    def _place(self) -> None:
        tr, facts = self._tr, self._model.facts
        title = _label(self._model.about.name or facts.name, "title")
        words = _label(architecture_text(self._model, tr), "muted")
        words.setWordWrap(True)
        card = QFrame()
        card.setProperty("kind", "answer")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        inside.addWidget(self.drawing, 0, Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_XL, SPACE_XL, SPACE_XL, SPACE_L)
        column.setSpacing(SPACE_M)
        column.addWidget(title)
        column.addWidget(_label(self._origin(), "muted"))
        column.addWidget(card)
        column.addWidget(words)
        column.addSpacing(SPACE_S)
        column.addWidget(_label(tr("What takes the bytes"), "section"))
        column.addWidget(self.bar)
        column.addLayout(self._table())
        column.addLayout(self._bottom())
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)

    def _origin(self) -> str:
        """What the file says of itself, and how many of its parameters work on a token."""
        tr, model = self._tr, self._model
        numbers = tr(
            "{parameters} parameters, {active} active",
            parameters=count_text(model.parameters, tr),
            active=count_text(model.active_parameters, tr),
        )
        about = model.about
        told = (about.organization or about.author, numbers, size_text(model.facts.size_bytes), about.licence)
        return " · ".join(filter(None, told))

    def _table(self) -> QGridLayout:
        """Each part with its quantisation, parameters and bytes; the bar above shows the same."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE_XL)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(4, 1)
        pieces, row = [], 0
        for part in sorted(Part, key=lambda part: -_bytes(self._model, part)):
            portions = self._model.by_type(part)
            if not portions:
                continue
            size = _bytes(self._model, part)
            text = f"{self._tr(PARTS[part])}: {size_text(size)}"
            pieces.append(Piece(size, _ROLES.get(part, "working"), text))
            self._add_row(grid, row, part, size)
            row += 1
        self.bar.show_pieces(pieces, sum(piece.size for piece in pieces))
        self.bar.setAccessibleName(self._tr("What takes the bytes"))
        self.bar.setAccessibleDescription(", ".join(piece.text for piece in pieces))
        return grid

    def _add_row(self, grid: QGridLayout, row: int, part: Part, size: int) -> None:
        tr, portions = self._tr, self._model.by_type(part)
        kinds = ", ".join(portion.type for portion in portions)
        count = count_text(sum(portion.parameters for portion in portions), tr)
        swatch = StackBar(self._theme)
        swatch.setFixedSize(10, 10)
        swatch.show_pieces([Piece(1, _ROLES.get(part, "working"))], 1)
        grid.addWidget(swatch, row, 0, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(_label(tr(PARTS[part]), "small"), row, 1)
        share = size / max(1, self._model.facts.size_bytes)
        percent = f"{share:.0%}" if share >= 0.005 else "<1%"
        texts = (tr("{count} parameters", count=count), kinds, f"{size_text(size)}  ({percent})")
        for column, text in zip((2, 3, 5), texts, strict=True):
            label = _label(text, "muted")
            if column == 5:
                label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(label, row, column)

    def _bottom(self) -> QHBoxLayout:
        close = QPushButton(self._tr("Close"))
        close.setProperty("kind", "primary")
        close.setDefault(True)
        close.clicked.connect(self.close)
        row = QHBoxLayout()
        row.setContentsMargins(0, SPACE_M, 0, 0)
        row.addStretch(1)
        row.addWidget(close)
        return row


def _bytes(model: Architecture, part: Part) -> int:
    return sum(portion.size_bytes for portion in model.by_type(part))


def _label(text: str, kind: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("kind", kind)
    return label
