"""What is put on the wire comes off it unchanged, and noise is refused in one way."""

import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import EngineFault, ModelTruncated
from app.core.events import Delta, Finished, FinishReason, Loaded, LoadProgress, PromptProgress
from app.core.message import Channel, Role, Timing, Usage
from app.core.model import LoadedModel, LoadOptions
from app.core.request import GenerationRequest, Turn
from app.core.sampling import Effort, Sampling
from app.core.text import clean_text
from app.engine import protocol

ODD_PATH = (
    Path(os.fsdecode(b"/models/\xff\xfe name.gguf")) if os.name == "posix" else Path("C:/models/名.gguf")
)


def test_commands_come_back() -> None:
    request = GenerationRequest(
        (Turn(Role.USER, "<|start|>\u202e 你好\n"), Turn(Role.ASSISTANT, "")),
        date(2026, 2, 28),
        "be brief",
        Sampling(temperature=0.5, effort=Effort.LOW),
        "42",
    )
    for command in (
        protocol.Load(1, ODD_PATH, LoadOptions(threads=3)),
        protocol.Generate(2, request),
        protocol.Count(3, request),
        protocol.Info(4),
        protocol.Cancel(5),
    ):
        assert protocol.decode_command(protocol.encode(command)) == command


def test_events_come_back() -> None:
    for event in (
        LoadProgress(0.5, None),
        Loaded(LoadedModel(ODD_PATH, "name", 12, 8192, 1.5)),
        PromptProgress(1, 2, 0, 3.0),
        Delta(Channel.FINAL, "text\n"),
        Finished(FinishReason.LENGTH, Usage(1, 2, 3), Timing(1.0, 2.0, 3.0, 4.0)),
    ):
        reply = protocol.decode_reply(protocol.encode(protocol.reply_of(7, event)))
        assert isinstance(reply, protocol.EventReply)
        assert (reply.id, reply.event) == (7, event)


def test_an_error_keeps_its_kind_and_values() -> None:
    failed = protocol.Failed.of(1, ModelTruncated(path="x", size_bytes=1, needed_bytes=2))
    again = protocol.decode_reply(protocol.encode(failed))
    assert isinstance(again, protocol.Failed)
    assert isinstance(again.error(), ModelTruncated)
    assert again.error().values == {"path": "x", "size_bytes": 1, "needed_bytes": 2}


@given(st.text())
def test_any_clean_text_is_one_line(text: str) -> None:
    line = protocol.encode(protocol.reply_of(1, Delta(Channel.FINAL, clean_text(text))))
    assert line.count(b"\n") == 1
    reply = protocol.decode_reply(line)
    assert isinstance(reply, protocol.Text)
    assert reply.event.text == clean_text(text)


@given(st.binary())
def test_noise_is_a_fault(noise: bytes) -> None:
    with pytest.raises(EngineFault):
        protocol.decode_reply(noise)
    with pytest.raises(EngineFault):
        protocol.decode_command(noise)
