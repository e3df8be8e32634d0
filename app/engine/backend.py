"""What every backend in the engine child offers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from app.core.events import Delta, Finished, Loaded, LoadProgress, PromptProgress, SteppedDown
from app.core.model import EngineInfo, LoadOptions, PromptCount
from app.core.request import GenerationRequest

Cancelled = Callable[[], bool]
"""Cheap to call; True once the person has asked to stop."""


class Backend(Protocol):
    """`load` and `generate` run one at a time on the child's job loop; the others on any thread."""

    def info(self) -> EngineInfo: ...

    def load(
        self, path: Path, options: LoadOptions, cancelled: Cancelled
    ) -> Iterator[LoadProgress | SteppedDown | Loaded]:
        """Load a model in place of the one before. A cancelled load ends without `Loaded`. Where memory
        is too small, it is tried again with options that take less.

        Raises:
            ModelError: the file cannot be used; the model before stays if it was not yet freed.
        """
        ...

    def generate(
        self, request: GenerationRequest, cancelled: Cancelled
    ) -> Iterator[PromptProgress | Delta | Finished]:
        """Write one answer; the last event is `Finished`, also when cancelled.

        Raises:
            EngineNotReady: no model is loaded.
            PromptTooLong: the prompt leaves no room for an answer.
        """
        ...

    def count(self, request: GenerationRequest) -> PromptCount:
        """Count the prompt's tokens; may run while `generate` does and never touches the weights.

        Raises:
            EngineNotReady: no model is loaded.
        """
        ...
