"""What the commands about models do: their window, the first run, a model's inside and its fit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.core.architecture import Architecture
from app.core.plan import Overrides
from app.core.settings import Settings
from app.core.shelf import Neighbour
from app.i18n import Texts
from app.ui.background import Background
from app.ui.models.loading import ModelLoading
from app.ui.opening import Opening
from app.ui.theme import Theme

if TYPE_CHECKING:
    from app.services.models import ModelCheck
    from app.ui.models.live import Live
    from app.ui.models.models_dialog import ModelsDialog
    from app.ui.models.work import ModelWork
    from app.ui.welcome.first_run import FirstRun


class ModelDesk(QObject):
    """Made with the window; what it opens is imported when it is first opened."""

    setting_changed = Signal(str, object)
    failed = Signal(object)
    ready = Signal(object)
    """A file is here now and may be used: its path."""
    file_wanted = Signal()
    settings_wanted = Signal()
    welcomed = Signal()
    """A first choice was made."""

    def __init__(
        self,
        opening: Opening,
        loading: ModelLoading,
        settings: Settings,
        background: Background,
        theme: Theme,
        tr: Texts,
        window: QWidget,
        is_answering: Callable[[], bool],
    ) -> None:
        super().__init__(window)
        self._is_answering = is_answering
        self._opening = opening
        self._loading = loading
        self._settings = settings
        self._background = background
        self._theme = theme
        self._tr = tr
        self._window = window
        self._work: ModelWork | None = None
        self.dialog: ModelsDialog | None = None
        self.first_run: FirstRun | None = None
        loading.ended.connect(self._show_current)
        loading.began.connect(self._leave_first_run)
        loading.not_known.connect(self._ask_trust)
        loading.too_large.connect(lambda *_: self.end_first_run())
        loading.failed.connect(lambda error, _: self._say_at_first(error))

    @property
    def work(self) -> ModelWork:
        """What is under way; made when it is first needed."""
        if self._work is None:
            from app.ui.models.work import ModelWork

            self._work = ModelWork(self._opening, self._background, self)
            self._work.failed.connect(self._fail)
            self._work.placed.connect(self._take_placed)
        return self._work

    def close(self) -> None:
        """The window closes: what came of downloads is kept."""
        if self._work is not None:
            self._work.stop_all()

    # The dialog

    def open_models(self, tab: str = "installed") -> None:
        if self.dialog is None:
            from app.ui.models.models_dialog import ModelsDialog

            self.dialog = dialog = ModelsDialog(
                self.work, self._settings, self._theme, self._tr, self._window
            )
            dialog.chosen.connect(self._use)
            dialog.file_wanted.connect(self.file_wanted)
            dialog.about_wanted.connect(self.open_about)
            dialog.fit_wanted.connect(self.open_fit)
            dialog.setting_changed.connect(self.setting_changed)
        self.dialog.show_tab(tab)
        self.dialog.open_with(self._loading.path)

    def open_about(self, path: Path | None) -> None:
        """What a model is made of, as a drawing."""

        def work() -> Architecture:
            return self._opening.models.architecture(path)

        def done(model: Architecture) -> None:
            from app.ui.models.about import AboutDialog

            AboutDialog(model, self._theme, self._tr, self._front).open()

        self.work.ask(work, done)

    def open_fit(self, path: Path | None) -> None:
        """How a model fits this computer, and what can be decided by hand."""

        def done(settings: Settings) -> None:
            from app.ui.models.fit_dialog import FitDialog

            dialog = FitDialog(
                self._opening, self.work, path, settings.overrides, self._theme, self._tr, self._front
            )
            dialog.load_wanted.connect(self._load_with)
            dialog.open()

        self.work.ask(self._settings_now, done)

    def about_current(self) -> None:
        self.open_about(self._loading.path)

    def fit_current(self) -> None:
        self.open_fit(self._loading.path)

    # The first run

    def begin_first_run(self) -> FirstRun:
        """The screen of the first run, filled with what this computer can do."""
        from app.ui.welcome.first_run import FirstRun

        self.first_run = page = FirstRun(self._theme, self._tr)
        work = self.work
        work.advised.connect(page.show_advice)
        work.listed.connect(page.show_disk)
        work.found.connect(page.show_found)
        work.began.connect(self._follow_first)
        page.wanted.connect(work.fetch)
        page.demo_wanted.connect(self.end_first_run)
        page.file_wanted.connect(self.file_wanted)
        page.folder_wanted.connect(lambda: self.open_models("settings"))
        page.models_wanted.connect(lambda: self.open_models("available"))
        page.settings_wanted.connect(self.settings_wanted)
        page.neighbour_wanted.connect(self._use_neighbour)
        page.chosen.connect(self._use)
        work.look()
        work.look_around()
        work.advise()
        return page

    def end_first_run(self) -> None:
        """A choice was made: the chat takes the place of the first run."""
        if self.first_run is not None:
            self.first_run.hide()
            self.first_run.deleteLater()
            self.first_run = None
            self.welcomed.emit()

    def _follow_first(self, live: Live) -> None:
        page = self.first_run
        if page is None or not live.can_pause:
            return
        page.follow(live)
        transfer = page.card.transfer
        transfer.paused.connect(live.pause)
        transfer.resumed.connect(live.start)
        transfer.cancelled.connect(lambda: self.work.discard(live))
        transfer.token_given.connect(lambda token: self.work.keep_token(token, live))

    # What comes of it

    def _use(self, path: Path | None) -> None:
        if path is None:
            self.end_first_run()
        self._loading.load(path)

    def _ask_trust(self, check: ModelCheck, path: Path) -> None:
        """Nobody has verified this file: a person decides, and is asked once."""
        from app.ui.models.trust import TrustBox

        box = TrustBox(path.name, check.verdict, self._tr, self._front)
        box.trusted.connect(lambda: self._loading.load(path, is_trusted=True))
        box.verify_wanted.connect(lambda: self._verify_first(path))
        box.open()

    def _verify_first(self, path: Path) -> None:
        """Watched where transfers are; then it is loaded, or asked about with what is known by then."""

        def ended(error: Exception | None) -> None:
            if error is None and live.phase is Phase.DONE:
                self._use(path)

        from app.ui.models.live import Phase

        self.open_models()
        self.work.verify(path)
        live = self.work.live[-1]
        live.ended.connect(ended)

    def _use_neighbour(self, neighbour: Neighbour) -> None:
        self._use(neighbour.path)

    def _take_placed(self, path: Path) -> None:
        """A file is whole: used at once where only the demo was there before, offered otherwise."""
        if self._loading.path is None and not self._is_answering():
            self._use(path)
        else:
            self.ready.emit(path)

    def _load_with(self, path: Path | None, overrides: Overrides) -> None:
        self.work.ask(lambda: self._opening.models.decide(overrides), lambda _: self._use(path))

    def _leave_first_run(self, _name: str, path: Path | None) -> None:
        """A real model passed its check and is being loaded."""
        if path is not None:
            self.end_first_run()

    def _say_at_first(self, error: Exception) -> None:
        if self.first_run is not None:
            self.first_run.show_error(error)

    def _fail(self, error: Exception) -> None:
        """Said where the person looks."""
        if self.dialog is not None and self.dialog.isVisible():
            self.dialog.show_error(error)
        elif self.first_run is not None:
            self.first_run.show_error(error)
        else:
            self.failed.emit(error)

    def _show_current(self) -> None:
        if self.dialog is not None:
            self.dialog.show_current(self._loading.path)

    def _settings_now(self) -> Settings:
        return self._opening.alcove.settings_file.load()

    @property
    def _front(self) -> QWidget:
        """The window that others belong to: that of the models, while it is open."""
        return self.dialog if self.dialog is not None and self.dialog.isVisible() else self._window
