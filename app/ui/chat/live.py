"""The answer being written, as far as it has come; it grows whether its row is in sight or not."""

from __future__ import annotations

from collections.abc import Sequence

from app.core.events import Delta, Event, Finished, Loaded, LoadProgress, PromptProgress
from app.core.message import Channel, Message
from app.ui.widgets.markdown.blocks import Block
from app.ui.widgets.markdown.stream import BlockStream

_COSTLY = 4000


class LiveAnswer:
    """Takes events; `blocks`, `reasoning` and `progress` are what there is to show."""

    def __init__(self, message: Message) -> None:
        self.message_id = message.id
        self.reasoning = message.reasoning
        self.progress: LoadProgress | PromptProgress | None = None
        self._stream = BlockStream()
        self._unread = message.text
        """Text that came since `blocks` was last asked for."""

    @property
    def text(self) -> str:
        return self._stream.text + self._unread

    @property
    def blocks(self) -> list[Block]:
        self._read()
        return self._stream.blocks

    @property
    def is_costly(self) -> bool:
        """Whether its open block has grown so long that parsing and placing it takes a while."""
        return self._stream.open_size > _COSTLY

    @property
    def is_thinking(self) -> bool:
        return bool(self.reasoning) and not self.text

    def feed(self, events: Sequence[Event]) -> None:
        """Take one frame's events; text is parsed when it is to be shown."""
        for event in events:
            match event:
                case Delta(Channel.FINAL, text):
                    self._unread += text
                case Delta(_, text):
                    self.reasoning += text
                case LoadProgress() | PromptProgress():
                    self.progress = event
                case Loaded() | Finished():
                    self.progress = None
        if self.reasoning or self.text:
            self.progress = None

    def finish(self) -> None:
        """No more will come: `blocks` are those of the whole text."""
        self._read()
        self._stream.finish()

    def _read(self) -> None:
        if self._unread:
            self._stream.append(self._unread)
            self._unread = ""
