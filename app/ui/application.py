"""Start the window: the application, its theme and languages, one instance per profile, and a clean end."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLibraryInfo, QLoggingCategory, QTranslator
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from app.core.errors import AlcoveError, ProfileError, ProfileLocked
from app.core.settings import Language
from app.i18n import Texts, load_texts
from app.ui.background import Background, Courier
from app.ui.commands import Commands
from app.ui.main_window import MainWindow
from app.ui.opening import Opening
from app.ui.theme import Theme
from app.userdata import ProfileLock, SettingsFile, places, resource

if TYPE_CHECKING:
    from app.assembly import Alcove
    from app.ui.instance import Doorbell
    from app.ui.interrupts import Interrupts

PROFILE_UNUSABLE = 6
PATIENCE_S = 3.0
"""How long a closing window waits for answers to be kept and commands to be done."""

EngineCommand = Callable[[], Sequence[str]]


class Program:
    """One window over one profile, from its start to its clean end."""

    def __init__(
        self, application: QApplication, profile: Path | None, engine_command: EngineCommand
    ) -> None:
        self.places = places(profile)
        settings = SettingsFile(self.places.settings).load()
        self.tr = load_texts(settings.language, resource("i18n"))
        self.error: Exception | None = None
        self._is_closed = False
        self._courier = Courier()
        self.background = Background(self._courier)
        self.opening = Opening(profile, engine_command)
        self.theme = Theme(application, resource("icons"), settings.theme)
        self.window = MainWindow(self.opening, settings, self.background, self.theme, self.tr)
        self.commands = Commands(
            self.window, self.opening, settings, self.places.data, self.background, self.theme, self.tr
        )
        translate_qt(application, self.tr)

    def show(self) -> None:
        """Show the window; everything that takes time starts after its first paint."""
        self.window.appeared.connect(self._start)
        self.window.show()

    def raise_window(self) -> None:
        """Bring the window to the front."""
        if self.window.isMinimized():
            self.window.showNormal()
        self.window.raise_()
        self.window.activateWindow()

    def close(self) -> None:
        """Stop every answer, keep what was written, end the engine, wait for every thread. Once is enough."""
        if self._is_closed:
            return
        self._is_closed = True
        self.window.session.stop_all()
        self.window.loading.cancel()
        self.window.models.close()
        self.commands.idle.stop()
        self.background.finish(PATIENCE_S)
        self.opening.close()
        self.background.close()
        self.window.deleteLater()
        self.theme.deleteLater()

    def _start(self) -> None:
        self.opening.begin(self.background, self.window, self._opened, self._refused)
        self.commands.start()

    def _opened(self, alcove: Alcove) -> None:
        if alcove.problem is not None:
            self.window.page.notices.show_error(alcove.problem)

    def _refused(self, error: Exception) -> None:
        """The profile cannot be used: the window closes again, and `run` says why."""
        self.error = error
        self.window.close()


class Attendants:
    """Who closes or raises the window from outside: signals of the system, a second start of the program."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._doorbell: Doorbell | None = None
        self._interrupts: Interrupts | None = None
        program.window.appeared.connect(self.attend)

    def close(self) -> None:
        if self._doorbell is not None and self._interrupts is not None:
            self._doorbell.close()
            self._interrupts.stop()

    def attend(self) -> None:
        """Begin to listen."""
        from app.ui.instance import Doorbell  # costs time that the first paint need not wait for
        from app.ui.interrupts import Interrupts

        window = self._program.window
        self._interrupts = Interrupts(window.end, window)
        self._doorbell = Doorbell(self._program.places.data, self._program.raise_window, window)


def make_application() -> QApplication:
    """The Qt application with its name and icon."""
    QLoggingCategory.setFilterRules("qt.text.font.db=false")  # a line for each font without some script
    application = QApplication(sys.argv[:1])
    application.setApplicationName("Alcove")
    application.setApplicationDisplayName("Alcove")
    application.setDesktopFileName("alcove")
    application.setWindowIcon(QIcon(str(resource("icons", "alcove.png"))))
    return application


def translate_qt(application: QApplication, tr: Texts) -> None:
    """Have Qt's own dialogs speak the language of `tr`."""
    if tr.language == Language.ENGLISH:
        return
    translator = QTranslator(application)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if translator.load(f"qtbase_{tr.language}", folder):
        application.installTranslator(translator)


def run(
    profile: Path | None, engine_command: EngineCommand, on_shown: Callable[[Program], None] | None = None
) -> int:
    """Open the window and give the exit code once it is closed."""
    application = make_application()
    if is_locked(profile):
        return _refuse(profile, ProfileLocked(path=str(places(profile).data)))
    program = Program(application, profile, engine_command)
    attendants = Attendants(program)
    program.show()
    if on_shown is not None:
        on_shown(program)
    try:
        code = application.exec()
    finally:
        attendants.close()
        program.close()
    if isinstance(program.error, AlcoveError):
        return _refuse(profile, program.error)
    if program.error is not None:
        raise program.error
    return code


def is_locked(profile: Path | None) -> bool:
    """Whether another Alcove has this profile now, found without opening it."""
    where = places(profile).lock
    if not where.exists():
        return False
    lock = ProfileLock(where)
    try:
        lock.acquire()
    except ProfileLocked:
        return True
    except ProfileError:
        return False  # not writable: opening it will say so
    lock.release()
    return False


def _refuse(profile: Path | None, error: AlcoveError) -> int:
    """Say why the profile cannot be used; if another window has it, bring that one to the front."""
    from PySide6.QtWidgets import QMessageBox

    from app.i18n.sentences import explain
    from app.ui.instance import ring

    where = places(profile)
    tr = load_texts(SettingsFile(where.settings).load().language, resource("i18n"))
    if isinstance(error, ProfileLocked) and ring(where.data):
        sys.stderr.write(tr("Alcove is open already; its window was brought to the front.") + "\n")
        return 0
    QMessageBox.critical(None, "Alcove", explain(error, tr))
    return PROFILE_UNUSABLE
