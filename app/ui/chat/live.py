"""The answer being written, as far as it has come; it grows whether its row is in sight or not."""

from __future__ import annotations

from collections.abc import Sequence

from app.core.events import Delta, Event, Finished, Loaded, LoadProgress, PromptProgress
from app.core.message import Channel, Message
from app.ui.widgets.markdown.blocks import Block
from app.ui.widgets.markdown.stream import BlockStream


class LiveAnswer:
    """Takes events; `blocks`, `reasoning` and `progress` are what there is to show."""

    def __init__(self, message: Message) -> None:
        self.message_id = message.id
        self.reasoning = message.reasoning
        self.progress: LoadProgress | PromptProgress | None = None
        self._stream = BlockStream()
        if message.text:
            self._stream.append(message.text)

    @property
    def text(self) -> str:
        return self._stream.text

    @property
    def blocks(self) -> list[Block]:
        return self._stream.blocks

    @property
    def is_thinking(self) -> bool:
        return bool(self.reasoning) and not self.text

    def feed(self, events: Sequence[Event]) -> None:
        """Take one frame's events; text that came in pieces is parsed as one."""
        written = ""
        for event in events:
            match event:
                case Delta(Channel.FINAL, text):
                    written += text
                case Delta(_, text):
                    self.reasoning += text
                case LoadProgress() | PromptProgress():
                    self.progress = event
                case Loaded() | Finished():
                    self.progress = None
        if written:
            self._stream.append(written)
        if self.reasoning or self.text:
            self.progress = None

    def finish(self) -> None:
        """No more will come."""
        self._stream.finish()
