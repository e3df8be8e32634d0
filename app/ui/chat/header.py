"""The row above the conversation: its title, the effort, the model, and what else can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QMenu, QWidget

from app.core.sampling import EFFORT_MEANING, Effort
from app.core.words import mark
from app.i18n import Texts
from app.ui.actions import Actions, Command, command_button
from app.ui.models.picker import ModelPicker
from app.ui.theme import Theme
from app.ui.widgets.icon_button import IconButton
from app.ui.widgets.segmented import Segmented

EFFORTS = ((Effort.LOW, mark("Low")), (Effort.MEDIUM, mark("Medium")), (Effort.HIGH, mark("High")))
_NARROW_PX = 560
_TITLE_PADDING_PX = 28
_MENU: tuple[Command | None, ...] = (
    Command.RENAME,
    Command.COPY_CHAT,
    Command.COPY_ANSWER,
    Command.DELETE,
    None,
    Command.ANSWER_FORMAT,
    Command.BATCH,
    None,
    Command.OPEN_MODEL,
    Command.SHORTCUTS,
    Command.SETTINGS,
)


class TitleField(QLineEdit):
    """A heading that is edited in place: Enter or leaving it keeps the text, Esc takes it back.

    While it is not being edited, a long title ends in an ellipsis.
    """

    renamed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = ""
        self.setProperty("kind", "title")
        self.setMaxLength(300)
        self.returnPressed.connect(self.clearFocus)

    def show_title(self, title: str, can_rename: bool) -> None:
        self._title = title
        self.setReadOnly(not can_rename)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if can_rename else Qt.FocusPolicy.NoFocus)
        if not self.hasFocus():
            self._elide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self.hasFocus():
            self._elide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.setText(self._title)
            self.clearFocus()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        if event.reason() is not Qt.FocusReason.PopupFocusReason:
            self.setText(self._title)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() is Qt.FocusReason.PopupFocusReason:
            return
        typed = self.text().strip()
        if typed and typed != self._title:
            self.renamed.emit(typed)
            self._title = typed
        self._elide()

    def _elide(self) -> None:
        room = self.width() - _TITLE_PADDING_PX
        self.setText(self.fontMetrics().elidedText(self._title, Qt.TextElideMode.ElideRight, room))
        self.setCursorPosition(0)


class Header(QFrame):
    """Shows what `show_chat` and `show_effort` tell it; emits what the person chooses."""

    renamed = Signal(str)
    effort_chosen = Signal(str)

    def __init__(
        self, actions: Actions, picker: ModelPicker, theme: Theme, tr: Texts, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._actions = actions
        self._picker = picker
        self._tr = tr
        self.title = TitleField()
        self.title.setAccessibleName(tr("Title of this chat"))
        self.title.renamed.connect(self.renamed)
        self._effort_label = QLabel(tr("Effort"))
        self._effort_label.setProperty("kind", "muted")
        self.effort = Segmented([(value, tr(text)) for value, text in EFFORTS], tr("Effort"))
        self.effort.setToolTip(tr(EFFORT_MEANING))
        self.effort.chosen.connect(self.effort_chosen)
        self._sidebar = command_button(theme, actions, Command.SIDEBAR, "sidebar")
        self._new = command_button(theme, actions, Command.NEW_CHAT, "plus")
        self._more = IconButton(theme, "more", tr("More"))
        self._more.clicked.connect(self._show_menu)
        self._inspector = command_button(theme, actions, Command.INSPECTOR, "sliders")
        self._place()

    def show_chat(self, title: str, is_kept: bool) -> None:
        """`is_kept` tells whether the chat can be renamed yet."""
        self.title.show_title(title, can_rename=is_kept)

    def show_effort(self, effort: Effort) -> None:
        self.effort.choose(effort)

    def show_sidebar_buttons(self, is_folded: bool) -> None:
        """With the sidebar folded away its two main buttons are here."""
        self._sidebar.setVisible(is_folded)
        self._new.setVisible(is_folded)

    def edit_title(self) -> None:
        if not self.title.isReadOnly():
            self.title.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.title.selectAll()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_wide = event.size().width() > _NARROW_PX
        self._effort_label.setVisible(is_wide)
        self._picker.show_short(not is_wide)

    def _show_menu(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for command in _MENU:
            if command is None:
                menu.addSeparator()
            else:
                menu.addAction(self._actions[command])
        menu.popup(self._more.mapToGlobal(self._more.rect().bottomLeft()))

    def _place(self) -> None:
        self.setProperty("kind", "header")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 9, 16, 9)
        row.setSpacing(8)
        row.addWidget(self._sidebar)
        row.addWidget(self._new)
        row.addWidget(self.title, 1)
        row.addWidget(self._effort_label)
        row.addWidget(self.effort)
        row.addSpacing(4)
        row.addWidget(self._picker)
        row.addWidget(self._more)
        row.addWidget(self._inspector)
