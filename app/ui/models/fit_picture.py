"""A plan as a picture: a bar for each GPU and for main memory, what fills them, and how fast it will be."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.core.plan import Plan, Share
from app.core.words import mark
from app.i18n import Texts
from app.i18n.quantities import size_text
from app.ui.theme import Theme
from app.ui.tokens import SPACE_M, SPACE_S, SPACE_XS
from app.ui.widgets.elided_label import ElidedLabel
from app.ui.widgets.stack_bar import Legend, Piece, StackBar

_PARTS = (
    ("weights", mark("attention, vocabulary")),
    ("experts", mark("experts")),
    ("repack", mark("faster copy of the experts")),
    ("context", mark("context")),
    ("working", mark("working memory")),
)


class FitPicture(QWidget):
    """`names` tell what a GPU is called by people, by the engine's name for it."""

    def __init__(self, theme: Theme, tr: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tr = tr
        self._rows: list[QWidget] = []
        self.bars: list[StackBar] = []
        self._bars = QVBoxLayout()
        self._bars.setSpacing(SPACE_M)
        self.legend = Legend(theme)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        column.addLayout(self._bars)
        column.addWidget(self.legend)

    def show_plan(self, plan: Plan, names: Mapping[str, str]) -> None:
        """GPUs that hold nothing are left out; main memory comes last."""
        for row in self._rows:
            row.hide()
            row.deleteLater()
        self._rows, self.bars = [], []
        main, *gpus = plan.shares
        shown = [share for share in gpus if share.used_bytes]
        for share in (*shown, main):
            self._add(share, plan, names)
        used = {role for share in (*shown, main) for role, size in _sizes(share).items() if size}
        items = [(role, self._tr(text)) for role, text in _PARTS if role in used]
        self.legend.show_items([*items, ("selected", self._tr("free"))])
        self.setAccessibleName(self._tr("Where the model goes"))
        self.setAccessibleDescription(". ".join(row.accessibleName() for row in self._rows))

    def _add(self, share: Share, plan: Plan, names: Mapping[str, str]) -> None:
        tr = self._tr
        pieces = [
            Piece(size, role, f"{tr(text)}: {size_text(size)}")
            for role, text in _PARTS
            if (size := _sizes(share)[role])
        ]
        if share.device:
            title = tr("Graphics card · {name}", name=names.get(share.device, share.device))
        else:
            title = tr("Memory · {size}", size=size_text(share.total_bytes))
        numbers = tr(
            "{used} of {free} free", used=size_text(share.used_bytes), free=size_text(share.free_bytes)
        )
        bar = StackBar(self._theme)
        bar.show_pieces(pieces, share.free_bytes)
        self.bars.append(bar)
        row = _row(title, numbers, bar)
        row.setAccessibleName(": ".join((title, ", ".join((numbers, *(piece.text for piece in pieces))))))
        self._rows.append(row)
        self._bars.addWidget(row)


def _sizes(share: Share) -> Mapping[str, int]:
    return {
        "weights": share.weights_bytes,
        "experts": share.experts_bytes,
        "repack": share.repack_bytes,
        "context": share.kv_bytes,
        "working": share.compute_bytes + share.engine_bytes,
    }


def _row(title: str, numbers: str, bar: QWidget) -> QWidget:
    row = QWidget()
    name, figure = ElidedLabel(title), QLabel(numbers)
    name.setProperty("kind", "small")
    figure.setProperty("kind", "muted")
    figure.setTextFormat(Qt.TextFormat.PlainText)
    line = QHBoxLayout()
    line.addWidget(name, 1)
    line.addWidget(figure)
    column = QVBoxLayout(row)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(SPACE_XS)
    column.addLayout(line)
    column.addWidget(bar)
    return row
