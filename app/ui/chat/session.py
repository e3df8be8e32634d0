"""The chat in view and the answers being written: asks the services, tells the views what changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from app.core.conversation import Conversation, Options
from app.core.events import Event
from app.core.message import Message, Role
from app.core.sampling import Effort
from app.ui.background import Background
from app.ui.opening import Opening
from app.ui.stream import Stream

if TYPE_CHECKING:
    from app.services.answer import Answer

SAVE_OPTIONS_MS = 400

T = TypeVar("T")


@dataclass(slots=True)
class Writing:
    """An answer being written: its first state and every event since, so that it can be shown again."""

    answer: Answer
    first: Message
    events: list[Event]
    stream: Stream[Event] | None = None


class Begun(NamedTuple):
    answer: Answer
    conversation: Conversation


class ChatSession(QObject):
    """Which chat is in view, and what is going on in it. All work is done in the background."""

    shown = Signal(object)
    """Another chat is in view: its `Conversation`, or None for a new chat."""
    grown = Signal(object, object)
    """A question was added to the chat in view: (`Conversation`, the question)."""
    path_changed = Signal(object)
    """The chat in view shows another branch: its `Conversation`."""
    answer_began = Signal(object)
    answer_grew = Signal(object)
    answer_ended = Signal(object)
    state_changed = Signal()
    """What can be done now may have changed."""
    options_changed = Signal(object)
    titled = Signal(str)
    accepted = Signal(str)
    """The composer's text was taken: it is in the chat now."""
    list_changed = Signal()
    deleted = Signal(int, str)
    failed = Signal(object, object)
    """(error, a call that tries again, or None)"""

    def __init__(self, opening: Opening, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._opening = opening
        self._background = background
        self.conversation: Conversation | None = None
        self.options = Options()
        self.is_sending = False
        self._writing: dict[int, Writing] = {}
        self._view = 0
        self._save_options = QTimer(self, singleShot=True, interval=SAVE_OPTIONS_MS)
        self._save_options.timeout.connect(self._store_options)

    # What is in view

    @property
    def conversation_id(self) -> int | None:
        return self.conversation.id if self.conversation else None

    @property
    def is_answering(self) -> bool:
        """Whether an answer is being written in the chat in view."""
        return self.conversation_id in self._writing

    @property
    def path(self) -> tuple[Message, ...]:
        return self.conversation.active_path if self.conversation else ()

    def last_question(self) -> Message | None:
        return next((m for m in reversed(self.path) if m.role is Role.USER), None)

    def new(self) -> None:
        """Show an empty chat; it is kept once it has a first question."""
        self._leave()
        self.conversation = None
        self.options = Options()
        self._show()

    def open(self, conversation_id: int) -> None:
        if conversation_id == self.conversation_id:
            return
        self._leave()
        view = self._view
        self._run(
            lambda: self._opening.chat.open(conversation_id),
            lambda conversation: self._opened(conversation) if view == self._view else None,
            lambda: self.open(conversation_id),
        )

    # Writing

    def send(self, text: str) -> None:
        """Ask `text` in the chat in view."""
        conversation_id, options = self.conversation_id, self.options
        self._ask(lambda: self._opening.chat.send(conversation_id, text, options), text, is_new_question=True)

    def edit(self, message_id: int, text: str) -> None:
        """Ask an earlier question anew; the earlier one stays as another version."""
        conversation_id = self._open_id()
        self._ask(lambda: self._opening.chat.edit(conversation_id, message_id, text), text)

    def regenerate(self, message_id: int) -> None:
        conversation_id = self._open_id()
        self._ask(lambda: self._opening.chat.regenerate(conversation_id, message_id), "")

    def regenerate_last(self) -> None:
        if self.path:
            self.regenerate(self.path[-1].id)

    def stop(self) -> None:
        writing = self._writing.get(self.conversation_id or 0)
        if writing and writing.stream:
            writing.stream.cancel()

    def stop_all(self) -> None:
        """The window closes: every answer ends and is kept as far as it came; settings are stored."""
        self._leave()
        for writing in self._writing.values():
            writing.answer.cancel()

    # Changing the chat

    def switch(self, message_id: int) -> None:
        """Show another version of a message and what follows it."""
        conversation_id = self._open_id()
        self._change(lambda: self._opening.chat.switch(conversation_id, message_id), self.path_changed.emit)

    def step_branch(self, step: int) -> None:
        """Show the version before (-1) or after (+1), at the last place that has several."""
        if self.conversation is None or self.is_answering:
            return
        for message in reversed(self.path):
            versions = self.conversation.siblings(message.id)
            if len(versions) > 1:
                at = versions.index(message.id) + step
                if 0 <= at < len(versions):
                    self.switch(versions[at])
                return

    def rename(self, conversation_id: int, title: str) -> None:
        def renamed(conversation: Conversation) -> None:
            self.list_changed.emit()
            self.titled.emit(conversation.title)

        self._change(lambda: self._opening.chat.rename(conversation_id, title), renamed, conversation_id)

    def rename_shown(self, title: str) -> None:
        self.rename(self._open_id(), title)

    def delete(self, conversation_id: int, title: str) -> None:
        """Put a chat into the trash; it can be put back for 30 days."""
        if writing := self._writing.get(conversation_id):
            writing.answer.cancel()

        def gone(_: object) -> None:
            if conversation_id == self.conversation_id:
                self.new()
            self.list_changed.emit()
            self.deleted.emit(conversation_id, title)

        again = lambda: self.delete(conversation_id, title)  # noqa: E731
        self._run(lambda: self._opening.chat.delete(conversation_id), gone, again)

    def restore(self, conversation_id: int) -> None:
        def back(_: object) -> None:
            self.list_changed.emit()
            self.open(conversation_id)

        again = lambda: self.restore(conversation_id)  # noqa: E731
        self._run(lambda: self._opening.chat.restore(conversation_id), back, again)

    def set_options(self, options: Options) -> None:
        """Act on the next answer; stored a moment later."""
        if options == self.options:
            return
        self.options = options
        self.options_changed.emit(options)
        if self.conversation is not None:
            self._save_options.start()

    def set_effort(self, effort: str) -> None:
        sampling = replace(self.options.sampling, effort=Effort(effort))
        self.set_options(replace(self.options, sampling=sampling))

    # Inside

    def _ask(self, ask: Callable[[], Answer], text: str, is_new_question: bool = False) -> None:
        if self.is_sending or self.is_answering:
            return
        self._flush_options()
        self.is_sending = True
        self.state_changed.emit()
        view = self._view

        def work() -> Begun:
            answer = ask()
            assert answer.conversation_id is not None
            return Begun(answer, self._opening.chat.open(answer.conversation_id))

        def done(begun: Begun) -> None:
            self.is_sending = False
            self._began(begun, view, text, is_new_question)

        def failed(error: Exception) -> None:
            self.is_sending = False
            self.state_changed.emit()
            self.failed.emit(error, None)

        self._background.run(self, work, done, failed)

    def _began(self, begun: Begun, view: int, text: str, is_new_question: bool) -> None:
        answer, conversation = begun
        writing = Writing(answer, answer.message, [])
        self._writing[conversation.id] = writing
        writing.stream = Stream(
            self._background,
            self,
            answer,
            lambda events: self._grew(conversation.id, events),
            lambda error: self._ended(conversation.id, error),
        )
        self.list_changed.emit()
        if view == self._view:
            self._keep(conversation)
            if text:
                self.accepted.emit(text)
            if is_new_question:
                self.grown.emit(self.conversation, self.last_question())
            else:
                self.path_changed.emit(self.conversation)
            self.answer_began.emit(writing.first)
        self.state_changed.emit()

    def _grew(self, conversation_id: int, events: Sequence[Event]) -> None:
        self._writing[conversation_id].events.extend(events)
        if conversation_id == self.conversation_id:
            self.answer_grew.emit(events)

    def _ended(self, conversation_id: int, error: Exception | None) -> None:
        message = self._writing.pop(conversation_id).answer.message
        if self.conversation is not None and conversation_id == self.conversation_id:
            self.conversation = self.conversation.update(message)
            self.answer_ended.emit(message)
        self.list_changed.emit()
        self.state_changed.emit()
        if error is not None:
            is_here = conversation_id == self.conversation_id
            self.failed.emit(error, (lambda: self.regenerate(message.id)) if is_here else None)

    def _opened(self, conversation: Conversation) -> None:
        self._keep(conversation)
        self.options = conversation.options
        self._show()
        if writing := self._writing.get(conversation.id):
            self.answer_began.emit(writing.first)
            self.answer_grew.emit(tuple(writing.events))

    def _keep(self, conversation: Conversation) -> None:
        writing = self._writing.get(conversation.id)
        self.conversation = conversation.update(writing.first) if writing else conversation

    def _show(self) -> None:
        self.shown.emit(self.conversation)
        self.options_changed.emit(self.options)
        self.state_changed.emit()

    def _leave(self) -> None:
        self._flush_options()
        self._view += 1

    def _open_id(self) -> int:
        assert self.conversation is not None
        return self.conversation.id

    def _flush_options(self) -> None:
        if self._save_options.isActive():
            self._save_options.stop()
            self._store_options()

    def _store_options(self) -> None:
        if self.conversation is not None:
            conversation_id, options = self.conversation.id, self.options
            self.conversation = replace(self.conversation, options=options)
            self._run(lambda: self._opening.chat.set_options(conversation_id, options), lambda _: None, None)

    def _change(
        self, change: Callable[[], object], show: Callable[[Conversation], None], of: int | None = None
    ) -> None:
        """Make a change, read the chat anew, and show it where it is still in view."""
        conversation_id = of or self._open_id()

        def work() -> Conversation:
            change()
            return self._opening.chat.open(conversation_id)

        def done(conversation: Conversation) -> None:
            if conversation.id == self.conversation_id:
                self._keep(conversation)
                show(conversation)
                self.state_changed.emit()
            else:
                self.list_changed.emit()

        self._run(work, done, lambda: self._change(change, show, of))

    def _run(
        self, work: Callable[[], T], done: Callable[[T], None], again: Callable[[], None] | None
    ) -> None:
        self._background.run(self, work, done, lambda error: self.failed.emit(error, again))
