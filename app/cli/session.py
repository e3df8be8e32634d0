"""The conversation a terminal chat is in: send, show, stop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.assembly import Alcove
from app.cli.interrupt import stoppable
from app.cli.load import load_model
from app.cli.prompt import MARK, Keyboard
from app.cli.screen import Screen
from app.cli.stream import follow, progress_text
from app.cli.trouble import note_faults
from app.core.conversation import Conversation, Options
from app.core.errors import NotFound
from app.core.events import Delta, Event, Retried
from app.core.message import Channel, Role, Status
from app.core.words import mark
from app.i18n import Texts
from app.services.answer import Answer


class Session:
    """Until the first question there is no conversation, only the options it will have."""

    def __init__(self, alcove: Alcove, screen: Screen, keyboard: Keyboard) -> None:
        self.alcove = alcove
        self.screen = screen
        self.keyboard = keyboard
        self.conversation: Conversation | None = None
        self.deleted_id: int | None = None
        self.is_over = False
        self._new_options = Options()

    @property
    def tr(self) -> Texts:
        return self.alcove.tr

    @property
    def options(self) -> Options:
        return self.conversation.options if self.conversation else self._new_options

    @property
    def opened(self) -> Conversation:
        """The conversation this chat is in.

        Raises:
            NotFound: there is none before the first question.
        """
        if self.conversation is None:
            raise NotFound(what="chat")
        return self.conversation

    def load(self, path: Path | None) -> bool:
        """Load a model; False if that was stopped."""
        with stoppable() as stop:
            model = load_model(self.alcove, path, stop, self.screen)
        self.screen.progress("")
        if model is not None:
            self.screen.line(self.tr("{model} is ready.", model=model.name), is_dim=True)
        return model is not None

    def start_anew(self) -> None:
        """Leave the conversation; the next question begins another."""
        self.conversation = None
        self._new_options = Options()

    def open(self, number: int) -> None:
        self.conversation = self.alcove.chat.open(number)

    def change(self, **values: Any) -> None:
        """Change the instructions, the format, or values of the sampling; they act on the next answer.

        Raises:
            OutOfRange: a number lies outside its parameter's range.
        """
        own = {name: values.pop(name) for name in ("instructions", "format") if name in values}
        options = replace(self.options, sampling=replace(self.options.sampling, **values), **own)
        if self.conversation is None:
            self._new_options = options
        else:
            self.alcove.chat.set_options(self.conversation.id, options)
            self.open(self.conversation.id)

    def send(self, text: str) -> None:
        if self.conversation is None:
            self.show(lambda: self.alcove.chat.send(None, text, self._new_options))
        else:
            number = self.conversation.id
            self.show(lambda: self.alcove.chat.send(number, text))

    def show(self, begin: Callable[[], Answer]) -> None:
        """Write an answer as it comes, the reasoning dim on a terminal; Ctrl+C stops it."""
        with stoppable() as stop:
            answer = begin()
            try:
                self._write(follow(answer, stop))
            finally:
                self.screen.line()
                if answer.conversation_id is not None:
                    self.open(answer.conversation_id)
        if note := _ENDS.get(answer.message.status):
            self.screen.note(self.tr(note))
        note_faults(answer.message.faults, self.tr, self.screen)

    def _write(self, events: Iterator[Event]) -> None:
        shown: Channel | None = None
        for event in events:
            if isinstance(event, Retried):
                self.screen.line()
                self.screen.note(self.tr("(It does not fit its format and is written once more.)"))
                shown = None
                continue
            if not isinstance(event, Delta):
                self.screen.progress(progress_text(event, self.tr))
                continue
            is_final = event.channel is Channel.FINAL
            if not is_final and not self.screen.is_terminal:
                continue
            if shown not in (None, event.channel):
                self.screen.write("\n\n")
            self.screen.write(event.text, is_dim=not is_final)
            shown = event.channel

    def write_transcript(self) -> None:
        """Every message on the branch in view."""
        for message in self.opened.active_path:
            is_question = message.role is Role.USER
            self.screen.line(f"{MARK}{message.text}" if is_question else message.text, is_dim=is_question)
            self.screen.line()


_ENDS = {
    Status.CUT: mark("(The answer was cut: it reached its longest length.)"),
    Status.CANCELLED: mark("(Stopped.)"),
}
