"""The engine child: reads commands from one pipe, runs the backend, writes replies to the other."""

from __future__ import annotations

import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

from app.core.errors import AlcoveError, EngineFault
from app.core.events import Delta, Event, Finished, FinishReason
from app.core.message import Timing, Usage
from app.engine import protocol
from app.engine.backend import Backend
from app.process import lower_priority

DELTA_PAUSE_S = 0.02
"""Deltas that come faster than this are joined into one line."""

Job = protocol.Load | protocol.Generate


class Child:
    """Three threads: this one runs jobs in order, one reads commands, one answers questions meanwhile."""

    def __init__(self, backend: Backend, commands: BinaryIO, replies: BinaryIO) -> None:
        self._backend = backend
        self._commands = commands
        self._replies = replies
        self._writing = threading.Lock()
        self._jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
        self._questions: queue.SimpleQueue[protocol.Count | protocol.Info] = queue.SimpleQueue()
        self._cancelled: set[int] = set()

    def run(self) -> None:
        """Serve until the program goes away; never returns."""
        self._write(protocol.Hello(0, protocol.VERSION))
        threading.Thread(target=self._read, name="commands", daemon=True).start()
        threading.Thread(target=self._answer_questions, name="questions", daemon=True).start()
        while True:
            self._run_job(self._jobs.get())

    def _read(self) -> None:
        for line in self._commands:
            command = protocol.decode_command(line)
            match command:
                case protocol.Cancel():
                    self._cancelled.add(command.id)
                case protocol.Count() | protocol.Info():
                    self._questions.put(command)
                case _:
                    self._jobs.put(command)
        # The program has closed the pipe or died: nobody wants what is being computed.
        os._exit(0)

    def _run_job(self, job: Job) -> None:
        joined = JoinedDeltas(lambda event: self._write(protocol.reply_of(job.id, event)))
        try:
            with closing(joined):
                for event in self._events(job):
                    joined.put(event)
        except AlcoveError as error:
            self._write(protocol.Failed.of(job.id, error))
        except Exception as error:
            self._write(protocol.Failed.of(job.id, EngineFault(reason=repr(error))))
        self._cancelled.discard(job.id)

    def _events(self, job: Job) -> Iterator[Event]:
        def cancelled() -> bool:
            return job.id in self._cancelled

        if isinstance(job, protocol.Generate) and not cancelled():
            yield from self._backend.generate(job.request, cancelled)
            return
        if isinstance(job, protocol.Load):
            yield from self._backend.load(job.path, job.options, cancelled)
        if cancelled():
            yield Finished(FinishReason.CANCELLED, Usage(), Timing())

    def _answer_questions(self) -> None:
        while True:
            question = self._questions.get()
            try:
                self._write(self._answer(question))
            except AlcoveError as error:
                self._write(protocol.Failed.of(question.id, error))

    def _answer(self, question: protocol.Count | protocol.Info) -> protocol.Counted | protocol.Informed:
        if isinstance(question, protocol.Info):
            return protocol.Informed(question.id, self._backend.info())
        return protocol.Counted(question.id, self._backend.count(question.request))

    def _write(self, reply: protocol.Reply | protocol.EventReply) -> None:
        with self._writing:
            self._replies.write(protocol.encode(reply))
            self._replies.flush()


class JoinedDeltas:
    """Passes events on; deltas of one channel that follow each other within `DELTA_PAUSE_S` go as one."""

    def __init__(self, tell: Callable[[Event], None]) -> None:
        self._tell = tell
        self._told_at = 0.0
        self._waiting: Delta | None = None

    def put(self, event: Event) -> None:
        if self._waiting is not None and isinstance(event, Delta) and event.channel is self._waiting.channel:
            event = Delta(event.channel, self._waiting.text + event.text)
            self._waiting = None
        self.close()
        if isinstance(event, Delta) and time.monotonic() - self._told_at < DELTA_PAUSE_S:
            self._waiting = event
        else:
            self._tell(event)
            self._told_at = time.monotonic()

    def close(self) -> None:
        """Pass on what waits."""
        if self._waiting is not None:
            waiting, self._waiting = self._waiting, None
            self._tell(waiting)


def _make_backend(kind: str, arguments: list[str]) -> Backend:
    if kind == "scripted":
        from app.engine.backends.scripted import ScriptedBackend

        return ScriptedBackend.from_file(arguments[0])
    from app.engine.backends.embedded.backend import EmbeddedBackend

    return EmbeddedBackend(Path(arguments[0]))


def main(kind: str, arguments: list[str]) -> int:
    """Become the engine child; `kind` is the backend, `arguments` what it needs:
    a script's path for `scripted`, a cache folder for `embedded`."""
    lower_priority()
    # The wire gets its own descriptor; whatever a library prints goes to the log instead.
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    Child(_make_backend(kind, arguments), sys.stdin.buffer, replies).run()
    return 0
