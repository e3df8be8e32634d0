"""Version 1: conversations, their messages as a tree, the chosen child at each fork."""

from __future__ import annotations

import apsw

# `change_number` orders the list, because a clock can go back. AUTOINCREMENT: an id is never used twice.
# `choice.parent_id` is 0 at the start of a conversation, so it refers to no message.
_TABLES = """
CREATE TABLE conversation (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    title TEXT NOT NULL,
    instructions TEXT NOT NULL,
    sampling TEXT NOT NULL,
    change_number INTEGER NOT NULL,
    changed_at REAL NOT NULL,
    deleted_at REAL
) STRICT;
CREATE INDEX conversation_by_change ON conversation (change_number);

CREATE TABLE message (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id INTEGER NOT NULL REFERENCES conversation ON DELETE CASCADE,
    parent_id INTEGER REFERENCES message ON DELETE CASCADE,
    created_at REAL NOT NULL,
    role TEXT NOT NULL,
    text TEXT NOT NULL,
    reasoning TEXT NOT NULL,
    status TEXT NOT NULL,
    model TEXT NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    cached_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    load_s REAL NOT NULL,
    first_token_s REAL NOT NULL,
    thinking_s REAL NOT NULL,
    tokens_per_s REAL NOT NULL
) STRICT;
CREATE INDEX message_by_conversation ON message (conversation_id);
CREATE INDEX message_by_parent ON message (parent_id);
CREATE INDEX message_streaming ON message (id) WHERE status = 'streaming';

CREATE TABLE choice (
    conversation_id INTEGER NOT NULL REFERENCES conversation ON DELETE CASCADE,
    parent_id INTEGER NOT NULL,
    child_id INTEGER NOT NULL REFERENCES message ON DELETE CASCADE,
    PRIMARY KEY (conversation_id, parent_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX choice_by_child ON choice (child_id);

CREATE TABLE start (at REAL NOT NULL) STRICT;
"""


def migrate(connection: apsw.Connection) -> None:
    connection.execute(_TABLES)
