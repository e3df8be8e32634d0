"""An engine without a process, which does at once what a test tells it."""

from __future__ import annotations

from pathlib import Path

from app.core.errors import AlcoveError, EngineNotReady
from app.core.events import Delta, Event, Finished, FinishReason, Loaded, LoadProgress
from app.core.message import Channel, Timing, Usage
from app.core.model import Device, EngineInfo, LoadedModel, LoadOptions, PromptCount
from app.core.request import GenerationRequest
from app.engine.generation import Generation

NAME = "Tiny"


def finished(reason: FinishReason = FinishReason.STOP) -> Finished:
    return Finished(reason, Usage(20, 5, 7), Timing(0.0, 0.5, 0.25, 40.0))


def final(text: str) -> Delta:
    return Delta(Channel.FINAL, text)


class FakeEngine:
    """Plays `answer` at once, or nothing where `is_held`: then the test feeds `jobs[-1]` itself."""

    def __init__(self) -> None:
        self.answer: list[Event | AlcoveError] = [
            Delta(Channel.ANALYSIS, "hm "),
            final("Hello"),
            final(" there"),
            finished(),
        ]
        self.load_error: AlcoveError | None = None
        self.count_error: AlcoveError | None = None
        self.is_held = False
        self.is_loaded = False
        self.context_tokens = 100
        self.jobs: list[Generation] = []
        self.requests: list[GenerationRequest] = []
        self.counted: list[GenerationRequest] = []
        self.loads: list[tuple[Path, LoadOptions]] = []
        self.cancels = 0
        self.devices: tuple[Device, ...] = ()

    def load(self, path: Path, options: LoadOptions) -> Generation:
        self.loads.append((path, options))
        job = self._job((Loaded, Finished))
        job.put(LoadProgress(0.5))
        if self.load_error is not None:
            job.fail(self.load_error)
        elif not self.is_held:
            self.end_load()
        return job

    def end_load(self) -> None:
        path, options = self.loads[-1]
        self.is_loaded = True
        self.jobs[-1].put(Loaded(LoadedModel(path, NAME, 1, options.context_tokens, load_s=1.5)))

    def generate(self, request: GenerationRequest) -> Generation:
        self.requests.append(request)
        job = self._job((Finished,))
        for event in () if self.is_held else self.answer:
            job.fail(event) if isinstance(event, AlcoveError) else job.put(event)
        return job

    def count(self, request: GenerationRequest) -> PromptCount:
        if not self.is_loaded:
            raise EngineNotReady
        if self.count_error is not None:
            raise self.count_error
        self.counted.append(request)
        return PromptCount(sum(len(turn.text.split()) for turn in request.turns), 0, self.context_tokens)

    def close(self) -> None:
        self.is_loaded = False

    def info(self) -> EngineInfo:
        return EngineInfo("fake", (), self.devices)

    def _job(self, last: tuple[type[Event], ...]) -> Generation:
        def cancel() -> None:
            self.cancels += 1
            job.put(finished(FinishReason.CANCELLED))

        job = Generation(last, cancel, lambda: None)
        self.jobs.append(job)
        return job
