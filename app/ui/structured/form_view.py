"""A schema as a form: what the answer is, and its fields; or which parts no form can show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from app.core.answer_format import Fault
from app.core.text import visible
from app.i18n import Texts
from app.structured.fields import EMPTY, ROOTS, Field
from app.structured.form import beyond_form, form_of, schema_of
from app.ui.structured.field_inside import FieldInside
from app.ui.structured.field_kind import FieldKind
from app.ui.structured.field_list import FieldList
from app.ui.structured.field_row import DOWN_KEYS, UP_KEYS, FieldRow
from app.ui.theme import Theme
from app.ui.tokens import SPACE_L, SPACE_M, SPACE_S

_MOST_NAMED = 8


class FormView(QScrollArea):
    """`changed` gives the schema text after every change a person made.

    `removed` comes after the change that took a field out, and names it.
    """

    changed = Signal(str)
    removed = Signal(str)

    def __init__(self, theme: Theme, tr: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tr = tr
        self._form = EMPTY
        self._text: str | None = None
        self.kind = FieldKind(tr, ROOTS)
        self.description = QLineEdit()
        self.inside = FieldInside(lambda: FieldList(theme, tr), tr)
        self._beyond = QLabel()
        self._place()
        self.kind.changed.connect(self._take_kind)
        self.description.textEdited.connect(self._take_description)
        self.inside.changed.connect(self._take_root)
        self.inside.removed.connect(self.removed)
        for keys, step in ((UP_KEYS, -1), (DOWN_KEYS, 1)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(lambda step=step: self._move_row(step))

    def show_text(self, text: str) -> None:
        """Show the form of this schema, without telling; what the form itself gave is there already."""
        if text == self._text:
            return
        self._text = text
        form = form_of(text)
        self._fields.setVisible(form is not None)
        self._beyond.setVisible(form is None)
        if form is None:
            self._beyond.setText(self._beyond_text(beyond_form(text)))
            return
        self._form = form
        self.kind.show_field(form.root)
        self.description.setText(form.description)
        self.description.setCursorPosition(0)
        self.inside.show_field(form.root)

    def focus_first(self) -> None:
        """The first thing to write in: a field's name, or the way to make one."""
        if isinstance(group := self.inside.group, FieldList):
            target = group.rows[0].name if group.rows else group.add_button
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_kind(self, root: Field) -> None:
        self._take_root(root)
        self.inside.show_field(root)

    def _take_description(self, text: str) -> None:
        self._take_root(replace(self._form.root, description=text.strip()))

    def _take_root(self, root: Field) -> None:
        self._form = replace(self._form, root=root)
        self.kind.show_field(root)
        self.inside.follow(root)
        self._text = schema_of(self._form)
        self.changed.emit(self._text)

    def _move_row(self, step: int) -> None:
        widget: QWidget | None = self.focusWidget()
        while widget is not None and not isinstance(widget, FieldRow):
            widget = widget.parentWidget()
        if isinstance(widget, FieldRow):
            widget.move_wanted.emit(step)

    def _beyond_text(self, faults: Sequence[Fault]) -> str:
        if any(fault.rule == "syntax" for fault in faults):
            return self._tr("This is not JSON yet: the JSON view shows where.")
        lines = [self._tr("Some parts of this schema can only be shown as JSON:")]
        lines += [visible(f"{fault.path}: {fault.rule}") for fault in faults[:_MOST_NAMED]]
        if len(faults) > _MOST_NAMED:
            lines.append("…")
        return "\n".join(lines)

    def _place(self) -> None:
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.description.setProperty("kind", "remark")
        self.description.setPlaceholderText(
            self._tr("What the answer is about, for the model and for people")
        )
        self.description.setAccessibleName(self._tr("Description of the answer"))
        self._beyond.setProperty("kind", "muted")
        self._beyond.setTextFormat(Qt.TextFormat.PlainText)
        self._beyond.setWordWrap(True)
        self._beyond.hide()
        page = QFrame()
        page.setProperty("kind", "surface")
        self._fields = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(SPACE_L, SPACE_M, SPACE_L, SPACE_M)
        column.addWidget(self._fields)
        column.addWidget(self._beyond)
        column.addStretch(1)
        self._place_fields()
        self.setWidget(page)

    def _place_fields(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(SPACE_S)
        head.addWidget(QLabel(self._tr("The answer is")))
        head.addWidget(self.kind, 1)
        inner = QVBoxLayout(self._fields)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(SPACE_S)
        inner.addLayout(head)
        inner.addWidget(self.description)
        inner.addWidget(self.inside)
