"""Conversations and their messages as rows; all SQL of the conversation tree is here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import astuple
from pathlib import Path
from typing import Any, Final

import apsw

from app.core.conversation import ROOT, Conversation, Options, Summary
from app.core.errors import DatabaseCorrupt, NotFound, OutOfRange
from app.core.message import Draft, Message, Role, Status, Timing, Usage
from app.core.sampling import Sampling
from app.storage.database import Database
from app.storage.formats import faults_from, faults_text, format_from, format_text

Row = tuple[Any, ...]

_MESSAGE: Final = (
    "id, parent_id, created_at, role, text, reasoning, status, model, prompt_tokens, cached_tokens, "
    "completion_tokens, load_s, first_token_s, thinking_s, tokens_per_s, format, faults"
)

_HEAD: Final = "SELECT title, instructions, sampling, format FROM conversation WHERE id = ?"
_MESSAGES: Final = f"SELECT {_MESSAGE} FROM message WHERE conversation_id = ?"
_CHOICES: Final = "SELECT parent_id, child_id FROM choice WHERE conversation_id = ?"


class Conversations:
    """Reads and writes conversations. Several calls within `transaction` are kept together or not at all."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.transaction = database.transaction

    def summaries(self, deleted: bool = False) -> tuple[Summary, ...]:
        """Those in the list, or those in the trash; newest change first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT id, title, changed_at, deleted_at FROM conversation "
                "WHERE (deleted_at IS NOT NULL) = ? ORDER BY change_number DESC",
                (deleted,),
            )
            return tuple(Summary(*row) for row in rows)

    def load(self, conversation_id: int) -> Conversation:
        """The whole tree.

        Raises:
            NotFound: there is none with this id.
        """
        with self._database.reading() as connection:
            head = connection.execute(_HEAD, (conversation_id,)).fetchone()
            messages = connection.execute(_MESSAGES, (conversation_id,)).fetchall()
            choices = connection.execute(_CHOICES, (conversation_id,)).fetchall()
        if head is None:
            raise NotFound(what="chat")
        return _conversation(self._database.path, conversation_id, head, messages, choices)

    def create(self, title: str, options: Options, at: float) -> int:
        """A new conversation, the first of the list; gives its id."""
        with self.transaction() as connection:
            connection.execute(
                "INSERT INTO conversation (title, instructions, sampling, format, change_number, changed_at) "
                "VALUES (?, ?, ?, ?, 0, 0)",
                (title, *_option_values(options)),
            )
            conversation_id = connection.last_insert_rowid()
            _touch(connection, conversation_id, at)
        return conversation_id

    def add(self, conversation_id: int, parent_id: int | None, draft: Draft, at: float) -> Message:
        """Add a message below its parent, choose it there, and put the conversation first in the list."""
        values = (at, draft.role, draft.text, draft.reasoning, draft.status, draft.model)
        numbers = (*astuple(draft.usage), *astuple(draft.timing), format_text(draft.format), "")
        with self.transaction() as connection:
            connection.execute(
                f"INSERT INTO message (conversation_id, {_MESSAGE}) VALUES (?, NULL{', ?' * 16})",
                (conversation_id, parent_id, *values, *numbers),
            )
            message_id = connection.last_insert_rowid()
            self.choose(conversation_id, {parent_id or ROOT: message_id})
            _touch(connection, conversation_id, at)
        return Message(message_id, parent_id, *values, draft.usage, draft.timing, draft.format)

    def save(self, message: Message) -> None:
        """Keep a message's present state; nothing happens if it has been deleted meanwhile."""
        with self.transaction() as connection:
            connection.execute(
                "UPDATE message SET text = ?, reasoning = ?, status = ?, model = ?, "
                "prompt_tokens = ?, cached_tokens = ?, completion_tokens = ?, "
                "load_s = ?, first_token_s = ?, thinking_s = ?, tokens_per_s = ?, faults = ? WHERE id = ?",
                (
                    message.text,
                    message.reasoning,
                    message.status,
                    message.model,
                    *astuple(message.usage),
                    *astuple(message.timing),
                    faults_text(message.faults),
                    message.id,
                ),
            )

    def choose(self, conversation_id: int, chosen: Mapping[int, int]) -> None:
        """Remember the chosen child by parent; forks that are not named keep theirs."""
        rows = [(conversation_id, parent, child) for parent, child in chosen.items()]
        with self.transaction() as connection:
            connection.executemany("INSERT OR REPLACE INTO choice VALUES (?, ?, ?)", rows)

    def rename(self, conversation_id: int, title: str) -> None:
        self._update(conversation_id, "title = ?", title)

    def set_options(self, conversation_id: int, options: Options) -> None:
        self._update(conversation_id, "instructions = ?, sampling = ?, format = ?", *_option_values(options))

    def set_deleted(self, conversation_id: int, at: float | None) -> None:
        """Put it into the trash, or with None back into the list."""
        self._update(conversation_id, "deleted_at = ?", at)

    def purge(self, deleted_before: float) -> int:
        """Remove for good what was put into the trash before this time; gives how many."""
        with self.transaction() as connection:
            connection.execute("DELETE FROM conversation WHERE deleted_at < ?", (deleted_before,))
            removed = connection.changes()
        if removed:
            self._database.clear_log()
        return removed

    def interrupt_streaming(self) -> None:
        """Mark answers that were being written when the program died."""
        with self.transaction() as connection:
            connection.execute(
                "UPDATE message SET status = ? WHERE status = ?", (Status.INTERRUPTED, Status.STREAMING)
            )

    def swap_start(self, at: float) -> float | None:
        """Remember when the program was started; gives the time of the start before, None at the first."""
        with self.transaction() as connection:
            before: float | None = connection.execute("SELECT max(at) FROM start").get
            connection.execute("DELETE FROM start")
            connection.execute("INSERT INTO start VALUES (?)", (at,))
        return before

    def _update(self, conversation_id: int, assignments: str, *values: apsw.SQLiteValue) -> None:
        with self.transaction() as connection:
            statement = f"UPDATE conversation SET {assignments} WHERE id = ?"
            connection.execute(statement, (*values, conversation_id))
            if connection.changes() == 0:
                raise NotFound(what="chat")


def _touch(connection: apsw.Connection, conversation_id: int, at: float) -> None:
    connection.execute(
        "UPDATE conversation SET changed_at = ?, "
        "change_number = (SELECT max(change_number) + 1 FROM conversation) WHERE id = ?",
        (at, conversation_id),
    )


def _option_values(options: Options) -> tuple[str, str, str]:
    return options.instructions, json.dumps(options.sampling.to_values()), format_text(options.format)


def _conversation(
    path: Path, conversation_id: int, head: Row, messages: Iterable[Row], choices: Iterable[Row]
) -> Conversation:
    title, instructions, sampling, answer_format = head
    try:
        chosen = Sampling.from_values(json.loads(sampling))
        options = Options(instructions, chosen, format_from(answer_format))
        by_id = {row[0]: _message(row) for row in messages}
    except (ValueError, TypeError, AttributeError, OutOfRange) as error:
        # A value that no version of ours writes: the file was changed by a fault or another hand.
        raise DatabaseCorrupt(path=str(path), reason=str(error)) from error
    return Conversation(conversation_id, title, options, by_id, dict(choices))


def _message(row: Row) -> Message:
    usage, timing = Usage(*row[8:11]), Timing(*row[11:15])
    message_id, parent_id, created_at, role, text, reasoning, status, model = row[:8]
    head = (message_id, parent_id, created_at, Role(role), text, reasoning, Status(status), model)
    return Message(*head, usage, timing, format_from(row[15]), faults_from(row[16]))
