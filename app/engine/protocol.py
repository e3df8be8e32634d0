"""The wire between program and engine child: one JSON line a message, versioned."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Any

import msgspec

from app.core.errors import AlcoveError, EngineFault, from_kind
from app.core.events import Delta, Event, Finished, Loaded, LoadProgress, PromptProgress, SteppedDown
from app.core.model import EngineInfo, LoadOptions, PromptCount
from app.core.request import GenerationRequest

VERSION = 3

MAXIMUM_LINE_BYTES = 64 * 2**20


class _Wire(msgspec.Struct, frozen=True, tag_field="is"):
    """`id` is the job the message belongs to."""

    id: int


class Load(_Wire, frozen=True, tag="load"):
    path: Path
    options: LoadOptions


class Generate(_Wire, frozen=True, tag="generate"):
    request: GenerationRequest


class Count(_Wire, frozen=True, tag="count"):
    request: GenerationRequest


class Info(_Wire, frozen=True, tag="info"):
    pass


class Cancel(_Wire, frozen=True, tag="cancel"):
    pass


class EventReply(_Wire, frozen=True):
    """A reply that carries one event of the job."""

    event: Any


class LoadProgressed(EventReply, frozen=True, tag="load_progress"):
    event: LoadProgress


class LoadSteppedDown(EventReply, frozen=True, tag="stepped_down"):
    event: SteppedDown


class LoadEnded(EventReply, frozen=True, tag="loaded"):
    event: Loaded


class PromptProgressed(EventReply, frozen=True, tag="prompt_progress"):
    event: PromptProgress


class Text(EventReply, frozen=True, tag="text"):
    event: Delta


class GenerationEnded(EventReply, frozen=True, tag="finished"):
    event: Finished


class Failed(_Wire, frozen=True, tag="failed"):
    kind: str
    values: dict[str, str | int | float | None]

    @classmethod
    def of(cls, job: int, error: AlcoveError) -> Failed:
        return cls(job, error.kind, dict(error.values))

    def error(self) -> AlcoveError:
        return from_kind(self.kind, self.values)


class Counted(_Wire, frozen=True, tag="counted"):
    count: PromptCount


class Informed(_Wire, frozen=True, tag="informed"):
    info: EngineInfo


class Hello(_Wire, frozen=True, tag="hello"):
    """The child's first line; another `version` is another program."""

    version: int


Command = Load | Generate | Count | Info | Cancel
Reply = (
    LoadProgressed
    | LoadSteppedDown
    | LoadEnded
    | PromptProgressed
    | Text
    | GenerationEnded
    | Failed
    | Counted
    | Informed
    | Hello
)

_REPLY_OF: dict[type[Event], type[EventReply]] = {
    LoadProgress: LoadProgressed,
    SteppedDown: LoadSteppedDown,
    Loaded: LoadEnded,
    PromptProgress: PromptProgressed,
    Delta: Text,
    Finished: GenerationEnded,
}


def reply_of(job: int, event: Event) -> EventReply:
    """Wrap an event of the job `job` for the wire."""
    return _REPLY_OF[type(event)](job, event)


def _encode_path(value: Any) -> str:
    # A path is bytes on Linux and may be no valid text; base64 carries it unharmed.
    if isinstance(value, Path):
        return base64.b64encode(os.fsencode(value)).decode("ascii")
    raise TypeError(f"not for the wire: {type(value)}")


def _decode_path(kind: type, value: Any) -> Any:
    if kind is Path:
        return Path(os.fsdecode(base64.b64decode(value)))
    raise TypeError(f"not for the wire: {kind}")


_encoder = msgspec.json.Encoder(enc_hook=_encode_path)
_commands: msgspec.json.Decoder[Command] = msgspec.json.Decoder(Command, dec_hook=_decode_path)
_replies: msgspec.json.Decoder[Reply] = msgspec.json.Decoder(Reply, dec_hook=_decode_path)


def encode(message: _Wire) -> bytes:
    """One line, newline included."""
    return _encoder.encode(message) + b"\n"


def decode_command(line: bytes) -> Command:
    """Raises `EngineFault` if the line is no command."""
    try:
        return _commands.decode(line)
    except msgspec.MsgspecError as error:
        raise EngineFault(reason=str(error)) from error


def decode_reply(line: bytes) -> Reply:
    """Raises `EngineFault` if the line is no reply."""
    try:
        return _replies.decode(line)
    except msgspec.MsgspecError as error:
        raise EngineFault(reason=str(error)) from error
