"""The button that names the model in use and opens the choice of another."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QDir, QEvent, QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from app.i18n import Texts
from app.ui.background import Background, Lane
from app.ui.opening import Opening
from app.ui.theme import Theme

if TYPE_CHECKING:
    from app.services.models import ModelChoice

_LONGEST_PX = 170


class ModelPicker(QToolButton):
    """`chosen` gives a path, or None for the demo that ships with the program.

    `acts` are what else its menu offers.
    """

    chosen = Signal(object)
    failed = Signal(object, object)

    def __init__(
        self,
        opening: Opening,
        background: Background,
        acts: Sequence[QAction],
        theme: Theme,
        tr: Texts,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._opening = opening
        self._path: Path | None = None
        self._background = background
        self._acts = acts
        self._theme = theme
        self._tr = tr
        self.menu_in_view: QMenu | None = None
        self.setProperty("kind", "picker")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the arrow stands after the name
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(self.open_menu)
        self._tint()

    def show_model(self, name: str, path: Path | None) -> None:
        """Name the model in use, or the one that is being loaded."""
        self._path = path
        self.setText(self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, _LONGEST_PX))
        self.setToolTip(self._tr("Model: {name}", name=name))
        self.setAccessibleName(self._tr("Model: {name}", name=name))

    def show_short(self, is_short: bool) -> None:
        """Where there is little room a symbol stands for the name."""
        style = Qt.ToolButtonStyle
        self.setToolButtonStyle(style.ToolButtonIconOnly if is_short else style.ToolButtonTextBesideIcon)
        self._tint()

    def open_menu(self) -> None:
        """Look which files are still there, then show them."""

        def look() -> tuple[ModelChoice, ...]:
            return self._opening.models.choices()

        def failed(error: Exception) -> None:
            self.failed.emit(error, None)

        self._background.run(self, look, self._show, failed, Lane.LOOKUPS)

    def choose_file(self) -> None:
        """Ask for a GGUF file."""
        from PySide6.QtWidgets import QFileDialog  # costs time that the first paint need not wait for

        folder = str(self._path.parent) if self._path else QDir.homePath()
        name, _ = QFileDialog.getOpenFileName(
            self.window(),
            self._tr("Open a model file"),
            folder,
            self._tr("gpt-oss models (*.gguf)") + ";;" + self._tr("All files (*)"),
        )
        if name:
            self.chosen.emit(Path(name))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()

    def _show(self, choices: Sequence[ModelChoice]) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        menu.setLayoutDirection(self.window().layoutDirection())  # not that of the button
        for choice in choices:
            self._add(menu, choice)
        menu.addSeparator()
        menu.addActions(self._acts)
        self.menu_in_view = menu
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()))

    def _add(self, menu: QMenu, choice: ModelChoice) -> None:
        name = self._tr("{name}, built in", name=choice.name) if choice.is_demo else choice.name
        action = menu.addAction(name)
        action.setCheckable(True)
        action.setChecked(choice.path == self._path)
        action.setToolTip(str(choice.path) if choice.path else "")
        action.triggered.connect(lambda _checked=False: self.chosen.emit(choice.path))

    def _tint(self) -> None:
        is_short = self.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonIconOnly
        self.setIconSize(QSize(18, 18) if is_short else QSize(14, 14))
        self.setIcon(self._theme.icon("model") if is_short else self._theme.icon("chevron-down", size_px=14))
