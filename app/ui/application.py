"""Start the window: the application, its theme and languages, one instance per profile, and a clean end."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QTimer, QTranslator
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QMessageBox

from app.assembly import Alcove, assemble
from app.core.errors import ProfileError, ProfileLocked
from app.core.settings import Language
from app.i18n import Texts, load_texts
from app.i18n.sentences import explain
from app.ui.background import Background, Courier
from app.ui.commands import Commands
from app.ui.main_window import MainWindow
from app.ui.theme import Theme
from app.userdata import SettingsFile, places, resource

PROFILE_UNUSABLE = 6
PATIENCE_S = 3.0
"""How long a closing window waits for answers to be kept and commands to be done."""


class Program:
    """One window over one profile, from its start to its clean end."""

    def __init__(self, application: QApplication, alcove: Alcove) -> None:
        settings = alcove.settings_file.load()
        self.alcove = alcove
        self.courier = Courier()
        self.background = Background(self.courier)
        self.theme = Theme(application, resource("icons"), settings.theme)
        self.window = MainWindow(alcove, settings, self.background, self.theme)
        self.commands = Commands(self.window, settings, self.background, self.theme)

    def show(self) -> None:
        """Show the window; everything that takes time starts after its first paint."""
        self.window.show()
        QTimer.singleShot(0, self.window, self.commands.start)

    def raise_window(self) -> None:
        self.window.showNormal() if self.window.isMinimized() else self.window.show()
        self.window.raise_()
        self.window.activateWindow()

    def close(self) -> None:
        """Stop every answer, keep what was written, end the engine; no thread stays behind."""
        self.window.session.stop_all()
        self.window.loading.cancel()
        self.background.finish(PATIENCE_S)
        self.alcove.close()
        self.background.close()
        self.window.deleteLater()
        self.theme.deleteLater()


def make_application() -> QApplication:
    """The Qt application with its name and icon."""
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
    profile: Path | None,
    engine_command: Callable[[], Sequence[str]],
    on_shown: Callable[[Program], None] | None = None,
) -> int:
    """Open the window and give the exit code once it is closed."""
    application = make_application()
    try:
        alcove = assemble(profile, storage="write", engine_command=engine_command())
    except ProfileError as error:
        return _refuse(profile, error)
    translate_qt(application, alcove.tr)
    program = Program(application, alcove)
    program.show()
    if on_shown is not None:
        on_shown(program)
    try:
        return _until_closed(application, program)
    finally:
        program.close()


def _until_closed(application: QApplication, program: Program) -> int:
    from app.ui.instance import Doorbell  # costs time that the first paint need not wait for
    from app.ui.interrupts import Interrupts

    doorbell = Doorbell(program.alcove.places.data, program.raise_window, program.window)
    interrupts = Interrupts(program.window.close, program.window)
    try:
        return application.exec()
    finally:
        interrupts.stop()
        doorbell.close()


def _refuse(profile: Path | None, error: ProfileError) -> int:
    """Say why the profile cannot be used; if another window has it, bring that one to the front."""
    from app.ui.instance import ring

    where = places(profile)
    tr = load_texts(SettingsFile(where.settings).load().language, resource("i18n"))
    if isinstance(error, ProfileLocked) and ring(where.data):
        sys.stderr.write(tr("Alcove is open already; its window was brought to the front.") + "\n")
        return 0
    QMessageBox.critical(None, "Alcove", explain(error, tr))
    return PROFILE_UNUSABLE
