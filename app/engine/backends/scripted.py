"""A backend that plays back a script: for tests of the window, demonstrations and pictures.

The script is a JSON object; every field may be left out:

    {"load_s": 0.0, "context_tokens": 8192, "name": "scripted", "size_bytes": 0,
     "answers": [{"question": "part of the last question", "reasoning": "...", "final": "...",
                  "tokens_per_s": 100, "prefill_s": 0.0, "prompt_tokens": 20, "cached_tokens": 0,
                  "finish_reason": "stop", "ends_with": "finish" | "crash" | "<kind of error>"}]}

The first answer whose `question` occurs in the last turn is played; a word counts as a token.
"""

from __future__ import annotations

import json
import os
import re
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.core.errors import EngineNotReady, PromptTooLong, from_kind
from app.core.events import Delta, Finished, FinishReason, Loaded, LoadProgress, PromptProgress
from app.core.message import Channel, Timing, Usage
from app.core.model import EngineInfo, LoadedModel, LoadOptions, PromptCount
from app.core.request import GenerationRequest
from app.engine.backend import Cancelled

_STEPS = 20
_WORDS = re.compile(r"\s*\S+|\s+$")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the script."""

    question: str = ""
    reasoning: str = ""
    final: str = ""
    tokens_per_s: float = 100.0
    prefill_s: float = 0.0
    prompt_tokens: int = 20
    cached_tokens: int = 0
    finish_reason: FinishReason = FinishReason.STOP
    ends_with: str = "finish"


@dataclass(frozen=True, slots=True)
class Script:
    """What is played back."""

    answers: tuple[Answer, ...]
    load_s: float = 0.0
    context_tokens: int = 8192
    name: str = "scripted"
    size_bytes: int = 0

    @classmethod
    def from_values(cls, values: dict[str, Any]) -> Script:
        answers = tuple(Answer(**answer) for answer in values.pop("answers", ()))
        return cls(answers or (Answer(final="Hello."),), **values)


class ScriptedBackend:
    """Plays a script with its pauses; counts words as tokens."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._loaded: LoadedModel | None = None

    @classmethod
    def from_file(cls, path: str) -> ScriptedBackend:
        return cls(Script.from_values(json.loads(Path(path).read_text("utf-8"))))

    def info(self) -> EngineInfo:
        return EngineInfo("scripted", (), ())

    def load(self, path: Path, options: LoadOptions, cancelled: Cancelled) -> Iterator[LoadProgress | Loaded]:
        for step in range(_STEPS):
            left_s = self._script.load_s * (1 - step / _STEPS)
            yield LoadProgress(step / _STEPS, left_s)
            if _sleep(self._script.load_s / _STEPS, cancelled):
                return
        size_bytes = self._script.size_bytes or (path.stat().st_size if path.exists() else 0)
        context_tokens = min(self._script.context_tokens, options.context_tokens)
        load_s = self._script.load_s
        self._loaded = LoadedModel(
            path, self._script.name, size_bytes, context_tokens, load_s, options=options
        )
        yield Loaded(self._loaded)

    def count(self, request: GenerationRequest) -> PromptCount:
        if self._loaded is None:
            raise EngineNotReady
        tokens = sum(len(_words(turn.text)) for turn in request.turns) + len(_words(request.instructions))
        return PromptCount(tokens, 0, self._loaded.context_tokens)

    def generate(
        self, request: GenerationRequest, cancelled: Cancelled
    ) -> Iterator[PromptProgress | Delta | Finished]:
        count = self.count(request)
        if count.prompt_tokens > count.context_tokens:
            raise PromptTooLong(prompt_tokens=count.prompt_tokens, context_tokens=count.context_tokens)
        answer = self._answer_to(request.turns[-1].text)
        started_at = time.monotonic()
        yield from self._prefill(answer, cancelled)
        spoken = 0
        for channel, text in ((Channel.ANALYSIS, answer.reasoning), (Channel.FINAL, answer.final)):
            for word in _words(text):
                if spoken >= request.sampling.max_tokens:
                    yield self._end(answer, FinishReason.LENGTH, spoken, started_at)
                    return
                if _sleep(1 / answer.tokens_per_s, cancelled):
                    yield self._end(answer, FinishReason.CANCELLED, spoken, started_at)
                    return
                yield Delta(channel, word)
                spoken += 1
        _perform(answer.ends_with)
        yield self._end(answer, answer.finish_reason, spoken, started_at)

    def _answer_to(self, question: str) -> Answer:
        fitting = (answer for answer in self._script.answers if answer.question in question)
        return next(fitting, self._script.answers[-1])

    def _prefill(self, answer: Answer, cancelled: Cancelled) -> Iterator[PromptProgress]:
        for step in range(_STEPS + 1):
            new = answer.prompt_tokens - answer.cached_tokens
            done = answer.cached_tokens + new * step // _STEPS
            left_s = answer.prefill_s * (1 - step / _STEPS)
            yield PromptProgress(done, answer.prompt_tokens, answer.cached_tokens, left_s)
            if _sleep(answer.prefill_s / _STEPS, cancelled):
                return

    def _end(self, answer: Answer, reason: FinishReason, spoken: int, started_at: float) -> Finished:
        usage = Usage(answer.prompt_tokens, answer.cached_tokens, spoken)
        thinking_s = min(spoken, len(_words(answer.reasoning))) / answer.tokens_per_s
        elapsed_s = time.monotonic() - started_at
        rate = spoken / max(elapsed_s - answer.prefill_s, 1e-3)
        return Finished(reason, usage, Timing(self._script.load_s, answer.prefill_s, thinking_s, rate))


def _words(text: str) -> list[str]:
    return _WORDS.findall(text)


def _sleep(seconds: float, cancelled: Cancelled) -> bool:
    """Sleep unless told to stop; True when told."""
    until = time.monotonic() + seconds
    while not cancelled():
        left_s = until - time.monotonic()
        if left_s <= 0:
            return False
        time.sleep(min(left_s, 0.01))
    return True


def _perform(ends_with: str) -> None:
    """End as the script says: go on, die as a crashing library would, or raise an error."""
    if ends_with == "crash":
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
    elif ends_with != "finish":
        raise from_kind(ends_with, {})
