"""The middle column: header, transcript, notices and composer, kept in step with the session."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.core.conversation import Conversation, Options
from app.core.events import Event, Loaded
from app.core.message import Message
from app.i18n import Texts
from app.ui.announce import announce
from app.ui.background import Background
from app.ui.chat.composer import Composer, Draft, State
from app.ui.chat.estimate import Estimate
from app.ui.chat.header import Header
from app.ui.chat.session import ChatSession
from app.ui.chat.welcome import Welcome
from app.ui.models.load_bar import LoadBar
from app.ui.models.loading import ModelLoading
from app.ui.notices import Notices
from app.ui.opening import Opening
from app.ui.theme import Theme

if TYPE_CHECKING:
    from app.ui.chat.answer_files import AnswerFiles
    from app.ui.chat.transcript import Transcript

_COMPOSER_PX = 800
_SIDE_PX = 32


class ChatPage(QFrame):
    """Connects the session to the views of one chat. Drafts are kept per chat while the window is open."""

    def __init__(
        self,
        opening: Opening,
        session: ChatSession,
        loading: ModelLoading,
        background: Background,
        header: Header,
        theme: Theme,
        tr: Texts,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._opening = opening
        self._session = session
        self._loading = loading
        self._tr = tr
        self._shown_id: int | None = None
        self._drafts: dict[int | None, Draft] = {}
        self._theme = theme
        self.header = header
        self.transcript: Transcript
        self.files: AnswerFiles
        self.welcome = Welcome(tr)
        self.load_bar = LoadBar(tr)
        self.notices = Notices(theme, tr)
        self.composer = Composer(theme, tr)
        self._estimate = Estimate(background, self)
        self._background = background
        self._place()
        self._connect_loading()
        self._show_title(None)

    def hide_chat(self) -> None:
        """Show nothing yet: the first run is about to come."""
        for part in (self.header, self.welcome, self._below):
            part.hide()

    def show_first_run(self, page: QWidget | None) -> None:
        """`page` in place of the chat; None brings the chat back."""
        for part in (self.header, self._below):
            part.setVisible(page is None)
        self.transcript.setVisible(page is None)
        if page is not None:
            self._column.insertWidget(1, page, 1)
        else:
            self.setFocus()

    def build(self) -> None:
        """Make the transcript, which the first paint need not wait for, and connect everything with it."""
        from app.ui.chat.answer_files import AnswerFiles
        from app.ui.chat.transcript import Transcript

        self.transcript = Transcript(self._theme, self._tr)
        self.files = AnswerFiles(self._opening, self._session, self._background, self.notices, self._tr, self)
        self._column.replaceWidget(self.welcome, self.transcript)
        self.transcript.set_empty(self.welcome)
        self._connect_session()
        self._connect_views()

    def edit(self, message_id: int) -> None:
        """Take an earlier question into the composer."""
        conversation = self._session.conversation
        if conversation is not None and not self._session.is_answering:
            self.composer.edit(message_id, conversation.messages[message_id].text)

    def edit_last(self) -> None:
        if question := self._session.last_question():
            self.edit(question.id)

    # The session tells

    def _show(self, conversation: Conversation | None) -> None:
        self._drafts[self._shown_id] = self.composer.draft
        self._shown_id = conversation.id if conversation else None
        self.notices.clear()
        if conversation is None:
            self.transcript.set_empty(self.welcome)
        else:
            self.transcript.set_empty(None)
            self.transcript.show_conversation(conversation)
        self._show_title(conversation)
        self.composer.forget_count()
        self.composer.show_draft(self._drafts.pop(self._shown_id, Draft()))
        self.composer.field.setFocus()

    def _grow(self, conversation: Conversation, question: Message) -> None:
        self.notices.clear()
        if self._shown_id == conversation.id:
            self.transcript.show_message(question)
        else:
            self._shown_id = conversation.id
            self.transcript.set_empty(None)
            self.transcript.show_conversation(conversation)
        self._show_title(conversation)

    def _show_path(self, conversation: Conversation) -> None:
        self.transcript.show_conversation(conversation)
        self._show_title(conversation)  # it comes from the first question, which may be another one now

    def _show_title(self, conversation: Conversation | None) -> None:
        title = conversation.title if conversation else ""
        self.header.show_chat(title or self._tr("New chat"), is_kept=conversation is not None)

    def _begin(self, message: Message) -> None:
        self.notices.clear()  # what went wrong before is over
        self.transcript.begin_answer(message)

    def _feed(self, events: Sequence[Event]) -> None:
        for event in events:
            if isinstance(event, Loaded):  # the services loaded it to answer the question
                self._loading.adopt(event.model)
        self.transcript.feed(events)

    def _end(self, message: Message) -> None:
        self.transcript.show_message(message)
        announce(self.transcript, self._tr("The answer is finished."))
        self._count()

    def show_state(self) -> None:
        """What the composer can do now. A question asked while a model loads is answered after it."""
        if self._session.is_answering:
            self.composer.set_state(State.ANSWERING)
        elif self._session.is_sending:
            self.composer.set_state(State.WAITING)
        else:
            self.composer.set_state(State.READY)
        self.welcome.set_ready(not self._session.is_sending)

    def show_model(self) -> None:
        """Name the model that answers."""
        self.welcome.show_model(self._loading.name, self._loading.path is None)

    # The views tell

    def _count(self) -> None:
        """How much of the context the draft would fill."""
        if not self._loading.is_ready:
            self.composer.show_count(None)
            return
        conversation_id, options, draft = (
            self._session.conversation_id,
            self._session.options,
            self.composer.draft.whole,
        )
        self._estimate.ask(lambda: self._opening.chat.count(conversation_id, draft, options))

    def _options_changed(self, options: Options) -> None:
        self.header.show_effort(options.sampling.effort)
        self.composer.count_soon()

    def _loading_ended(self) -> None:
        self.load_bar.hide()
        self.show_model()
        self._count()

    def _connect_session(self) -> None:
        session = self._session
        session.shown.connect(self._show)
        session.grown.connect(self._grow)
        session.path_changed.connect(self._show_path)
        session.titled.connect(lambda title: self.header.show_chat(title, is_kept=True))
        session.accepted.connect(self.composer.accept)
        session.answer_began.connect(self._begin)
        session.answer_grew.connect(self._feed)
        session.answer_ended.connect(self._end)
        session.state_changed.connect(self.show_state)
        session.options_changed.connect(self._options_changed)
        session.failed.connect(self.notices.show_error)

    def _connect_views(self) -> None:
        self.header.effort_chosen.connect(self._session.set_effort)
        self.header.renamed.connect(self._session.rename_shown)
        self.composer.sent.connect(self._session.send)
        self.composer.edited.connect(self._session.edit)
        self.composer.stopped.connect(self._session.stop)
        self.composer.edit_last_wanted.connect(self.edit_last)
        self.composer.count_wanted.connect(self._count)
        self.welcome.chosen.connect(self._session.send)
        self.transcript.edit_requested.connect(self.edit)
        self.transcript.regenerate_requested.connect(self._session.regenerate)
        self.transcript.switch_requested.connect(self._session.switch)
        self.transcript.save_requested.connect(self.files.save)
        self.transcript.append_requested.connect(self.files.append)
        self.files.target_chosen.connect(self.transcript.set_append_target)
        self._estimate.counted.connect(self.composer.show_count)

    def _connect_loading(self) -> None:
        self._loading.began.connect(self.load_bar.begin)
        self._loading.progressed.connect(self.load_bar.show_progress)
        self._loading.ended.connect(self._loading_ended)
        self._loading.failed.connect(self.notices.show_error)
        self.load_bar.stopped.connect(self._loading.cancel)

    def _place(self) -> None:
        self.setProperty("kind", "surface")
        self._below = below = QWidget()
        below.setMaximumWidth(_COMPOSER_PX)
        stack = QVBoxLayout(below)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.setSpacing(8)
        for part in (self.load_bar, self.notices, self.composer):
            stack.addWidget(part)
        centred = QHBoxLayout()
        centred.setContentsMargins(_SIDE_PX, 8, _SIDE_PX, 16)
        centred.addStretch(1)
        centred.addWidget(below, 1000)
        centred.addStretch(1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.header)
        self._column.addWidget(self.welcome, 1)
        self._column.addLayout(centred)
        self.setFocusProxy(self.composer)
