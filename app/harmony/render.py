"""Render a request to token ids, message by message, straight from its texts.

Control tokens come from here alone: texts are encoded as plain text, so that a `<|start|>` somebody wrote
stays seven harmless tokens. Reasoning of earlier turns is never rendered, as Harmony asks.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

from app.core.message import Role
from app.core.request import GenerationRequest
from app.harmony.pieces import clean, pieces
from app.harmony.system import developer_text, system_text
from app.harmony.tokens import CHANNEL, END, MESSAGE, START

Ids = tuple[int, ...]

_CACHE_LIMIT_TOKENS = 1 << 20


class Encoding(Protocol):
    """The part of openai-harmony's encoding we use."""

    def encode(self, text: str, *, disallowed_special: Sequence[str]) -> list[int]: ...


@dataclass(frozen=True, slots=True)
class Prompt:
    """A rendered request by its parts; `developer` is empty without instructions and format."""

    system: Ids
    developer: Ids
    turns: tuple[Ids, ...]
    opening: Ids

    @property
    def ids(self) -> list[int]:
        return list(chain(self.system, self.developer, *self.turns, self.opening))

    @property
    def count(self) -> int:
        return sum(map(len, (self.system, self.developer, *self.turns, self.opening)))


class Renderer:
    """Turns requests into prompts; a message once encoded is not encoded again. For one thread."""

    def __init__(self, encoding: Encoding) -> None:
        self._encoding = encoding
        self._opening = (START, *self.encode("assistant"))
        self._headers: dict[str, Ids] = {
            author: (START, *self.encode(author)) for author in ("system", "developer", Role.USER)
        }
        self._headers[Role.ASSISTANT] = (*self._opening, CHANNEL, *self.encode("final"))
        self._cache = _Cache(_CACHE_LIMIT_TOKENS)

    def render(self, request: GenerationRequest) -> Prompt:
        developer = developer_text(request.instructions, request.format)
        return Prompt(
            system=self._message("system", system_text(request.today, request.sampling.effort)),
            developer=self._message("developer", developer) if developer else (),
            turns=tuple(self._message(turn.role, turn.text) for turn in request.turns),
            opening=self._opening,
        )

    def encode(self, text: str) -> list[int]:
        """The ids of a text; none of them is a control token, whatever the text says."""
        encode = self._encoding.encode
        return [id_ for piece in pieces(clean(text)) for id_ in encode(piece, disallowed_special=())]

    def count(self, text: str) -> int:
        """How many tokens a text takes by itself."""
        return len(self.encode(text))

    def _message(self, author: str, text: str) -> Ids:
        ids = self._cache.get((author, text))
        if ids is None:
            ids = (*self._headers[author], MESSAGE, *self.encode(text), END)
            self._cache.put((author, text), ids)
        return ids


class _Cache:
    """Ids of messages by author and text; beyond its limit the longest unused ones go."""

    def __init__(self, limit_tokens: int) -> None:
        self._limit_tokens = limit_tokens
        self._size_tokens = 0
        self._entries: OrderedDict[tuple[str, str], Ids] = OrderedDict()

    def get(self, key: tuple[str, str]) -> Ids | None:
        if key in self._entries:
            self._entries.move_to_end(key)
        return self._entries.get(key)

    def put(self, key: tuple[str, str], ids: Ids) -> None:
        self._entries[key] = ids
        self._size_tokens += len(ids)
        while self._size_tokens > self._limit_tokens:
            _, dropped = self._entries.popitem(last=False)
            self._size_tokens -= len(dropped)
