"""The answer being written, as far as it has come; it grows whether its row is in sight or not."""

from __future__ import annotations

from collections.abc import Sequence

from app.core.answer_format import Fault
from app.core.events import Delta, Event, Finished, Loaded, LoadProgress, PromptProgress, Retried
from app.core.message import Channel, Message
from app.ui.widgets.markdown.blocks import Block
from app.ui.widgets.markdown.stream import BlockStream

_COSTLY = 4000


class LiveAnswer:
    """Takes events; `blocks`, `reasoning` and `progress` are what there is to show.

    An answer with a format has no blocks: its text is no Markdown.
    """

    def __init__(self, message: Message) -> None:
        self.message_id = message.id
        self.reasoning = message.reasoning
        self.progress: LoadProgress | PromptProgress | None = None
        self.faults: tuple[Fault, ...] = ()
        """Where the first try did not fit, once it was dropped to be written again."""
        self._format = message.format
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
        """Whether what is read anew has grown so long that parsing and placing it takes a while."""
        size = self._stream.open_size if self._format is None else len(self._unread)
        return size > _COSTLY

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
                case Retried(faults):
                    self._begin_again(faults)
                case Loaded() | Finished():
                    self.progress = None
        if self.reasoning or self.text:
            self.progress = None

    def finish(self) -> None:
        """No more will come: `blocks` are those of the whole text."""
        self._read()
        self._stream.finish()

    def _begin_again(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        self.reasoning = ""
        self._stream = BlockStream()
        self._unread = ""

    def _read(self) -> None:
        if self._unread:
            self._stream.append(self._unread)
            self._unread = ""
