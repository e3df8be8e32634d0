"""Conversations: list, open, ask, edit, regenerate, switch; every question is kept before it is answered."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from app.core.answer_format import Fault
from app.core.changes import Changes
from app.core.conversation import ROOT, Conversation, Options, Summary
from app.core.errors import EngineError, NotFound, PromptTooLong
from app.core.message import Draft, Message, Role, Status
from app.core.model import PromptCount
from app.core.request import GenerationRequest, Turn
from app.engine.client import EngineClient
from app.services.answer import Answer, Source
from app.services.fitting import accept_format, once_more
from app.services.models import Models
from app.services.request import accept, accept_draft, accept_options, build_request, turns_of
from app.services.titles import given_title, has_words, title_from
from app.services.writing import Writing
from app.storage.conversations import Conversations

KEEP_DELETED_S = 30 * 24 * 3600.0
CLOSE_PATIENCE_S = 2.0


class Chat:
    """May be used from any thread. What writes raises `ProfileError` where nothing can be written."""

    def __init__(
        self,
        conversations: Conversations,
        engine: EngineClient,
        models: Models,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._conversations = conversations
        self._engine = engine
        self._models = models
        self._clock = clock
        self._writing = Writing()

    def list(self) -> tuple[Summary, ...]:
        """The conversations, newest change first."""
        return self._conversations.summaries()

    def find(self, words: str) -> tuple[Summary, ...]:
        """Those whose title has all the words, in any case and language."""
        return tuple(summary for summary in self.list() if has_words(summary.title, words))

    def trash(self) -> tuple[Summary, ...]:
        """What was deleted within the last 30 days."""
        return self._conversations.summaries(deleted=True)

    def open(self, conversation_id: int) -> Conversation:
        """Raises NotFound."""
        return self._conversations.load(conversation_id)

    def send(self, conversation_id: int | None, text: str, options: Options | None = None) -> Answer:
        """Ask a question at the end of a conversation, or in a new one; given options are kept with it.

        Raises:
            EmptyPrompt, PromptTooLarge, PromptTooLong, SchemaRefused, Busy, NotFound: nothing is kept.
        """
        text = accept(text)
        if conversation_id is None:
            return self._ask(Conversation(0, "", accept_options(options or Options())), None, text)
        with self._writing.reserved(conversation_id):
            conversation = self.open(conversation_id)
            if options is not None:
                conversation = replace(conversation, options=accept_options(options))
            return self._ask(conversation, _id_of(conversation.last), text)

    def edit(self, conversation_id: int, message_id: int, text: str) -> Answer:
        """Ask another version of a question; the one before stays beside it. Raises as `send`."""
        text = accept(text)
        with self._writing.reserved(conversation_id):
            conversation = self.open(conversation_id)
            question = _message(conversation, message_id, Role.USER)
            answer = self._ask(conversation, question.parent_id, text)
            if question.parent_id is None and conversation.title == title_from(question.text):
                self._conversations.rename(conversation_id, title_from(text))
            return answer

    def regenerate(self, conversation_id: int, message_id: int) -> Answer:
        """Write another version of an answer, or the first one to a question. Raises as `send`."""
        with self._writing.reserved(conversation_id):
            conversation = self.open(conversation_id)
            message = _message(conversation, message_id)
            question_id = message.parent_id if message.role is Role.ASSISTANT else message.id
            path = conversation.path_to(question_id)
            request = build_request(turns_of(path), conversation.options, str(conversation_id))
            self._require_answerable(request)
            return self._answer(
                self._keep_answer(conversation_id, path[-1], request), conversation_id, request
            )

    def ask(self, text: str, options: Options) -> Answer:
        """Answer one question and keep nothing.

        Raises:
            EmptyPrompt, PromptTooLarge, PromptTooLong, SchemaRefused: there is nothing to answer.
        """
        request = build_request((Turn(Role.USER, accept(text)),), accept_options(options))
        self._require_answerable(request)
        message = Message(0, None, self._clock(), Role.ASSISTANT, "", status=Status.STREAMING)
        message = replace(message, model=self._models.name, format=request.format)
        return Answer(message, self._stages(request), retry=self._retry(request))

    def count(self, conversation_id: int | None, draft: str, options: Options | None = None) -> PromptCount:
        """What sending this draft would cost.

        Raises:
            EngineNotReady: no model is loaded.
            PromptTooLarge, NotFound: it cannot be sent.
        """
        blank = Conversation(0, "", Options())
        conversation = blank if conversation_id is None else self.open(conversation_id)
        draft = accept_draft(draft)
        turns = turns_of(conversation.active_path) + ((Turn(Role.USER, draft),) if draft.strip() else ())
        options = conversation.options if options is None else accept_options(options)
        return self._engine.count(build_request(turns, options, _cache_name(conversation.id)))

    def switch(self, conversation_id: int, message_id: int) -> Changes:
        """Show the branch that goes through this message. Raises NotFound."""
        conversation = self.open(conversation_id)
        path = conversation.path_to(_message(conversation, message_id).id)
        self._conversations.choose(conversation_id, {m.parent_id or ROOT: m.id for m in path})
        return Changes(conversation_id, messages_changed=True)

    def rename(self, conversation_id: int, title: str) -> Changes:
        """Give a title; an empty one stands for the first question again. Raises NotFound."""
        path = self.open(conversation_id).active_path
        automatic = title_from(path[0].text) if path else ""
        self._conversations.rename(conversation_id, given_title(title) or automatic)
        return Changes(conversation_id, list_changed=True)

    def delete(self, conversation_id: int) -> Changes:
        """Put it into the trash for 30 days, stopping its answer. Raises NotFound."""
        self._conversations.set_deleted(conversation_id, self._clock())
        self._writing.cancel(conversation_id)
        return Changes(conversation_id, list_changed=True)

    def restore(self, conversation_id: int) -> Changes:
        """Take it out of the trash. Raises NotFound."""
        self._conversations.set_deleted(conversation_id, None)
        return Changes(conversation_id, list_changed=True)

    def set_options(self, conversation_id: int, options: Options) -> Changes:
        """Keep options for the next answer. Raises NotFound, PromptTooLarge."""
        self._conversations.set_options(conversation_id, accept_options(options))
        return Changes(conversation_id, options_changed=True)

    def recover(self) -> None:
        """At the start of a program that writes: mark what was cut off, empty the trash of what is old.

        The clock of the start before has to agree, so that one wrong clock deletes nothing.
        """
        self._conversations.interrupt_streaming()
        now = self._clock()
        before = self._conversations.swap_start(now)
        if before is not None:
            self._conversations.purge(min(now, before) - KEEP_DELETED_S)

    def close(self) -> None:
        """Stop every answer and keep it as far as it came."""
        answers = self._writing.all()
        for answer in answers:
            answer.cancel()
        for answer in answers:
            answer.finish(CLOSE_PATIENCE_S)

    def _ask(self, conversation: Conversation, parent_id: int | None, text: str) -> Answer:
        turns = (*turns_of(conversation.path_to(parent_id)), Turn(Role.USER, text))
        request = build_request(turns, conversation.options, _cache_name(conversation.id))
        self._require_answerable(request)
        with self._conversations.transaction():
            conversation_id = self._keep_options(conversation, text)
            question = self._conversations.add(
                conversation_id, parent_id, Draft(Role.USER, text), self._clock()
            )
            message = self._keep_answer(conversation_id, question, request)
        return self._answer(message, conversation_id, replace(request, conversation=str(conversation_id)))

    def _keep_options(self, conversation: Conversation, question: str) -> int:
        """Keep a new conversation, or the options as they are now; gives the conversation's id."""
        if not conversation.id:
            return self._conversations.create(title_from(question), conversation.options, self._clock())
        self._conversations.set_options(conversation.id, conversation.options)
        return conversation.id

    def _keep_answer(self, conversation_id: int, question: Message, request: GenerationRequest) -> Message:
        draft = Draft(
            Role.ASSISTANT, "", status=Status.STREAMING, model=self._models.name, format=request.format
        )
        return self._conversations.add(conversation_id, question.id, draft, self._clock())

    def _answer(self, message: Message, conversation_id: int, request: GenerationRequest) -> Answer:
        answer = Answer(
            message,
            self._stages(request),
            save=self._conversations.save,
            at_end=lambda: self._writing.remove(conversation_id),
            conversation_id=conversation_id,
            changes=Changes(conversation_id, list_changed=True, messages_changed=True),
            retry=self._retry(request),
        )
        self._writing.put(conversation_id, answer)
        return answer

    def _stages(self, request: GenerationRequest) -> Sequence[Callable[[], Source]]:
        """Load the model first where none is loaded or being loaded."""

        def load() -> Source:
            return self._models.load(self._models.current.path)

        def generate() -> Source:
            self._require_room(request)
            return self._engine.generate(request)

        return [load, generate] if self._models.must_load else [lambda: self._engine.generate(request)]

    def _retry(self, request: GenerationRequest) -> Callable[[str, Sequence[Fault]], Source]:
        """Ask again for an answer that does not fit."""
        return lambda text, faults: self._engine.generate(once_more(request, text, faults))

    def _require_answerable(self, request: GenerationRequest) -> None:
        """Raise SchemaRefused or PromptTooLong where it is certain that no answer can be written."""
        accept_format(request.format)
        self._require_room(request)

    def _require_room(self, request: GenerationRequest) -> None:
        """Raise PromptTooLong where the prompt leaves no room; where nobody can count, say nothing.

        A question must not be lost because the engine died while it was counted.
        """
        try:
            count = self._engine.count(request)
        except EngineError:
            return
        if count.prompt_tokens >= count.context_tokens:
            raise PromptTooLong(prompt_tokens=count.prompt_tokens, context_tokens=count.context_tokens)


def _message(conversation: Conversation, message_id: int, role: Role | None = None) -> Message:
    message = conversation.messages.get(message_id)
    if message is None or role not in (None, message.role):
        raise NotFound(what="message")
    return message


def _id_of(message: Message | None) -> int | None:
    return None if message is None else message.id


def _cache_name(conversation_id: int) -> str:
    return str(conversation_id) if conversation_id else ""
