"""Parse one assistant turn from its token ids as they come: text by channel, never a tag, never an error.

The guard grammar lets only well-formed turns through; this parser is for everything else as well (a replayed
turn, a guard switched off). What it makes of a malformed turn:

- text before any channel is the final answer; a missing `<|message|>` is supplied once the text can no longer
  be a header;
- a channel it does not know is commentary: shown, but never taken for the answer;
- a message by another author than the assistant ends the turn: the model talks to itself;
- control tokens that tell nothing (`<|constrain|>` too), reserved ones and headers cut off are dropped;
- bytes that are no UTF-8 become U+FFFD.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from enum import Enum, auto

from app.core.events import Delta
from app.core.message import Channel
from app.harmony.tokens import CALL, CHANNEL, END, END_OF_TEXT, MESSAGE, RETURN, START, TEXT_TOKENS

AUTHOR = "assistant"


class _State(Enum):
    AUTHOR = auto()  # after <|start|>: the author's name is due
    CHANNEL = auto()  # after <|channel|>: its name is due, then perhaps a recipient and a content type
    CONTENT = auto()
    BETWEEN = auto()  # after <|end|>: a <|start|> is due
    ENDED = auto()


_HEADER_LIMIT = 80
_END_OF_TURN = (RETURN, CALL, END_OF_TEXT)
_AUTHOR_HEADER = re.compile(rf"{AUTHOR} ?(t(o(=\S*)?)?)?")
_CHANNEL_HEADER = re.compile(r" *\w*( +to=\S*)? *\w* *")
_AUTHOR_NAME = re.compile(f"^{AUTHOR}")
_CHANNEL_NAME = re.compile(f"^ *({'|'.join(Channel)})")


class Parser:
    """Fed with what follows `<|start|>assistant`; one parser per turn.

    Args:
        tokens: the bytes of each text token by id, as `Vocabulary.tokens` has them.
    """

    def __init__(self, tokens: Sequence[bytes]) -> None:
        self._tokens = tokens
        self._state = _State.AUTHOR
        self._header = AUTHOR
        self._channel = Channel.FINAL
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    @property
    def ended(self) -> bool:
        """The turn is over; more tokens give nothing."""
        return self._state is _State.ENDED

    @property
    def channel(self) -> Channel | None:
        """The channel being written to, None between messages and in headers."""
        return self._channel if self._state is _State.CONTENT else None

    def feed(self, token: int) -> tuple[Delta, ...]:
        """The text that one more token completes; none in a header or inside a character."""
        if not 0 <= token < TEXT_TOKENS:
            return self._obey(token)
        text = self._decoder.decode(self._tokens[token])
        if self._state is _State.CONTENT:
            return (Delta(self._channel, text),) if text else ()
        return self._read_header(text)

    def finish(self) -> tuple[Delta, ...]:
        """The turn is cut off here: what was held back."""
        return self._leave(_State.ENDED)

    def _obey(self, token: int) -> tuple[Delta, ...]:
        """Do what a special token means where it stands; most mean nothing there."""
        if self.ended:
            return ()
        if token in _END_OF_TURN:
            return self._leave(_State.ENDED)
        if token == END:
            return self._leave(_State.ENDED if self.channel is Channel.FINAL else _State.BETWEEN)
        if token == START:
            return self._leave(_State.AUTHOR)
        if token == CHANNEL:
            return self._leave(_State.CHANNEL)
        if token == MESSAGE and self._state is not _State.CONTENT:
            self._enter_content()
        return ()

    def _read_header(self, text: str) -> tuple[Delta, ...]:
        """Collect a header; once it can be none, what was collected is content."""
        if self.ended:
            return ()
        self._header += text
        if self._may_be_header():
            return ()
        if self._state is _State.AUTHOR and not self._header.startswith(AUTHOR):
            return self._leave(_State.ENDED)
        name = _CHANNEL_NAME if self._state is _State.CHANNEL else _AUTHOR_NAME
        content = name.sub("", self._header)
        self._enter_content()
        return (Delta(self._channel, content),) if content else ()

    def _may_be_header(self) -> bool:
        if len(self._header) > _HEADER_LIMIT:
            return False
        if self._state is _State.CHANNEL:
            return bool(_CHANNEL_HEADER.fullmatch(self._header))
        return AUTHOR.startswith(self._header) or bool(_AUTHOR_HEADER.fullmatch(self._header))

    def _enter_content(self) -> None:
        named = _CHANNEL_NAME.match(self._header) if self._state is _State.CHANNEL else None
        if named:
            self._channel = Channel(named[1])
        elif (self._state is _State.CHANNEL and self._header.strip()) or " to=" in self._header:
            self._channel = Channel.COMMENTARY
        else:
            self._channel = Channel.FINAL
        self._state, self._header = _State.CONTENT, ""

    def _leave(self, state: _State) -> tuple[Delta, ...]:
        """Go to another state; an unfinished character ends here, an unfinished header is dropped."""
        rest = self._decoder.decode(b"", final=True)
        was_content, self._state, self._header = self._state is _State.CONTENT, state, ""
        return (Delta(self._channel, rest),) if rest and was_content else ()
