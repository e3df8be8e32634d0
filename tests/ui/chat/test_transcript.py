"""The transcript: few widgets for many rows, no jumps, streaming, actions by mouse and keyboard."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QProgressBar, QPushButton
from pytestqt.qtbot import QtBot

from app.core.conversation import Conversation
from app.core.events import Delta, Finished, FinishReason, LoadProgress, PromptProgress
from app.core.message import Channel, Message, Role, Status, Timing, Usage
from app.core.settings import Language
from app.core.settings import Theme as Choice
from app.i18n import load_texts
from app.ui.chat.answer_row import AnswerRow
from app.ui.chat.link_dialog import LinkDialog
from app.ui.chat.question_row import QuestionRow
from app.ui.chat.row import Row
from app.ui.chat.transcript import Transcript
from app.ui.chat.wording import progress, statistics, thought
from app.ui.theme import Theme
from app.ui.widgets.fold import FoldButton
from app.ui.widgets.icon_button import IconButton
from app.ui.widgets.markdown_view import MarkdownView
from app.ui.widgets.text_view import TextView
from tests.helpers.rich_chat import conversation

TR = load_texts(Language.ENGLISH)


@pytest.fixture
def view(qtbot: QtBot, theme: Theme) -> Transcript:
    view = Transcript(theme, TR)
    qtbot.addWidget(view)
    view.resize(720, 600)
    view.show()
    view.activateWindow()
    qtbot.waitExposed(view)
    return view


def _rows(view: Transcript) -> list[Row]:
    """Those in sight, from above to below."""
    rows = [row for row in view.findChildren(Row) if row.isVisible()]
    return sorted(rows, key=lambda row: row.y())


def _chat(*messages: Message) -> Conversation:
    return Conversation(1, "Chat", messages={message.id: message for message in messages})


def _question(text: str = "Why?", id_: int = 1, parent: int | None = None) -> Message:
    return Message(id_, parent, 0.0, Role.USER, text)


def _answer(text: str = "So.", id_: int = 2, parent: int = 1, status: Status = Status.COMPLETE) -> Message:
    usage, timing = Usage(20, 0, 186), Timing(0.0, 0.6, 4.2, 12.1)
    return Message(id_, parent, 0.0, Role.ASSISTANT, text, "Think.", status, "m", usage, timing)


def _streaming(view: Transcript) -> Message:
    first = replace(_answer("", status=Status.STREAMING), reasoning="", usage=Usage(), timing=Timing())
    view.show_conversation(_chat(_question(), first))
    view.begin_answer(first)
    return first


def _press(row: Row, label: str) -> None:
    button = next(b for b in row.findChildren(IconButton) if b.accessibleName() == label)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_thousand_messages_are_a_few_widgets(view: Transcript) -> None:
    view.show_conversation(conversation(1000))
    assert 1 <= len(view.findChildren(Row)) < 20
    bar = view.verticalScrollBar()
    assert bar.value() == bar.maximum() > 10_000
    for _ in range(100):
        bar.setValue(bar.value() - 500)
    QApplication.processEvents()
    QApplication.sendPostedEvents(None, 0)
    assert len([row for row in view.findChildren(Row) if row.isVisible()]) < 20


def test_rows_follow_one_another_without_gaps(view: Transcript) -> None:
    view.show_conversation(conversation(60))
    for value in (0, 700, 5000, 2500):
        view.verticalScrollBar().setValue(value)
        rows = _rows(view)
        assert [b.y() for b in rows[1:]] == [a.y() + a.height() for a in rows[:-1]]
        assert rows[0].y() <= 24 and rows[-1].geometry().bottom() >= 600


def test_refined_heights_never_move_what_is_read(view: Transcript) -> None:
    view.show_conversation(conversation(300))
    bar = view.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    for _ in range(60):
        row = next(r for r in _rows(view) if r.geometry().bottom() > 0)
        before = row.y()
        bar.setValue(bar.value() - 40)
        assert row.y() == before + 40


def test_the_view_stays_where_it_was_when_the_same_chat_is_shown(view: Transcript) -> None:
    chat = conversation(100)
    view.show_conversation(chat)
    view.verticalScrollBar().setValue(3000)
    before = [(row.entry.message.id, row.y()) for row in _rows(view)]
    view.show_conversation(replace(chat, title="Other"))
    assert [(row.entry.message.id, row.y()) for row in _rows(view)] == before


def test_resizing_keeps_the_row_at_the_top(view: Transcript) -> None:
    view.show_conversation(conversation(100))
    view.verticalScrollBar().setValue(4000)
    top = next(r for r in _rows(view) if r.geometry().bottom() > 0).entry.message.id
    view.resize(500, 700)
    assert next(r for r in _rows(view) if r.geometry().bottom() > 0).entry.message.id == top


def test_an_answer_streams_to_what_it_is_when_shown_at_once(view: Transcript) -> None:
    first = _streaming(view)
    text = "Some **bold**\n\n```py\nx = 1\n```\n\n| a |\n|-|\n| b |\n"
    view.feed([Delta(Channel.ANALYSIS, "Let me "), Delta(Channel.ANALYSIS, "think.")])
    for start in range(0, len(text), 5):
        view.feed([Delta(Channel.FINAL, text[start : start + 5])])
    assert view.last_answer_text() == text
    view.feed([Finished(FinishReason.STOP, Usage(), Timing())])
    done = replace(_answer(text), reasoning="Let me think.", parent_id=first.parent_id)
    view.show_message(done)
    streamed = _rows(view)[-1].grab().toImage()
    view.show_conversation(replace(_chat(_question(), done), id=2))
    assert _rows(view)[-1].grab().toImage() == streamed


def test_reasoning_streams_in_the_open_fold(view: Transcript) -> None:
    _streaming(view)
    view.feed([Delta(Channel.ANALYSIS, "First. ")])
    row = _rows(view)[-1]
    fold = row.findChild(FoldButton)
    assert fold is not None and fold.text() == "Thinking…"
    height = row.height()
    fold.click()
    view.feed([Delta(Channel.ANALYSIS, "Second.")])
    assert row.height() > height
    texts = [part.toPlainText() for part in row.findChildren(TextView) if part.isVisible()]
    assert texts == ["First. Second."]
    fold.click()
    assert row.height() == height
    view.show_message(replace(_answer(), reasoning="First. Second."))
    assert fold.text() == "Thought for 4 s"


def test_progress_is_told_before_the_first_word(view: Transcript) -> None:
    _streaming(view)
    view.feed([PromptProgress(1024, 4096, 0, 130.0)])
    row = _rows(view)[-1]
    bar = row.findChild(QProgressBar)
    assert bar is not None and bar.isVisible() and bar.value() == 250
    assert bar.accessibleName() == "Reading your question · 1,024 of 4,096 tokens · about 2 min left"
    view.feed([Delta(Channel.FINAL, "A")])
    assert not bar.isVisible()


def test_the_view_follows_the_answer_until_one_scrolls_up(view: Transcript) -> None:
    _streaming(view)
    view.feed([Delta(Channel.FINAL, "word " * 2000)])
    bar = view.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0
    bar.setValue(bar.value() - 300)
    held = bar.value()
    view.feed([Delta(Channel.FINAL, "word " * 500)])
    assert bar.value() == held < bar.maximum()
    jump = next(b for b in view.findChildren(IconButton) if b.accessibleName() == "Jump to the latest")
    assert jump.isVisible()
    jump.click()
    assert bar.value() == bar.maximum() and not jump.isVisible()
    view.feed([Delta(Channel.FINAL, "word " * 500)])
    assert bar.value() == bar.maximum()


def test_an_answer_grows_out_of_sight(view: Transcript) -> None:
    chat = conversation(40)
    view.show_conversation(chat)
    first = replace(_answer("", 41, 40, Status.STREAMING), reasoning="")
    view.begin_answer(first)
    view.verticalScrollBar().setValue(0)
    view.feed([Delta(Channel.FINAL, "unseen " * 100)])
    view.jump_to_end()
    row = _rows(view)[-1]
    assert isinstance(row, AnswerRow)
    assert "unseen" in row.findChildren(TextView)[0].toPlainText()


def test_actions_tell_their_message(view: Transcript) -> None:
    chat = _chat(_question(), _answer("One"), _answer("Two", 3))
    view.show_conversation(chat)
    question, answer = _rows(view)
    told: list[tuple[str, int]] = []
    view.edit_requested.connect(lambda id_: told.append(("edit", id_)))
    view.regenerate_requested.connect(lambda id_: told.append(("regenerate", id_)))
    view.switch_requested.connect(lambda id_: told.append(("switch", id_)))
    _press(question, "Edit")
    _press(answer, "Answer again")
    _press(answer, "Previous version")
    _press(answer, "Next version")
    assert told == [("edit", 1), ("regenerate", 3), ("switch", 2)]
    _press(answer, "Copy")
    assert QGuiApplication.clipboard().text() == "Two"


def test_actions_show_on_hover_and_focus_and_always_in_the_last_row(view: Transcript) -> None:
    view.show_conversation(_chat(_question(), _answer(), _question("More?", 3, 2), _answer("Yes", 4, 3)))
    first, last = [row for row in _rows(view) if isinstance(row, AnswerRow)]
    assert first.row_actions is not None and last.row_actions is not None
    assert last.row_actions.is_shown and not first.row_actions.is_shown
    first.row_actions.buttons[0].setFocus(Qt.FocusReason.TabFocusReason)
    assert first.row_actions.is_shown
    last.row_actions.buttons[0].setFocus(Qt.FocusReason.TabFocusReason)
    assert not first.row_actions.is_shown
    first.row_actions.set_hovered(True)
    assert first.row_actions.is_shown


def test_what_the_tab_key_reaches_comes_into_sight(view: Transcript, qtbot: QtBot) -> None:
    view.show_conversation(conversation(20))
    view.verticalScrollBar().setValue(500)
    last = _rows(view)[-1].row_actions.buttons[-1]
    last.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(last.hasFocus)
    place = last.mapTo(view.viewport(), QPoint(0, 0))
    assert 0 <= place.y() <= view.viewport().height()


def test_the_menu_holds_every_action(view: Transcript, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[int] = []
    monkeypatch.setattr(QMenu, "popup", lambda menu, _: opened.append(len(menu.actions())))
    view.show_conversation(_chat(_question(), _answer("One"), _answer("Two", 3)))
    row = _rows(view)[-1]
    row.findChildren(TextView)[0].selectAll()
    menu = QMenu()
    row.fill_menu(menu)
    found = {action.text(): action.isEnabled() for action in menu.actions()}
    assert found == {
        "Copy selection": True, "Copy": True, "Answer again": True,
        "Previous version": True, "Next version": False,
    }  # fmt: skip
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(5, 5), row.mapToGlobal(QPoint(5, 5)))
    QApplication.sendEvent(row.findChildren(TextView)[0].viewport(), event)
    assert opened == [5]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status.CUT, "most tokens"),
        (Status.CANCELLED, "stopped"),
        (Status.INTERRUPTED, "was interrupted"),
        (Status.FAILED, "engine failed"),
        (Status.COMPLETE, ""),
    ],
)
def test_an_early_end_is_told_in_one_sentence(view: Transcript, status: Status, words: str) -> None:
    view.show_conversation(_chat(_question(), _answer(status=status)))
    labels = [label.text() for label in _rows(view)[-1].findChildren(QLabel) if label.wordWrap()]
    assert [words in label for label in labels] == ([True] if words else [])


def test_questions_are_plain_text(view: Transcript) -> None:
    view.show_conversation(_chat(_question("<b>x</b> **y**\n![z](file:///etc/passwd)")))
    (row,) = _rows(view)
    assert isinstance(row, QuestionRow)
    assert row.findChildren(TextView)[0].toPlainText() == "<b>x</b> **y**\n![z](file:///etc/passwd)"


def test_a_pasted_file_is_shown_in_part_until_asked_for(view: Transcript) -> None:
    view.show_conversation(_chat(_question("line\n" * 40_000)))
    (row,) = _rows(view)
    assert row.height() < 1500
    button = row.findChild(QPushButton)
    assert button is not None
    button.click()
    assert row.height() > 40_000 * 15


def test_links_are_opened_only_after_the_target_was_shown(
    view: Transcript, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(
        "app.ui.chat.link_dialog.QDesktopServices.openUrl", lambda url: opened.append(url.toString())
    )
    view.show_conversation(_chat(_question(), _answer("[bank](https://x.org/<b>)")))
    markdown = view.findChild(MarkdownView)
    assert markdown is not None
    for answer, expected in (("Cancel", []), ("Open", ["https://x.org/a"])):
        markdown.link_activated.emit("https://x.org/a")
        dialog = next(d for d in view.findChildren(LinkDialog) if d.isVisible())
        assert opened == []
        next(b for b in dialog.findChildren(QPushButton) if b.text() == answer).click()
        assert opened == expected


def test_rows_say_who_speaks(view: Transcript) -> None:
    view.show_conversation(_chat(_question("Why?"), _answer("So.")))
    assert [row.accessibleName() for row in _rows(view)] == ["You: Why?", "Answer: So."]


def test_an_empty_transcript_shows_what_it_is_given(view: Transcript) -> None:
    view.show_conversation(conversation(10))
    welcome = QLabel("Welcome")
    view.set_empty(welcome)
    assert welcome.isVisible() and welcome.size() == view.viewport().size() and not _rows(view)
    assert view.last_answer_text() == ""
    view.set_empty(None)
    view.show_conversation(conversation(2))
    assert not welcome.isVisible() and len(_rows(view)) == 2


def test_a_new_theme_dresses_the_rows_anew(view: Transcript, theme: Theme) -> None:
    view.show_conversation(_chat(_question(), _answer("`code`")))
    light = view.grab().toImage()
    theme.choose(Choice.DARK)
    assert len(_rows(view)) == 2
    dark = view.grab().toImage()
    theme.choose(Choice.LIGHT)
    assert dark != light and view.grab().toImage() == light


def test_what_is_told_of_an_answer() -> None:
    message = _answer()
    assert statistics(message, TR) == "186 tokens · 12.1 tok/s · first after 0.6 s"
    assert statistics(replace(message, usage=Usage(), timing=Timing()), TR) == ""
    assert thought(replace(message, timing=Timing(thinking_s=0.3)), TR) == "Thought for a moment"
    assert thought(replace(message, timing=Timing(thinking_s=80)), TR) == "Thought for 1 min 20 s"
    assert progress(LoadProgress(0.5, 20), TR) == ("Loading the model · 50% · about 20 s left", 0.5)
    assert progress(PromptProgress(0, 0, 0), TR)[1] == 0
    assert progress(None, TR) == ("Waiting for the engine", 0.0)


def test_a_costly_answer_is_shown_less_often_but_whole_in_the_end(view: Transcript, qtbot: QtBot) -> None:
    _streaming(view)
    text = "".join(f"- item {number} of a long list\n" for number in range(400))
    shown = []
    for start in range(0, len(text), 100):
        view.feed([Delta(Channel.FINAL, text[start : start + 100])])
        part = _rows(view)[-1].findChild(TextView)
        shown.append(part.document().blockCount() if part else 0)
    assert len(set(shown[:20])) > 10
    assert len(set(shown[60:])) < 30
    qtbot.waitUntil(lambda: _rows(view)[-1].findChildren(TextView)[0].document().blockCount() == 400)
