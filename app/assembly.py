"""Build every long-lived object once and wire them; there are no other globals."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from app.core.errors import ProfileError, ProfileNotWritable
from app.engine.client import EngineClient
from app.i18n import Texts, load_texts
from app.log import LogFile
from app.services.answers import Answers
from app.services.batches import Batches
from app.services.chat import Chat
from app.services.formats import Formats
from app.services.idle import Idle
from app.services.library import Library
from app.services.models import Models
from app.services.transfer import Transfers
from app.storage.conversations import Conversations
from app.storage.database import Database
from app.storage.opening import open_nothing, open_to_read, open_to_write
from app.userdata import Places, ProfileLock, SettingsFile, places, resource
from app.vault import Vault, helper_command

Storage = Literal["write", "read", "none"]


@dataclass(frozen=True, slots=True)
class Alcove:
    """The whole program as its front ends see it.

    `problem` says why nothing can be kept, where `storage="write"` was asked for on a disk that only
    lets read; everything that would write raises it.
    """

    chat: Chat
    models: Models
    formats: Formats
    answers: Answers
    batches: Batches
    library: Library
    transfers: Transfers
    idle: Idle
    settings_file: SettingsFile
    places: Places
    tr: Texts
    problem: ProfileError | None
    _closing: ExitStack

    def close(self) -> None:
        """Stop and keep running answers, end the engine, close the database, give the lock back."""
        self._closing.close()


def assemble(profile: Path | None, *, storage: Storage, engine_command: Sequence[str]) -> Alcove:
    """Build the program for one profile.

    `storage`: "write" takes the profile's lock, "read" looks in beside whoever has it, "none" keeps
    nothing. `engine_command` starts the engine child; the folder for its caches is added to it.

    Raises:
        ProfileError: the profile is locked, or its database cannot be used.
    """
    where = places(profile)
    settings_file = SettingsFile(where.settings)
    tr = load_texts(settings_file.load().language, resource("i18n"))
    with ExitStack() as closing:
        database, problem = _open(where, storage, closing)
        is_writable = database.is_writable
        log = where.cache / "engine.log" if is_writable else None
        engine = EngineClient((*engine_command, str(where.cache)), log)
        closing.callback(engine.close)
        models = Models(engine, settings_file, where, remembers=is_writable)
        chat = Chat(Conversations(database), engine, models)
        closing.callback(chat.close)
        if is_writable:
            chat.recover()
        library = Library(settings_file, where, models.follow)
        transfers = Transfers(settings_file, library, Vault(helper_command()))
        closing.callback(transfers.close)
        return Alcove(
            chat,
            models,
            Formats(where.schemas, chat.ask),
            Answers(models, transfers),
            Batches(engine, models),
            library,
            transfers,
            Idle(models, settings_file),
            settings_file,
            where,
            tr,
            problem,
            closing.pop_all(),
        )


def _open(where: Places, storage: Storage, closing: ExitStack) -> tuple[Database, ProfileError | None]:
    problem = None
    if storage == "none":
        database = open_nothing()
    elif storage == "read":
        database = open_to_read(where.database)
    else:
        try:
            database = _open_to_write(where, closing)
        except ProfileNotWritable as error:
            if not where.database.exists():
                raise
            database, problem = open_to_read(where.database), error
    closing.callback(database.close)
    return database, problem


def _open_to_write(where: Places, closing: ExitStack) -> Database:
    """Lock first: only the holder may change anything in the profile."""
    where.make()
    lock = ProfileLock(where.lock)
    lock.acquire()
    closing.callback(lock.release)
    closing.callback(LogFile(where.log).close)
    return open_to_write(where.database, where.backups)
