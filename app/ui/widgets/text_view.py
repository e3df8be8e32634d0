"""A read-only text as high as what it shows: selectable, with links that are only told of."""

from __future__ import annotations

import math
from typing import Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QTextDocument,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QTextBrowser, QTextEdit, QWidget

from app.ui.theme import Theme

_KEYS = Qt.Key
_PAGE_KEYS = (
    _KEYS.Key_Up,
    _KEYS.Key_Down,
    _KEYS.Key_PageUp,
    _KEYS.Key_PageDown,
    _KEYS.Key_Home,
    _KEYS.Key_End,
    _KEYS.Key_Space,
)


class TextView(QTextBrowser):
    """Shows `document`; `lay_out` sets its width and gives the height it needs.

    Links are told by `anchorClicked`, never followed. The wheel and the context menu are left to the
    page it lies on. With `is_wrapping` off, long lines get a horizontal scroll bar.
    """

    def __init__(
        self, theme: Theme, document: QTextDocument, parent: QWidget | None, *, is_wrapping: bool = True
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        document.setParent(self)
        document.setDefaultFont(self.font())
        self.setDocument(document)
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.viewport().setAutoFillBackground(False)
        self._is_wrapping = is_wrapping
        if is_wrapping:
            self.setLineWrapMode(QTextEdit.LineWrapMode.FixedPixelWidth)
        else:
            self.setLineWrapMode(QTextEdit.LineWrapMode.NoWrap)
            self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)

    def lay_out(self, width: int) -> int:
        """Take this width; the height needed, which the caller then gives."""
        document = self.document()
        if self._is_wrapping:
            self.wrap_at(width)
            return math.ceil(document.size().height())
        size = document.size()
        bar = self.horizontalScrollBar().sizeHint().height() if size.width() > width else 0
        return math.ceil(size.height()) + bar

    def wrap_at(self, width: int) -> None:
        """Set the width of the text; told before there is any, it saves laying it out twice."""
        if width != self.lineWrapColumnOrWidth():
            self.setLineWrapColumnOrWidth(width)

    def ideal_width(self, most: int) -> int:
        """The width its longest line takes, at most `most`."""
        self.wrap_at(most)
        return min(most, math.ceil(self.document().idealWidth()))

    def loadResource(self, _kind: int, _name: QUrl | str) -> Any:
        return QImage()

    def wheelEvent(self, event: QWheelEvent) -> None:
        is_sideways = abs(event.angleDelta().x()) > abs(event.angleDelta().y())
        bar = self.horizontalScrollBar()
        if is_sideways and bar.maximum() > 0:
            super().wheelEvent(event)
        else:
            event.ignore()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        event.ignore()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """One selection at a time: a click elsewhere clears this one."""
        super().focusOutEvent(event)
        if event.reason() == Qt.FocusReason.MouseFocusReason:
            cursor = self.textCursor()
            cursor.clearSelection()
            self.setTextCursor(cursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that scroll belong to the page: a text this high has nothing to scroll."""
        if event.key() in _PAGE_KEYS:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def selected_text(self) -> str:
        return self.textCursor().selection().toPlainText()
