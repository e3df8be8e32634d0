"""Where an answer does not fit: each place with a few words, folded beyond the first few."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from app.core.answer_format import Fault
from app.i18n import Texts
from app.i18n.faults import explain_fault, place_text
from app.ui.theme import Theme, code_font
from app.ui.tokens import SPACE_L, SPACE_S, SPACE_XL, SPACE_XS
from app.ui.widgets.fold import FoldButton
from app.ui.widgets.json_rows import KEY_PX, key_room

_SHOWN = 3
_LINE_PX = 26
_AFTER_SIGN = re.compile(r"(?<=[,;|/)}\]])(?=\S)")


class FaultList(QWidget):
    """`chosen` tells the JSONPath of the place that was pressed, `resized` that more or fewer are shown.

    It reaches `SPACE_S` further to the left than the texts in it.
    """

    chosen = Signal(str)
    resized = Signal()

    def __init__(self, theme: Theme, tr: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._tr = tr
        self._faults: tuple[Fault, ...] = ()
        self._lines: list[tuple[QPushButton | None, QLabel]] = []
        self._fold = FoldButton(theme, "", self)
        self._fold.clicked.connect(self._turn)

    def show_faults(self, faults: Sequence[Fault]) -> None:
        if tuple(faults) == self._faults:
            return
        self._faults = tuple(faults)
        self._fold.setChecked(False)
        self._fold.set_title(self._tr.plural("{n} more", "{n} more", max(0, len(faults) - _SHOWN)))
        self._fill()

    def lay_out(self, width: int) -> int:
        """Take this width; the height needed, which the caller then gives."""
        left = SPACE_S + min(max(self._widest_px(), KEY_PX), key_room(width - SPACE_S))
        bottom = 0
        for place, words in self._lines:
            start = left if place else SPACE_S
            height = words.heightForWidth(width - start)
            pad = max(0, (_LINE_PX - words.fontMetrics().height()) // 2)
            if place:
                self._cut(place, left - SPACE_S)
                place.setGeometry(0, bottom, min(place.sizeHint().width(), left - SPACE_XS), _LINE_PX)
            words.setGeometry(start, bottom + pad, width - start, height)
            bottom += height + 2 * pad
        if not self._fold.isHidden():
            size = self._fold.sizeHint()
            self._fold.setGeometry(SPACE_XS, bottom, size.width(), size.height())
            bottom += size.height()
        return bottom

    def _widest_px(self) -> int:
        metrics = QFontMetrics(code_font())
        widths = (metrics.horizontalAdvance(place.toolTip()) + SPACE_XL for place, _ in self._lines if place)
        return max(widths, default=0)

    def _cut(self, place: QPushButton, width: int) -> None:
        """Leave out the middle of a place that is longer than its column."""
        metrics = QFontMetrics(code_font())
        shown = metrics.elidedText(place.toolTip(), Qt.TextElideMode.ElideMiddle, width - SPACE_L)
        place.setText(shown.replace("&", "&&"))

    def _turn(self) -> None:
        self._fill()
        self.resized.emit()

    def _fill(self) -> None:
        for line in self._lines:
            for part in line:
                if part:
                    part.hide()
                    part.deleteLater()
        shown = self._faults if self._fold.isChecked() else self._faults[:_SHOWN]
        self._lines = [(self._place(fault), self._words(fault)) for fault in shown]
        self._fold.setVisible(len(self._faults) > _SHOWN)

    def _place(self, fault: Fault) -> QPushButton | None:
        """A way to the place; none to the answer as a whole."""
        text = place_text(fault)
        if not text:
            return None
        button = QPushButton(self)
        button.setToolTip(text.replace("<", "\u2039"))
        button.setProperty("kind", "place")
        button.setFont(code_font())
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(f"{text}: {explain_fault(fault, self._tr)}")
        button.clicked.connect(lambda: self.chosen.emit(fault.path))
        button.show()
        button.ensurePolished()
        return button

    def _words(self, fault: Fault) -> QLabel:
        words = explain_fault(fault, self._tr)
        label = QLabel(_AFTER_SIGN.sub("\u200b", words), self)  # a long list or pattern may be broken
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setProperty("kind", "small")
        label.setWordWrap(True)
        label.show()
        label.ensurePolished()
        return label
