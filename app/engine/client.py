"""The program's side of the wire: starts the engine child, routes its replies, restarts it after a crash."""

from __future__ import annotations

import itertools
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

from app import process
from app.core.errors import AlcoveError, EngineCrashed, EngineFault, EngineGaveUp, EngineNotReady
from app.core.events import Event, Finished, Loaded
from app.core.model import EngineInfo, LoadOptions, PromptCount
from app.core.request import GenerationRequest
from app.engine import protocol
from app.engine.generation import Generation

RESTARTS = 3
RESTARTS_WINDOW_S = 60.0
END_PATIENCE_S = 2.0
QUESTION_PATIENCE_S = 30.0
"""Counting the longest prompt that is accepted takes a few seconds, more on a busy machine."""

T = TypeVar("T")

Waiting = Generation | Future[Any]

_LAST_REPLIES = (
    protocol.LoadEnded,
    protocol.GenerationEnded,
    protocol.Failed,
    protocol.Counted,
    protocol.Informed,
)


class _Life:
    """One run of the child: its process, its reader thread, and who waits for a reply."""

    reader: threading.Thread

    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        self.process = child
        self.waiting: dict[int, Waiting] = {}
        self.is_over = False
        self.is_wanted = True

    def lines(self) -> Iterator[bytes]:
        """The child's replies until it closes the pipe; a longer line arrives cut, which is a fault."""
        assert self.process.stdout is not None
        with self.process.stdout as pipe:
            while line := pipe.readline(protocol.MAXIMUM_LINE_BYTES):
                yield line


class EngineClient:
    """Talks to one engine child at a time; every method may be called from any thread."""

    def __init__(self, command: Sequence[str], log: Path | None = None) -> None:
        """`command` starts the child, which happens with the first thing asked of it."""
        self._command = command
        self._log = log
        self._lock = threading.RLock()
        self._ids = itertools.count(1)
        self._life: _Life | None = None
        self._loads: dict[int, tuple[Path, LoadOptions]] = {}
        self._model: tuple[Path, LoadOptions] | None = None
        self._crashes: list[float] = []

    def load(self, path: Path, options: LoadOptions) -> Generation:
        """Load a model. It is loaded again by itself when the engine had to be restarted.

        The last event is `Loaded`, or `Finished` if the load was cancelled.
        """
        with self._lock:
            life = self._running_life()
            generation = self._generation(life, (Loaded, Finished))
            job = self._post(life, generation, lambda job: protocol.Load(job, path, options))
            self._loads[job] = (path, options)
            return generation

    def generate(self, request: GenerationRequest) -> Generation:
        """Write one answer; after a crash the progress of loading the model again comes first."""
        with self._lock:
            reload = None if self._is_running() else self._model
            life = self._running_life()
            generation = self._generation(life, (Finished,))
            if reload is not None:
                self._post(life, generation, lambda job: protocol.Load(job, *reload))
            self._post(life, generation, lambda job: protocol.Generate(job, request))
            return generation

    def count(self, request: GenerationRequest) -> PromptCount:
        """Count a prompt's tokens; answered also while an answer is being written.

        Raises:
            EngineNotReady: no model is loaded.
        """
        with self._lock:
            if self._life is None or self._life.is_over:
                raise EngineNotReady
            life = self._life
            future: Future[PromptCount] = Future()
            self._post(life, future, lambda job: protocol.Count(job, request))
        return self._answer(life, future)

    def info(self) -> EngineInfo:
        """What the engine was built with and which devices it sees."""
        with self._lock:
            life = self._running_life()
            future: Future[EngineInfo] = Future()
            self._post(life, future, protocol.Info)
        return self._answer(life, future)

    def close(self) -> None:
        """End the child; answers in the making fail with `EngineCrashed`."""
        with self._lock:
            life, self._life = self._life, None
        if life is not None:
            life.is_wanted = False
            process.end(life.process, END_PATIENCE_S)
            life.reader.join()

    def _is_running(self) -> bool:
        return self._life is not None and not self._life.is_over

    def _running_life(self) -> _Life:
        if self._life is None or self._life.is_over:
            self._refuse_restart_loop()
            self._life = self._start()
        return self._life

    def _refuse_restart_loop(self) -> None:
        now = time.monotonic()
        self._crashes = [at for at in self._crashes if now - at < RESTARTS_WINDOW_S]
        if len(self._crashes) > RESTARTS:
            raise EngineGaveUp(restarts=RESTARTS)

    def _start(self) -> _Life:
        child = process.spawn(self._command, self._log)
        life = _Life(child)
        life.reader = threading.Thread(target=self._read, args=(life,), name="engine-reader", daemon=True)
        life.reader.start()
        return life

    def _generation(self, life: _Life, last: tuple[type[Event], ...]) -> Generation:
        generation = Generation(
            last,
            cancel=lambda: self._cancel(life, generation),
            # A stopped process takes no other signal; its reader then sees the end of the pipe.
            abandon=life.process.kill,
        )
        return generation

    def _post(self, life: _Life, waiter: Waiting, command: Callable[[int], protocol.Command]) -> int:
        job = next(self._ids)
        life.waiting[job] = waiter
        self._send(life, command(job))
        return job

    def _answer(self, life: _Life, future: Future[T]) -> T:
        """Wait for the answer to a question; an engine that gives none is hung, and ended."""
        try:
            return future.result(QUESTION_PATIENCE_S)
        except TimeoutError:
            life.process.kill()
            return future.result()

    def _cancel(self, life: _Life, generation: Generation) -> None:
        with self._lock:
            for job in [job for job, waiter in life.waiting.items() if waiter is generation]:
                self._send(life, protocol.Cancel(job))

    def _send(self, life: _Life, command: protocol.Command) -> None:
        pipe = life.process.stdin
        try:
            if pipe is not None and not life.is_over:
                pipe.write(protocol.encode(command))
                pipe.flush()
        except OSError:
            # The child is gone: its reader finds the end of the pipe and tells everyone who waits.
            return

    def _read(self, life: _Life) -> None:
        try:
            for line in life.lines():
                self._route(life, protocol.decode_reply(line))
            fault: AlcoveError | None = None
        except AlcoveError as error:
            fault = error
            life.process.kill()
        except Exception as error:
            fault = EngineFault(reason=repr(error))
            life.process.kill()
        self._bury(life, fault)

    def _route(self, life: _Life, reply: protocol.Reply) -> None:
        if isinstance(reply, protocol.Hello):
            if reply.version != protocol.VERSION:
                raise EngineFault(reason=f"wire version {reply.version}, not {protocol.VERSION}")
            return
        with self._lock:
            waiter = life.waiting.get(reply.id)
            if isinstance(reply, _LAST_REPLIES):
                life.waiting.pop(reply.id, None)
                load = self._loads.pop(reply.id, None)
                if isinstance(reply, protocol.LoadEnded) and load is not None:
                    self._model = load
        match waiter, reply:
            case None, _:
                return
            case Generation(), protocol.EventReply():
                waiter.put(reply.event)
            case Generation(), protocol.Failed():
                waiter.fail(reply.error())
            case Future(), protocol.Failed():
                waiter.set_exception(reply.error())
            case Future(), protocol.Counted():
                waiter.set_result(reply.count)
            case Future(), protocol.Informed():
                waiter.set_result(reply.info)
            case _:
                raise EngineFault(reason=f"an answer to another question: {type(reply).__name__}")

    def _bury(self, life: _Life, fault: AlcoveError | None) -> None:
        """The child has ended: tell everyone who waits, and count the crash unless it was meant."""
        exit_code = process.end(life.process, END_PATIENCE_S)
        with self._lock:
            life.is_over = True
            if life.is_wanted:
                self._crashes.append(time.monotonic())
            waiting, life.waiting = life.waiting, {}
        error = fault or EngineCrashed(exit_code=exit_code)
        for waiter in waiting.values():
            if isinstance(waiter, Generation):
                waiter.fail(error)
            else:
                waiter.set_exception(error)
