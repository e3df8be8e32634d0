"""One message of the path in view, with the versions there are of it."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.conversation import Conversation
from app.core.message import Message


@dataclass(frozen=True, slots=True)
class Entry:
    """`versions` are the ids of all siblings, this message among them, oldest first.

    `asked` is the text of the message before.
    """

    message: Message
    versions: tuple[int, ...]
    asked: str = ""

    @property
    def version(self) -> int:
        """Which of the versions this is, from 0."""
        return self.versions.index(self.message.id)

    def neighbour(self, step: int) -> int | None:
        """The id of the version before (-1) or after (+1)."""
        at = self.version + step
        return self.versions[at] if 0 <= at < len(self.versions) else None


def entries(conversation: Conversation) -> list[Entry]:
    """The path in view."""
    path = conversation.active_path
    asked = ("", *(message.text for message in path))
    return [
        Entry(message, conversation.siblings(message.id), text)
        for message, text in zip(path, asked, strict=False)
    ]
