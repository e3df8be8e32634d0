"""What the kind of a field brings with it: texts to choose from, or fields of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from app.i18n import Texts
from app.structured.fields import Field, Kind, chain, chained
from app.structured.form import is_choice
from app.ui.tokens import SPACE_L, SPACE_XS

_CHOICE_LINES = 5


class FieldGroup(QWidget):
    """The fields of a group, as a row sees them: it may be in one, and have one inside.

    `changed` tells of every change a person made, `removed` gives the name of a field taken out.
    """

    changed = Signal()
    removed = Signal(str)

    @property
    def fields(self) -> tuple[Field, ...]:
        raise NotImplementedError

    def show_fields(self, fields: Sequence[Field]) -> None:
        """Show these in place of what is there, without telling."""
        raise NotImplementedError

    def is_free(self, name: str, row: QWidget) -> bool:
        """Whether no field but that of `row` is called so."""
        raise NotImplementedError

    def another(self) -> FieldGroup:
        """An empty one, to be placed elsewhere."""
        raise NotImplementedError


class FieldInside(QWidget):
    """`changed` gives the field with what a person changed inside; `removed` tells a name taken out."""

    changed = Signal(object)
    removed = Signal(str)

    def __init__(
        self, make_group: Callable[[], FieldGroup], tr: Texts, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._make_group = make_group
        self._tr = tr
        self._field = Field("")
        self.choices: ChoicesField | None = None
        self.group: FieldGroup | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    def show_field(self, field: Field) -> None:
        """Make what this field needs anew, without telling."""
        self._field = field
        for part in (self.choices, self.group):
            if part is not None:
                part.hide()
                part.deleteLater()
        self.choices = self.group = None
        innermost = chain(field)[-1]
        if innermost.kind is Kind.CHOICE:
            self._show_choices(innermost)
        elif innermost.kind is Kind.GROUP:
            self._show_fields(innermost)
        self.setVisible(innermost.kind in (Kind.CHOICE, Kind.GROUP))

    def follow(self, field: Field) -> None:
        """The field was changed elsewhere, but for its kind."""
        self._field = field

    def _show_choices(self, innermost: Field) -> None:
        self.choices = choices = ChoicesField(innermost.choices, self._tr)
        choices.changed.connect(lambda texts: self._take(replace(self._innermost, choices=texts)))
        self._column.addWidget(choices)

    def _show_fields(self, innermost: Field) -> None:
        self.group = group = self._make_group()
        group.show_fields(innermost.fields)
        group.changed.connect(lambda: self._take(replace(self._innermost, fields=group.fields)))
        group.removed.connect(self.removed)
        self._column.addWidget(group)

    @property
    def _innermost(self) -> Field:
        return chain(self._field)[-1]

    def _take(self, innermost: Field) -> None:
        self._field = chained((*chain(self._field)[:-1], innermost))
        self.changed.emit(self._field)


class ChoicesField(QPlainTextEdit):
    """The texts to choose from, one a line; `changed` gives them without what is empty or twice."""

    changed = Signal(tuple)

    def __init__(self, choices: tuple[str, ...], tr: Texts, parent: QWidget | None = None) -> None:
        super().__init__("\n".join(choices), parent)
        self.setProperty("kind", "field")
        self.setTabChangesFocus(True)
        self.setPlaceholderText(tr("The choices, one a line"))
        self.setAccessibleName(tr("The choices, one a line"))
        self._fit()
        self.textChanged.connect(self._tell)

    @property
    def choices(self) -> tuple[str, ...]:
        lines = (line.strip() for line in self.toPlainText().splitlines())
        return tuple(dict.fromkeys(line for line in lines if is_choice(line)))

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.minimumHeight())

    def _tell(self) -> None:
        self._fit()
        self.changed.emit(self.choices)

    def _fit(self) -> None:
        """As high as its lines, within reason."""
        lines = min(_CHOICE_LINES, max(2, self.blockCount()))
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + SPACE_L + SPACE_XS)
