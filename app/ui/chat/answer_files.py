"""Answers with a format as files: asks for a name, has the services write, and says what became of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, QStandardPaths, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from app.core.answer_format import FileKind, Notation
from app.core.conversation import Conversation
from app.core.message import Message
from app.i18n import Texts
from app.ui.background import Background, Lane
from app.ui.chat.session import ChatSession
from app.ui.notices import OFFER_S, Notice, Notices
from app.ui.opening import Opening

T = TypeVar("T")

_PREFERRED = {Notation.TABLE: FileKind.CSV, Notation.XML: FileKind.XML}
_KINDS = {FileKind.JSON: "JSON", FileKind.JSONL: "JSON Lines", FileKind.CSV: "CSV", FileKind.XML: "XML"}


class AnswerFiles(QObject):
    """`target_chosen` tells the name of the file that answers are appended to from now on."""

    target_chosen = Signal(str)

    def __init__(
        self,
        opening: Opening,
        session: ChatSession,
        background: Background,
        notices: Notices,
        tr: Texts,
        page: QWidget,
    ) -> None:
        """Dialogs are opened over `page`."""
        super().__init__(page)
        self._opening = opening
        self._session = session
        self._background = background
        self._notices = notices
        self._tr = tr
        self._page = page
        self._folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        self._target: Path | None = None
        self._appends_every = False
        """Whether each answer that fits is added to the target as it ends, without being asked."""
        session.answer_ended.connect(self._ended)

    def save(self, message_id: int) -> None:
        """Ask for a name and a kind of file, and save an answer so."""
        chat, message = self._find(message_id)
        kind = _PREFERRED.get(message.format.notation, FileKind.JSON) if message.format else FileKind.JSON
        kinds = [kind, *(other for other in FileKind if other is not kind)]
        self._run(
            lambda: self._opening.alcove.answers.suggest_name(message, kind, chat.title),
            lambda name: self._ask(
                self._tr("Save this answer"),
                name,
                kinds,
                lambda path: self._save_as(chat, message, path, FileKind.of(path, kind)),
            ),
        )

    def append(self, message_id: int, is_to_be_chosen: bool) -> None:
        """Add an answer to the file of answers, or to one that is asked for."""
        chat, message = self._find(message_id)
        if self._target is not None and not is_to_be_chosen:
            self._append_to(message, self._target)
            return
        self._run(
            lambda: self._opening.alcove.answers.suggest_name(message, FileKind.JSONL, chat.title),
            lambda name: self._ask(
                self._tr("Append to which file?"),
                name,
                [FileKind.JSONL],
                lambda path: self._append_to(message, path),
                asks_to_replace=False,
            ),
        )

    def _ask(
        self,
        title: str,
        name: str,
        kinds: list[FileKind],
        chosen: Callable[[Path], None],
        *,
        asks_to_replace: bool = True,
    ) -> None:
        dialog = QFileDialog(self._page, title, self._folder)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite, not asks_to_replace)
        filters = {f"{_KINDS[kind]} (*{kind.suffix})": kind for kind in kinds}
        dialog.setNameFilters(list(filters))
        dialog.setDefaultSuffix(kinds[0].value)
        dialog.filterSelected.connect(lambda text: dialog.setDefaultSuffix(filters[text].value))
        dialog.selectFile(name)

        def accept(path: str) -> None:
            self._folder = str(Path(path).parent)
            chosen(Path(path))

        dialog.fileSelected.connect(accept)
        dialog.open()

    def _save_as(self, chat: Conversation, message: Message, path: Path, kind: FileKind) -> None:
        """The dialog has asked before an older file is replaced."""

        def saved(_: None) -> None:
            self._tell(
                self._tr("Saved as “{name}”.", name=path.name),
                self._tr("Save where it comes from, too"),
                lambda: self._save_origin(chat, message, path),
            )

        self._run(
            lambda: self._opening.alcove.answers.save(message, path, kind, replace=True),
            saved,
            lambda: self._save_as(chat, message, path, kind),
        )

    def _save_origin(self, chat: Conversation, message: Message, path: Path) -> None:
        self._run(
            lambda: self._opening.alcove.answers.save_provenance(chat, message, path),
            lambda _: self._tell(self._tr("The origin and the schema lie beside “{name}”.", name=path.name)),
            lambda: self._save_origin(chat, message, path),
            Lane.OWN,  # it may have to read a large file through
        )

    def _append_to(self, message: Message, path: Path) -> None:
        def appended(_: None) -> None:
            self._target = path
            self.target_chosen.emit(path.name)
            every, none = self._tr("Append every answer"), self._tr("Stop appending")
            self._tell(
                self._tr("Appended to “{name}”.", name=path.name),
                none if self._appends_every else every,
                lambda: self._append_every(not self._appends_every),
            )

        self._run(
            lambda: self._opening.alcove.answers.append(message, path),
            appended,
            lambda: self._append_to(message, path),
        )

    def _append_every(self, appends: bool) -> None:
        self._appends_every = appends

    def _ended(self, message: Message) -> None:
        """An answer of the chat in view has come to its end."""
        if self._appends_every and self._target is not None and message.fits:
            self._append_to(message, self._target)

    def _find(self, message_id: int) -> tuple[Conversation, Message]:
        chat = self._session.conversation
        assert chat is not None
        return chat, chat.messages[message_id]

    def _tell(self, sentence: str, action: str = "", act: Callable[[], None] | None = None) -> None:
        self._notices.show_notice(Notice(sentence, action, act, seconds=OFFER_S))

    def _run(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        again: Callable[[], None] | None = None,
        lane: Lane = Lane.FILES,
    ) -> None:
        self._background.run(self, work, done, lambda error: self._notices.show_error(error, again), lane)
