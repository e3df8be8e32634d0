"""The window: places the three columns and folds them; what they do is elsewhere."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow, QSplitter, QWidget

from app.core.settings import Settings
from app.i18n import Texts
from app.ui.actions import Actions, Command
from app.ui.background import Background
from app.ui.chat.header import Header
from app.ui.chat.page import ChatPage
from app.ui.chat.session import ChatSession
from app.ui.model_desk import ModelDesk
from app.ui.models.dropping import dropped_model
from app.ui.models.loading import ModelLoading
from app.ui.models.picker import ModelPicker
from app.ui.opening import Opening
from app.ui.sampling.inspector import Inspector
from app.ui.sidebar.panel import Sidebar
from app.ui.structured.formats import AnswerFormats
from app.ui.tab_order import next_stop
from app.ui.theme import Theme

SIDEBAR_PX = (240, 265, 320)
INSPECTOR_PX = (300, 312, 360)
NARROW_PX = 900
"""Below this width the inspector folds by itself."""
SLIM_PX = 720
"""Below this width the sidebar does, too."""
_SMALLEST = (640, 480)
LATEST_PAINT_MS = 1000
"""A window that is hidden behind others may not be painted at all; then this is waited for."""


class MainWindow(QMainWindow):
    """Holds the parts; `folds_changed` tells that a person folded a column (sidebar open, inspector open)."""

    folds_changed = Signal(bool, bool)
    left = Signal(int, int, bool)
    """The window closes: (width and height when not maximised, whether it is maximised)."""
    appeared = Signal()
    """The window was painted for the first time (or its first paint is long due)."""

    def __init__(
        self, opening: Opening, settings: Settings, background: Background, theme: Theme, tr: Texts
    ) -> None:
        super().__init__()
        self.actions_of = Actions(self, tr)
        self.session = ChatSession(opening, background, self)
        chosen = Path(settings.model) if settings.model else None
        self.loading = ModelLoading(opening, chosen, background, self)
        self.sidebar = Sidebar(opening, background, self.actions_of, theme, tr)
        about = (Command.OPEN_MODEL, Command.MODELS, Command.ABOUT_MODEL, Command.MODEL_FIT)
        acts = [self.actions_of[command] for command in about]
        self.picker = ModelPicker(opening, background, acts, theme, tr)
        header = Header(self.actions_of, self.picker, theme, tr)
        self.page = ChatPage(opening, self.session, self.loading, background, header, theme, tr)
        self.inspector = Inspector(theme, tr)
        self.models = ModelDesk(
            opening, self.loading, settings, background, theme, tr, self, lambda: self.session.is_answering
        )
        self.formats = AnswerFormats(opening, background, theme, tr, self)
        self._sidebar_open = settings.sidebar_open
        self._inspector_open = settings.inspector_open
        self._is_narrow = self._is_slim = False
        self._has_appeared = False
        self.is_first_run = not (settings.welcomed or settings.model or settings.recent_models)
        """Whether no model was ever chosen; the first run then takes the whole window."""
        self._appearing = QTimer(self, singleShot=True)
        self._appearing.timeout.connect(self._appear)
        self._place()
        if self.is_first_run:
            self.page.hide_chat()
        self._take_size(settings)
        self._fold()

    def toggle_sidebar(self) -> None:
        self._sidebar_open = not self.sidebar.isVisible()
        self._is_slim = False  # asked for by hand: shown however narrow the window is
        self._fold()
        self._tell_folds()

    def toggle_inspector(self) -> None:
        self._inspector_open = not self.inspector.isVisible()
        self._is_narrow = False
        self._fold()
        self._tell_folds()

    def begin_first_run(self) -> None:
        """What this computer can run, in place of the chat."""
        self.page.show_first_run(self.models.begin_first_run())

    def end_first_run(self) -> None:
        """A choice was made: the columns and the chat come back."""
        self.is_first_run = False
        self.page.show_first_run(None)
        self._fold()

    def show_sidebar(self) -> None:
        if not self.sidebar.isVisible():
            self.toggle_sidebar()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        before, now = event.oldSize().width(), event.size().width()
        if before < 0 or (before < NARROW_PX) != (now < NARROW_PX):
            self._is_narrow = now < NARROW_PX
        if before < 0 or (before < SLIM_PX) != (now < SLIM_PX):
            self._is_slim = now < SLIM_PX
        self._fold()

    def end(self) -> None:
        """Close without a question, as the system asks for it."""
        self.formats.close_unasked()
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.formats.may_close():
            event.ignore()
            return
        super().closeEvent(event)
        if self._has_appeared:
            size = self.normalGeometry().size() if self.isMaximized() else self.size()
            self.left.emit(size.width(), size.height(), self.isMaximized())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_model(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = dropped_model(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            self.picker.chosen.emit(path)

    def focusNextPrevChild(self, is_next: bool) -> bool:
        """The order Qt keeps is that in which the widgets were made, and loses those that moved."""
        stop = next_stop(self, self.focusWidget(), 1 if is_next else -1)
        if stop is not None:
            stop.setFocus(Qt.FocusReason.TabFocusReason if is_next else Qt.FocusReason.BacktabFocusReason)
        return stop is not None

    def _appear(self) -> None:
        if not self._has_appeared:
            self._has_appeared = True
            self.appeared.emit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._has_appeared:
            self._appearing.start(LATEST_PAINT_MS)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._has_appeared:
            self._appearing.start(0)  # once the columns in it are painted too

    def _fold(self) -> None:
        has_sidebar = self._sidebar_open and not self._is_slim and not self.is_first_run
        self.sidebar.setVisible(has_sidebar)
        self.inspector.setVisible(self._inspector_open and not self._is_narrow and not self.is_first_run)
        self.page.header.show_sidebar_buttons(is_folded=not has_sidebar)

    def _tell_folds(self) -> None:
        self.folds_changed.emit(self._sidebar_open, self._inspector_open)

    def _take_size(self, settings: Settings) -> None:
        """As large as it was left, if the screen is large enough."""
        wanted = QSize(settings.window_width, settings.window_height)
        room = self.screen().availableGeometry().size()
        self.resize(wanted.boundedTo(room).expandedTo(self.minimumSize()))
        if settings.is_maximised:
            self.setWindowState(Qt.WindowState.WindowMaximized)

    def _place(self) -> None:
        self.setWindowTitle("Alcove")
        self.setMinimumSize(*_SMALLEST)
        self.setAcceptDrops(True)
        columns = QSplitter(Qt.Orientation.Horizontal)
        columns.setHandleWidth(1)
        columns.setChildrenCollapsible(False)
        sides: tuple[tuple[QWidget, tuple[int, int, int]], ...] = (
            (self.sidebar, SIDEBAR_PX),
            (self.inspector, INSPECTOR_PX),
        )
        for side, (least, _, most) in sides:
            side.setMinimumWidth(least)
            side.setMaximumWidth(most)
        columns.addWidget(self.sidebar)
        columns.addWidget(self.page)
        columns.addWidget(self.inspector)
        columns.setStretchFactor(1, 1)
        columns.setSizes([SIDEBAR_PX[1], 1280 - SIDEBAR_PX[1] - INSPECTOR_PX[1], INSPECTOR_PX[1]])
        self.setCentralWidget(columns)
