"""The embedded backend: one model, one context, one answer at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import (
    EngineNotReady,
    GpuMiscalculates,
    ModelLoadFailed,
    ModelMiscalculates,
    PromptTooLong,
)
from app.core.events import Delta, Finished, Loaded, LoadProgress, PromptProgress, SteppedDown
from app.core.model import EngineInfo, LoadedModel, LoadOptions, ModelFacts, PromptCount
from app.core.request import GenerationRequest
from app.core.sampling import Sampling
from app.engine.backends.embedded.cache import Cache
from app.engine.backends.embedded.context import Context
from app.engine.backends.embedded.guard import Guard
from app.engine.backends.embedded.library import Library
from app.engine.backends.embedded.model import Loading, Model
from app.engine.backends.embedded.sampler import make_sampler
from app.engine.backends.embedded.self_test import COMPARED_BYTES, TEXTS, Tokens, known_tokens, try_out
from app.engine.backends.embedded.writer import Rate, Task, Writer
from app.gguf.facts import facts_of
from app.gguf.reader import GgufFile, read
from app.hardware.step_down import is_for_memory, step_down
from app.harmony import vocabulary
from app.harmony.parser import Parser
from app.harmony.render import Prompt, Renderer
from app.harmony.tokens import CHANNEL
from app.harmony.vocabulary import Vocabulary
from app.structured.grammar import grammar_of
from app.userdata import resource

SMALLEST_ANSWER = 16
"""Tokens of context that must be left for an answer."""

ANSWER_TOKENS = 256
"""What reasoning must leave for the answer after it, or half of the length where that is less."""

HEADER_TOKENS = 12
"""What the headers of a turn take at most, its text aside."""


@dataclass(frozen=True, slots=True)
class _Language:
    """All that depends on the vocabulary, which is the same in every model that can be loaded."""

    vocabulary: Vocabulary
    renderer: Renderer
    guard: Guard


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A model in memory with its context."""

    model: Model
    context: Context
    cache: Cache
    load_s: float


class EmbeddedBackend:
    """`cache` is a folder for what is derived from a model and can be made again."""

    def __init__(self, cache: Path) -> None:
        self._folder = cache
        self._library = Library()
        self._language: _Language | None = None
        self._loaded: _Loaded | None = None
        self._rendering = threading.Lock()
        self._rate = Rate()

    def info(self) -> EngineInfo:
        return self._library.info()

    def load(
        self, path: Path, options: LoadOptions, cancelled: Callable[[], bool]
    ) -> Iterator[LoadProgress | SteppedDown | Loaded]:
        started_at = time.monotonic()
        file = read(path)
        facts = facts_of(file)
        table = self._read_vocabulary(file)
        known = known_tokens(resource("first_tokens.json"), file) if options.self_test else None
        del file
        yield LoadProgress(0.0)
        self.close()
        while True:
            try:
                model = yield from self._weights(facts, table, options, cancelled)
                if model is None:
                    return
                context = self._adopt(model, time.monotonic() - started_at)
                break
            except ModelLoadFailed as failed:
                reason = str(failed.values["reason"])
                smaller = step_down(options, facts.layers) if is_for_memory(reason) else None
                if smaller is None:
                    raise
                options = smaller
            yield SteppedDown(options, reason)
        if options.self_test:
            self._try_out(facts, options, known)
        load_s = time.monotonic() - started_at
        size = context.size
        yield Loaded(LoadedModel(path, facts.name, facts.size_bytes, size, load_s, options=options))

    def _try_out(self, facts: ModelFacts, options: LoadOptions, known: Tokens | None) -> None:
        """Refuse a model that calculates nonsense; `known` is what it should say, where that is known.

        Raises:
            GpuMiscalculates, ModelMiscalculates: it was freed again.
        """
        language, loaded = self._ready()
        prompts = [language.renderer.encode(text) for text in TEXTS]
        try:
            if known is None and options.gpu_layers and facts.size_bytes <= COMPARED_BYTES:
                known = self._tokens_of_cpu(facts, prompts)
            finding = try_out(loaded.context, prompts, known).finding
        except BaseException:
            self.close()
            raise
        if finding:
            self.close()
            kind = GpuMiscalculates if options.gpu_layers else ModelMiscalculates
            raise kind(path=str(facts.path), reason=finding)

    def _tokens_of_cpu(self, facts: ModelFacts, prompts: list[list[int]]) -> Tokens | None:
        """What the same file says on the CPU alone; None where it cannot be loaded there as well."""
        loading = Loading(self._library, facts, LoadOptions(512, repack=False), lambda: False)
        try:
            list(loading)
            model = loading.model()
            assert model is not None
        except ModelLoadFailed:
            return None
        try:
            context = model.open()
            trial = try_out(context, prompts)
            context.close()
        except ModelLoadFailed:
            return None
        finally:
            model.close()
        return None if trial.finding else trial.tokens

    def _weights(
        self, facts: ModelFacts, table: Vocabulary, options: LoadOptions, cancelled: Callable[[], bool]
    ) -> Generator[LoadProgress, None, Model | None]:
        """The weights in memory, None if the load was cancelled."""
        loading = Loading(self._library, facts, options, cancelled)
        try:
            self._language = self._language or _learn(table)
            yield from loading
            return loading.model()
        except BaseException:
            loading.abandon()
            raise

    def generate(
        self, request: GenerationRequest, cancelled: Callable[[], bool]
    ) -> Iterator[PromptProgress | Delta | Finished]:
        language, loaded = self._ready()
        prompt = self._render(language, request)
        room = loaded.context.size - prompt.count
        if room < SMALLEST_ANSWER:
            raise PromptTooLong(prompt_tokens=prompt.count, context_tokens=loaded.context.size)
        answer = None if request.format is None else grammar_of(request.format)
        turn = language.guard.start(thinking_budget(request.sampling, room), answer)
        sampler = make_sampler(self._library, request.sampling, loaded.context.vocabulary)
        parser = Parser(language.vocabulary.tokens)
        writer = Writer(loaded.cache, turn, sampler, parser, self._rate, cancelled)
        stops = (len(prompt.system) + len(prompt.developer) + sum(map(len, prompt.turns[:-1])),)
        try:
            limit = request.sampling.max_tokens
            yield from writer.write(Task(prompt.ids, stops, limit, room, loaded.load_s))
        finally:
            sampler.close()

    def count(self, request: GenerationRequest) -> PromptCount:
        language, loaded = self._ready()
        prompt = self._render(language, request)
        cached = min(loaded.cache.reusable([*prompt.ids, CHANNEL]), prompt.count)
        prefill_s = self._rate.seconds(prompt.count - cached)
        return PromptCount(prompt.count, cached, loaded.context.size, prefill_s)

    def close(self) -> None:
        """Free the model."""
        loaded, self._loaded = self._loaded, None
        if loaded is not None:
            loaded.context.close()
            loaded.model.close()

    def _ready(self) -> tuple[_Language, _Loaded]:
        if self._language is None or self._loaded is None:
            raise EngineNotReady
        return self._language, self._loaded

    def _read_vocabulary(self, file: GgufFile) -> Vocabulary:
        if self._language is None:
            return vocabulary.load(file, self._folder)
        vocabulary.check(file)
        return self._language.vocabulary

    def _adopt(self, model: Model, load_s: float) -> Context:
        try:
            context = model.open()
        except BaseException:
            model.close()
            raise
        self._rate = Rate()
        self._loaded = _Loaded(model, context, Cache(context), load_s)
        return context

    def _render(self, language: _Language, request: GenerationRequest) -> Prompt:
        with self._rendering:  # the renderer keeps what it encoded; `count` asks from another thread
            return language.renderer.render(request)


def _learn(table: Vocabulary) -> _Language:
    renderer = Renderer(table.encoding)
    return _Language(table, renderer, Guard(table.tokens, renderer.encode))


def thinking_budget(sampling: Sampling, room: int) -> int:
    """The budget, cut where it would not leave enough of the answer's length for the answer itself."""
    length = min(sampling.max_tokens, room - HEADER_TOKENS)
    return min(sampling.thinking_budget, length - min(ANSWER_TOKENS, (length + 1) // 2))
