"""What each command does: connects the actions with the session, the dialogs and the columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from app.core.answer_format import AnswerFormat
from app.core.conversation import Options, Summary
from app.core.message import Role
from app.core.settings import Settings
from app.i18n import Texts
from app.i18n.quantities import size_text
from app.ui.actions import Command
from app.ui.background import Background, Lane
from app.ui.chat.as_markdown import as_markdown
from app.ui.main_window import MainWindow
from app.ui.models.idle_watch import IdleWatch
from app.ui.notices import OFFER_S, Notice
from app.ui.opening import Opening
from app.ui.theme import Theme

if TYPE_CHECKING:
    from app.core.errors import GpuMiscalculates
    from app.core.events import SteppedDown
    from app.services.models import ModelCheck
    from app.ui.batch.dialog import BatchDialog


class Commands(QObject):
    """Lives as long as the window, whose parts it connects. Dialogs are imported when first opened."""

    def __init__(
        self,
        window: MainWindow,
        opening: Opening,
        settings: Settings,
        data: Path,
        background: Background,
        theme: Theme,
        tr: Texts,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._opening = opening
        self._data = data
        self._settings = settings
        self._background = background
        self._theme = theme
        self._tr = tr
        self.batch: BatchDialog | None = None
        self.idle = IdleWatch(opening, background, self._is_busy, self)
        self._connect_actions()
        self._connect_parts()
        window.page.composer.set_enter_sends(settings.enter_sends)
        self._show_model()

    def start(self) -> None:
        """After the first paint: the rest of the window, the list, and the model that was used last."""
        self._window.sidebar.build()
        self._window.page.build()
        self._window.inspector.build()
        self._window.session.new()
        if self._window.is_first_run:
            self._window.begin_first_run()
        self._window.sidebar.refresh()
        self._window.loading.load_chosen()
        self.idle.start()

    # Chats

    def _rename(self) -> None:
        if self._window.sidebar.has_list_focus():
            self._window.sidebar.edit_current_title()
        else:
            self._window.page.header.edit_title()

    def _delete(self) -> None:
        conversation = self._window.session.conversation
        if conversation is not None:
            self._window.session.delete(conversation.id, conversation.title or self._tr("New chat"))

    def _offer_undo(self, conversation_id: int, title: str) -> None:
        self._window.page.notices.show_notice(
            Notice(
                self._tr("Deleted “{title}”.", title=title),
                self._tr("Undo"),
                lambda: self._window.session.restore(conversation_id),
                seconds=OFFER_S,
            )
        )

    def _open_trash(self) -> None:
        def trash() -> tuple[Summary, ...]:
            return self._opening.chat.trash()

        self._run(trash, self._show_trash)

    def _show_trash(self, deleted: tuple[Summary, ...]) -> None:
        from app.ui.sidebar.trash import TrashDialog

        dialog = TrashDialog(deleted, self._tr, self._window)
        dialog.restored.connect(self._window.session.restore)
        dialog.open()

    def _copy_answer(self) -> None:
        if text := self._window.page.transcript.last_answer_text():
            QGuiApplication.clipboard().setText(text)

    def _copy_chat(self) -> None:
        if conversation := self._window.session.conversation:
            QGuiApplication.clipboard().setText(as_markdown(conversation, self._tr))

    def _search(self) -> None:
        self._window.show_sidebar()
        self._window.sidebar.focus_search()

    # The model

    def _warn(self, check: ModelCheck, path: Path | None) -> None:
        self._window.page.notices.show_notice(
            Notice(
                self._tr(
                    "“{name}” needs about {needed} of memory and {free} are free; "
                    "this computer may become very slow.",
                    name=check.facts.name,
                    needed=size_text(check.needed_bytes),
                    free=size_text(check.free_bytes),
                ),
                self._tr("Load anyway"),
                lambda: self._window.loading.load(path, anyway=True),
                is_fault=True,
            )
        )

    def _tell_stepped_down(self, event: SteppedDown) -> None:
        from app.i18n.loads import stepped_down_text

        self._window.page.notices.show_notice(Notice(stepped_down_text(event, self._tr)))

    def _offer_processor(self, error: GpuMiscalculates, path: Path | None) -> None:
        """A graphics processor that calculates nonsense is not to be used again unasked."""
        from app.i18n.sentences import explain

        self._window.page.notices.show_notice(
            Notice(
                explain(error, self._tr),
                self._tr("Load on the processor"),
                lambda: self._window.loading.load_on_processor(path),
                is_fault=True,
            )
        )

    def _show_model(self) -> None:
        loading = self._window.loading
        self._window.picker.show_model(loading.name, loading.path)
        self._window.page.show_model()
        self._window.inspector.show_model(loading.model, loading.name)

    def _offer_model(self, path: Path) -> None:
        """A model was fetched while another one is in use."""
        self._window.page.notices.show_notice(
            Notice(
                self._tr("“{name}” is here and verified.", name=path.stem),
                self._tr("Use it"),
                lambda: self._window.loading.load(path),
            )
        )

    def _is_busy(self) -> bool:
        is_batching = self.batch is not None and self.batch.work.is_running
        return self._window.session.is_answering or self._window.session.is_sending or is_batching

    def _warn_of_memory(self, free_bytes: int) -> None:
        self._window.page.notices.show_notice(
            Notice(
                self._tr(
                    "Only {size} of memory are free on this computer: close other programs, or choose a "
                    "smaller model or context.",
                    size=size_text(free_bytes),
                ),
                is_fault=True,
            )
        )

    def _end_first_run(self) -> None:
        self._window.end_first_run()
        self._keep(welcomed=True)

    # The answer format

    def _open_formats(self) -> None:
        window = self._window
        block = window.inspector.page.format if window.inspector.page is not None else None
        in_sight = block is not None and block.button.isVisible()
        window.formats.open_menu(block.button if block and in_sight else window.page.composer.format_button)

    def _open_batch(self) -> None:
        """One window for batches; what is set up in it stays while the program runs."""
        if self.batch is None:
            from app.ui.batch.dialog import BatchDialog

            self.batch = BatchDialog(self._opening, self._background, self._theme, self._tr, self._window)
        options = self._window.session.options
        if not self.batch.isVisible():
            self.batch.show_format(options.format or self.batch.setup.format, options.sampling)
        self.batch.show()
        self.batch.raise_()
        self.batch.activateWindow()

    def _take_format(self, answer_format: AnswerFormat | None) -> None:
        options = self._window.session.options
        self._window.session.set_options(replace(options, format=answer_format))

    def _show_format(self, options: Options) -> None:
        name = self._tr(options.format.name) if options.format else ""
        self._window.page.composer.show_format(name)
        self._window.formats.show_options(options)

    def _offer_format_back(self, answer_format: AnswerFormat) -> None:
        self._window.page.notices.show_notice(
            Notice(
                self._tr("Deleted “{title}”.", title=answer_format.name),
                self._tr("Undo"),
                lambda: self._window.formats.restore(answer_format),
                seconds=OFFER_S,
            )
        )

    # Settings

    def _open_settings(self) -> None:
        """The settings may have changed since the start, by what was decided about a model."""

        def load() -> Settings:
            return self._opening.alcove.settings_file.load()

        self._run(load, self._show_settings)

    def _show_settings(self, settings: Settings) -> None:
        from app.ui.settings.dialog import SettingsDialog

        self._settings = settings
        dialog = SettingsDialog(self._settings, self._data, self._tr, self._window)
        dialog.changed.connect(self._take_settings)
        dialog.open()

    def _take_settings(self, settings: Settings) -> None:
        before, self._settings = self._settings, settings
        if settings.theme is not before.theme:
            self._theme.choose(settings.theme)
        self._window.page.composer.set_enter_sends(settings.enter_sends)
        names = (
            "theme",
            "language",
            "enter_sends",
            "context_tokens",
            "threads",
            "unload_on_battery_min",
            "unload_on_mains_min",
        )
        chosen = {name: getattr(settings, name) for name in names}
        self._keep(**{name: value for name, value in chosen.items() if value != getattr(before, name)})

    def _keep(self, **values: Any) -> None:
        self._run(lambda: self._opening.alcove.settings_file.change(**values), lambda _: None)

    def _keep_folds(self, sidebar_open: bool, inspector_open: bool) -> None:
        self._keep(sidebar_open=sidebar_open, inspector_open=inspector_open)

    def _keep_size(self, width: int, height: int, is_maximised: bool) -> None:
        self._keep(window_width=width, window_height=height, is_maximised=is_maximised)

    def _open_shortcuts(self) -> None:
        from app.ui.settings.shortcuts import ShortcutsDialog

        ShortcutsDialog(self._tr, self._settings.enter_sends, self._window).open()

    # Keeping everything in step

    def _show_state(self) -> None:
        session = self._window.session
        conversation = session.conversation
        is_idle = not session.is_answering and not session.is_sending
        has_path = bool(session.path)
        has_versions = conversation is not None and any(len(v) > 1 for v in conversation.children.values())
        self._window.actions_of.enable(
            stop=session.is_answering,
            regenerate=is_idle and has_path,
            edit_last=has_path and not session.is_answering,
            previous_branch=has_versions and not session.is_answering,
            next_branch=has_versions and not session.is_answering,
            copy_answer=any(m.role is Role.ASSISTANT for m in session.path),
            copy_chat=has_path,
            rename=conversation is not None,
            delete=conversation is not None,
        )
        self._window.setWindowTitle(conversation.title if conversation else "Alcove")
        self._window.sidebar.select(session.conversation_id)
        self._window.inspector.show_answer(session.path[-1] if has_path else None)

    def _connect_actions(self) -> None:
        window = self._window
        does: dict[Command, Callable[[], object]] = {
            Command.NEW_CHAT: window.session.new,
            Command.SEARCH: self._search,
            Command.STOP: window.session.stop,
            Command.REGENERATE: window.session.regenerate_last,
            Command.EDIT_LAST: window.page.edit_last,
            Command.PREVIOUS_BRANCH: lambda: window.session.step_branch(-1),
            Command.NEXT_BRANCH: lambda: window.session.step_branch(1),
            Command.COPY_ANSWER: self._copy_answer,
            Command.COPY_CHAT: self._copy_chat,
            Command.RENAME: self._rename,
            Command.DELETE: self._delete,
            Command.TRASH: self._open_trash,
            Command.OPEN_MODEL: window.picker.choose_file,
            Command.MODELS: window.models.open_models,
            Command.ABOUT_MODEL: window.models.about_current,
            Command.MODEL_FIT: window.models.fit_current,
            Command.ANSWER_FORMAT: self._open_formats,
            Command.BATCH: self._open_batch,
            Command.SIDEBAR: window.toggle_sidebar,
            Command.INSPECTOR: window.toggle_inspector,
            Command.SETTINGS: self._open_settings,
            Command.SHORTCUTS: self._open_shortcuts,
            Command.QUIT: window.close,
        }
        for command, act in does.items():
            window.actions_of.connect(command, act)

    def _connect_parts(self) -> None:
        window, session = self._window, self._window.session
        session.list_changed.connect(window.sidebar.refresh)
        session.state_changed.connect(self._show_state)
        session.options_changed.connect(window.inspector.show_options)
        session.options_changed.connect(self._show_format)
        session.deleted.connect(self._offer_undo)
        window.inspector.changed.connect(session.set_options)
        window.sidebar.opened.connect(session.open)
        window.sidebar.rename_wanted.connect(session.rename)
        window.sidebar.delete_wanted.connect(session.delete)
        window.sidebar.failed.connect(window.page.notices.show_error)
        window.picker.chosen.connect(window.loading.load)
        window.picker.failed.connect(window.page.notices.show_error)
        window.loading.began.connect(window.picker.show_model)
        window.loading.ended.connect(self._show_model)
        window.loading.too_large.connect(self._warn)
        window.loading.stepped_down.connect(self._tell_stepped_down)
        window.loading.miscalculated.connect(self._offer_processor)
        self._connect_models()
        self._connect_formats()
        window.folds_changed.connect(self._keep_folds)
        window.left.connect(self._keep_size)

    def _connect_models(self) -> None:
        window, models = self._window, self._window.models
        models.setting_changed.connect(lambda name, value: self._keep(**{name: value}))
        models.failed.connect(window.page.notices.show_error)
        models.ready.connect(self._offer_model)
        models.file_wanted.connect(window.picker.choose_file)
        models.settings_wanted.connect(self._open_settings)
        models.welcomed.connect(self._end_first_run)
        self.idle.unloaded.connect(window.loading.rest)
        self.idle.memory_short.connect(self._warn_of_memory)
        window.session.answer_ended.connect(lambda _: self.idle.used())

    def _connect_formats(self) -> None:
        window, formats = self._window, self._window.formats
        formats.chosen.connect(self._take_format)
        formats.examined.connect(window.inspector.show_examination)
        formats.deleted.connect(self._offer_format_back)
        formats.failed.connect(window.page.notices.show_error)
        window.inspector.format_menu_wanted.connect(formats.open_menu)
        window.inspector.format_edit_wanted.connect(formats.edit)
        window.page.composer.format_wanted.connect(formats.open_menu)

    def _run(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        self._background.run(self, work, done, self._window.page.notices.show_error, Lane.FILES)
