"""A conversation: a tree of messages in which every fork remembers its chosen child."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from app.core.answer_format import AnswerFormat
from app.core.message import Message
from app.core.sampling import Sampling

ROOT = 0
"""Stands for "no parent" where a fork at the very start is keyed."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a person sets per conversation; acts on the next answer."""

    instructions: str = ""
    sampling: Sampling = Sampling()
    format: AnswerFormat | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """A conversation as the list shows it; `title` is empty until there is a first question."""

    id: int
    title: str
    changed_at: float
    deleted_at: float | None = None


@dataclass(frozen=True)
class Conversation:
    """The whole tree in memory. Frozen: each change gives a new one.

    `chosen` maps a parent's id (`ROOT` for the start) to the id of the child on the active path;
    where it is silent the newest child is chosen.
    """

    id: int
    title: str
    options: Options = Options()
    messages: Mapping[int, Message] = field(default_factory=dict)
    chosen: Mapping[int, int] = field(default_factory=dict)

    @cached_property
    def children(self) -> Mapping[int, tuple[int, ...]]:
        """Ids of the children by parent, oldest first."""
        forks: dict[int, list[int]] = {}
        for message_id in sorted(self.messages):
            forks.setdefault(self.messages[message_id].parent_id or ROOT, []).append(message_id)
        return {parent: tuple(ids) for parent, ids in forks.items()}

    @cached_property
    def active_path(self) -> tuple[Message, ...]:
        """The messages from the first question to the end of the branch in view."""
        path: list[Message] = []
        here = ROOT
        while children := self.children.get(here):
            chosen = self.chosen.get(here)
            here = chosen if chosen in children else children[-1]
            path.append(self.messages[here])
        return tuple(path)

    @property
    def last(self) -> Message | None:
        return self.active_path[-1] if self.active_path else None

    def siblings(self, message_id: int) -> tuple[int, ...]:
        """Ids of all versions of this message, itself included, oldest first."""
        return self.children[self.messages[message_id].parent_id or ROOT]

    def path_to(self, message_id: int | None) -> tuple[Message, ...]:
        """The messages from the first question down to this one."""
        path: list[Message] = []
        while message_id is not None:
            message = self.messages[message_id]
            path.append(message)
            message_id = message.parent_id
        return tuple(reversed(path))

    def append(self, message: Message) -> Conversation:
        """Add a message below its parent, or as a sibling there, and put it on the active path."""
        grown = replace(self, messages={**self.messages, message.id: message})
        return grown.switch(message.id)

    def update(self, message: Message) -> Conversation:
        """Put a newer state of a message that is already in the tree."""
        return replace(self, messages={**self.messages, message.id: message})

    def switch(self, message_id: int) -> Conversation:
        """Choose the branch that goes through this message."""
        path = self.path_to(message_id)
        chosen = {message.parent_id or ROOT: message.id for message in path}
        return replace(self, chosen={**self.chosen, **chosen})
