"""One field of a form: its name, its kind, what it is for, and what a choice or a group has in it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel, QLineEdit, QMenu, QVBoxLayout

from app.i18n import Texts
from app.structured.fields import Field, chain
from app.structured.form import also
from app.ui.actions import tooltip
from app.ui.structured.field_inside import FieldGroup, FieldInside
from app.ui.structured.field_kind import FieldKind
from app.ui.theme import Theme
from app.ui.tokens import SPACE_L, SPACE_M, SPACE_S, SPACE_XS
from app.ui.widgets.icon_button import IconButton

NAME_PX = 168
_TEXT_PX = 13
"""Where the text of a line begins within its field."""
UP_KEYS, DOWN_KEYS = "Ctrl+Shift+Up", "Ctrl+Shift+Down"


class FieldRow(QFrame):
    """`field` is what the row says; `changed` tells of every change a person made."""

    changed = Signal()
    move_wanted = Signal(int)
    copy_wanted = Signal()
    remove_wanted = Signal()

    def __init__(self, field: Field, group: FieldGroup, theme: Theme, tr: Texts) -> None:
        super().__init__()
        self._field = field
        self._group = group
        self._theme = theme
        self._tr = tr
        self._make_parts()
        self._place()
        self._connect()

    @property
    def field(self) -> Field:
        return self._field

    def focus_name(self) -> None:
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)
        self.name.selectAll()

    def _take(self, field: Field) -> None:
        self._field = field
        self.kind.show_field(field)
        self.inside.follow(field)
        self._show_rest()
        self.changed.emit()

    def _take_name(self, text: str) -> None:
        """A name that is empty or another field's turns the outline red and is not taken."""
        is_free = bool(text.strip()) and self._group.is_free(text.strip(), self)
        self.name.setProperty("wrong", not is_free)
        self.name.style().unpolish(self.name)
        self.name.style().polish(self.name)
        self.name.setToolTip("" if is_free else self._tr("Each field needs a name of its own."))
        if is_free:
            self._take(replace(self._field, name=text.strip()))

    def _take_kind(self, field: Field) -> None:
        self._take(field)
        self.inside.show_field(field)

    def _show_rest(self) -> None:
        """What is in force beside what can be set here."""
        parts = [part for link in chain(self._field) for part in also(replace(link, fields=()))]
        null = [self._tr("may be empty (null)")] if self._field.can_be_null else []
        self._rest.setText(" · ".join((*null, *parts)))
        self._rest.setVisible(bool(null or parts))

    def _show_menu(self) -> None:
        tr = self._tr
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(tooltip(tr("Move up"), UP_KEYS), lambda: self.move_wanted.emit(-1))
        menu.addAction(tooltip(tr("Move down"), DOWN_KEYS), lambda: self.move_wanted.emit(1))
        menu.addAction(tr("Duplicate"), self.copy_wanted.emit)
        may_be_null = menu.addAction(tr("May be empty (null)"))
        may_be_null.setCheckable(True)
        may_be_null.setChecked(self._field.can_be_null)
        may_be_null.toggled.connect(lambda is_on: self._take(replace(self._field, can_be_null=is_on)))
        menu.addSeparator()
        menu.addAction(self._theme.icon("trash"), tr("Delete"), self.remove_wanted.emit)
        menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def _make_parts(self) -> None:
        field, tr = self._field, self._tr
        self.name = QLineEdit(field.name)
        self.name.setFixedWidth(NAME_PX)
        self.name.setAccessibleName(tr("Name of the field"))
        self.name.setPlaceholderText(tr("Name"))
        self.kind = FieldKind(tr)
        self.kind.show_field(field)
        self.required = QCheckBox(tr("Required"))
        self.required.setChecked(field.is_required)
        self.more = IconButton(self._theme, "more", tr("More about this field"))
        self.description = QLineEdit(field.description)
        self.description.setProperty("kind", "remark")
        self.description.setPlaceholderText(tr("What it is, for the model and for people"))
        self.description.setAccessibleName(tr("Description of the field"))
        self.description.setCursorPosition(0)
        self.inside = FieldInside(self._group.another, tr)
        self.inside.setContentsMargins(SPACE_L, 0, 0, 0)
        self.inside.show_field(field)
        self._rest = QLabel()
        self._rest.setProperty("kind", "muted")
        self._rest.setTextFormat(Qt.TextFormat.PlainText)
        self._rest.setWordWrap(True)
        self._rest.setContentsMargins(_TEXT_PX, 0, 0, 0)

    def _connect(self) -> None:
        self.name.textEdited.connect(self._take_name)
        self.kind.changed.connect(self._take_kind)
        self.required.toggled.connect(lambda is_on: self._take(replace(self._field, is_required=is_on)))
        self.description.textEdited.connect(
            lambda text: self._take(replace(self._field, description=text.strip()))
        )
        self.inside.changed.connect(self._take)
        self.inside.removed.connect(self._group.removed)
        self.more.clicked.connect(self._show_menu)
        self._show_rest()

    def _place(self) -> None:
        self.setProperty("kind", "field-row")
        head = QHBoxLayout()
        head.setSpacing(SPACE_S)
        head.addWidget(self.name)
        head.addWidget(self.kind)
        head.addStretch(1)
        head.addWidget(self.required)
        head.addWidget(self.more)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, SPACE_S, 0, SPACE_M)
        column.setSpacing(SPACE_XS)
        column.addLayout(head)
        column.addWidget(self.description)
        column.addWidget(self._rest)
        column.addWidget(self.inside)
