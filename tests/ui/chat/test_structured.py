"""Answers with a format: what the card says and shows, live and at the end, and where values came from."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QMenu, QPushButton, QTextEdit
from pytestqt.qtbot import QtBot

from app.core.answer_format import AnswerFormat, Fault, Notation
from app.core.conversation import Conversation, Options
from app.core.events import Delta, Finished, FinishReason, Retried
from app.core.message import Channel, Message, Role, Status, Timing, Usage
from app.core.settings import Language
from app.core.settings import Theme as Choice
from app.i18n import load_texts
from app.structured.schema import read_schema
from app.structured.table import write as write_table
from app.structured.xml import write as write_xml
from app.ui.chat.answer_row import AnswerRow
from app.ui.chat.question_row import QuestionRow
from app.ui.chat.structured_card import StructuredCard
from app.ui.chat.structured_value import Content, content_of, content_so_far, field_names, place_of
from app.ui.chat.transcript import Transcript
from app.ui.chat.verdict import count_text
from app.ui.theme import Theme
from app.ui.widgets.banner import Banner
from app.ui.widgets.data_table import DataTable
from app.ui.widgets.fold import FoldButton
from app.ui.widgets.json_items import JsonModel
from app.ui.widgets.json_tree import JsonTree
from app.ui.widgets.markdown_view import MarkdownView
from app.ui.widgets.plain_view import PlainView
from tests.helpers.window import ask, is_idle, wait_for_answer

TR = load_texts(Language.ENGLISH)
SCHEMA: dict[str, Any] = {
    "title": "Quarterly report",
    "type": "object",
    "properties": {"quarter": {"type": "string"}, "revenue": {"type": "number"}, "parts": {"type": "array"}},
    "required": ["quarter", "revenue", "parts"],
    "additionalProperties": False,
}
TABLE_SCHEMA: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"name": {"type": "string"}, "sum": {"type": "number"}},
        "required": ["name", "sum"],
        "additionalProperties": False,
    },
}
REPORT = AnswerFormat("Quarterly report", json.dumps(SCHEMA))
LINES = AnswerFormat("Lines", json.dumps(TABLE_SCHEMA))
TEXT = '{"quarter":"Q3","revenue":1234.5,"parts":["cloud","😀 devices"]}'
ROWS = [{"name": "Cloud", "sum": 1.5}, {"name": "Devices", "sum": 2}]
ASKED = "In Q3 😀 revenue was 1,234.50, from cloud and 😀 devices alike."
FAULTS = tuple(Fault(f"$.parts[{n}]", "maximum", str(n)) for n in range(5))


@pytest.fixture
def view(qtbot: QtBot, theme: Theme) -> Transcript:
    view = Transcript(theme, TR)
    qtbot.addWidget(view)
    view.resize(720, 600)
    view.show()
    view.activateWindow()
    qtbot.waitExposed(view)
    return view


def answer(text: str = TEXT, answer_format: AnswerFormat = REPORT, **values: Any) -> Message:
    usage = Usage(20, 0, 186)
    return Message(2, 1, 0.0, Role.ASSISTANT, text, usage=usage, format=answer_format, **values)


def show(view: Transcript, message: Message, asked: str = ASKED) -> StructuredCard:
    question = Message(1, None, 0.0, Role.USER, asked)
    view.show_conversation(Conversation(1, "Chat", messages={1: question, 2: message}))
    return card(view)


def card(view: Transcript) -> StructuredCard:
    return next(c for c in view.findChildren(StructuredCard) if not c.parentWidget().isHidden())


def begin(view: Transcript, answer_format: AnswerFormat = REPORT) -> Message:
    first = answer("", answer_format, status=Status.STREAMING)
    show(view, first)
    view.begin_answer(first)
    return first


def labels(card: StructuredCard) -> list[str]:
    return [label.text() for label in card.findChildren(QLabel) if label.isVisible() and label.text()]


def tree_rows(card: StructuredCard) -> list[tuple[str, str]]:
    tree = card.findChild(JsonTree)
    assert tree is not None and tree.isVisible()
    model = tree.model()
    assert isinstance(model, JsonModel)
    return [(row.key, row.shown) for row in model.walk()]


def buttons(card: StructuredCard) -> list[str]:
    return [button.text().strip() for button in card.buttons]


def choices(card: StructuredCard) -> dict[str, bool]:
    found = [b for b in card.findChildren(QPushButton) if b.property("kind") == "segment" and b.isVisible()]
    return {button.text(): button.isChecked() for button in found}


def choose(card: StructuredCard, text: str) -> None:
    segments = (b for b in card.findChildren(QPushButton) if b.isVisible() and b.text() == text)
    next(segments).click()


# At the end


def test_an_answer_that_fits(view: Transcript) -> None:
    shown = show(view, answer())
    assert labels(shown) == ["Fits “Quarterly report”, 3 of 3 fields"]
    assert choices(shown) == {"Tree": True, "Text": False}
    assert tree_rows(shown)[:3] == [("quarter", "Q3"), ("revenue", "1234.5"), ("parts", "2 items")]
    assert buttons(shown) == ["Save as…", "Copy JSON", "Append to…"]
    assert view.findChildren(MarkdownView) == []
    assert shown.accessibleName() == "Fits “Quarterly report”, 3 of 3 fields"


def test_an_answer_that_does_not_fit_lists_its_faults(view: Transcript) -> None:
    shown = show(view, answer(faults=FAULTS))
    assert labels(shown)[0] == "Does not fit “Quarterly report”"
    assert labels(shown)[1:] == [f"has to be at most {n}" for n in range(3)]
    assert buttons(shown) == ["Copy JSON"]
    fold = next(b for b in shown.findChildren(FoldButton) if b.isVisible())
    assert fold.text() == "2 more"
    height = shown.height()
    fold.click()
    assert len(labels(shown)) == 6 and shown.height() > height
    place = next(b for b in shown.findChildren(QPushButton) if b.text() == "parts[1]")
    choose(shown, "Text")
    place.click()
    tree = shown.findChild(JsonTree)
    assert tree is not None and tree.isVisible() and tree.selected_text() == "😀 devices"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status.CUT, "Incomplete: cut at 186 tokens, not checked"),
        (Status.CANCELLED, "Incomplete: you stopped it; not checked"),
        (Status.INTERRUPTED, "Incomplete: it was interrupted; not checked"),
        (Status.FAILED, "Incomplete: the engine failed; not checked"),
    ],
)
@pytest.mark.parametrize("text", [TEXT, TEXT[:20], ""])
def test_what_ended_early_is_never_shown_as_valid(
    view: Transcript, status: Status, words: str, text: str
) -> None:
    shown = show(view, answer(text, status=status))
    assert labels(shown) == [words]
    assert buttons(shown) == []
    row = shown.parentWidget()
    assert isinstance(row, AnswerRow)
    assert [label.text() for label in row.findChildren(QLabel) if label.isVisible()].count(words) == 1


def test_an_array_of_objects_is_a_table(view: Transcript) -> None:
    shown = show(view, answer(json.dumps(ROWS), LINES))
    assert labels(shown) == ["Fits “Lines”, 2 items"]
    assert choices(shown) == {"Tree": False, "Table": True, "Text": False}
    height = shown.height()
    choose(shown, "Tree")
    assert len(tree_rows(shown)) == 6 and shown.height() > height
    choose(shown, "Text")
    (text,) = (v for v in shown.findChildren(PlainView) if v.isVisible())
    assert json.loads(text.toPlainText()) == ROWS


@pytest.mark.parametrize("notation", [Notation.XML, Notation.TABLE])
def test_other_notations_show_their_value_and_are_copied_as_json(
    view: Transcript, notation: Notation
) -> None:
    schema = read_schema(LINES.schema)
    text = (write_xml if notation is Notation.XML else write_table)(schema, ROWS)  # type: ignore[arg-type]
    shown = show(view, answer(text, replace(LINES, notation=notation)))
    assert choices(shown) == {"Tree": False, "Table": True, "Text": False}
    next(b for b in shown.buttons if b.text().strip() == "Copy JSON").click()
    assert json.loads(QGuiApplication.clipboard().text()) == ROWS
    row = shown.parentWidget()
    assert isinstance(row, AnswerRow)
    row.copy()
    assert QGuiApplication.clipboard().text() == text


def test_a_choice_is_one_row(view: Transcript) -> None:
    wanted = AnswerFormat("Mood", json.dumps({"enum": ["good", "bad"]}), Notation.CHOICE)
    shown = show(view, answer("good", wanted))
    assert labels(shown) == ["Fits “Mood”"]
    assert tree_rows(shown) == [("", "good")]
    shown = show(view, answer("neither", wanted, faults=(Fault("$", "enum", '["good", "bad"]'),)))
    assert labels(shown) == ["Does not fit “Mood”", 'has to be one of ["good", "bad"]']


@pytest.mark.parametrize("notation", list(Notation))
def test_what_cannot_be_read_is_shown_as_text(view: Transcript, notation: Notation) -> None:
    fault = Fault("$", "syntax", "line 1, column 1")
    shown = show(view, answer("# no such thing", replace(LINES, notation=notation), faults=(fault,)))
    texts = [v.toPlainText() for v in shown.findChildren(PlainView) if v.isVisible()]
    assert texts == ["# no such thing"]
    assert buttons(shown) == []


def test_json_is_copied_as_it_was_written(view: Transcript) -> None:
    text = '{"quarter": "Q3", "revenue": 1.50, "parts": []}\n'
    shown = show(view, answer(text))
    next(b for b in shown.buttons if b.text().strip() == "Copy JSON").click()
    assert QGuiApplication.clipboard().text() == text.strip()


def test_the_menu_holds_what_the_card_offers(view: Transcript) -> None:
    row = show(view, answer()).parentWidget()
    assert isinstance(row, AnswerRow)
    menu = QMenu()
    row.fill_menu(menu)
    assert [action.text() for action in menu.actions()][-3:] == ["Save as…", "Copy JSON", "Append to…"]
    told: list[tuple[Any, ...]] = []
    view.save_requested.connect(lambda id_: told.append(("save", id_)))
    view.append_requested.connect(lambda id_, is_new: told.append(("append", id_, is_new)))
    menu.actions()[-1].trigger()
    view.set_append_target("reports.jsonl")
    menu.clear()
    row.fill_menu(menu)
    assert menu.actions()[-1].text() == "Append to reports.jsonl"
    menu.actions()[-1].trigger()
    menu.actions()[-3].trigger()
    assert told == [("append", 2, True), ("append", 2, False), ("save", 2)]


# Live


def test_an_answer_fills_in_to_what_it_is_when_shown_at_once(view: Transcript) -> None:
    begin(view)
    shown = card(view)
    assert not shown.isVisible()
    seen = []
    for at in range(0, len(TEXT), 3):
        view.feed([Delta(Channel.FINAL, TEXT[at : at + 3])])
        seen.append(labels(shown)[0])
        assert buttons(shown) == []
    assert seen[0] == "Writing “Quarterly report” · 0 of 3 fields"
    assert seen[-1] == "Writing “Quarterly report” · 3 of 3 fields"
    view.feed([Finished(FinishReason.STOP, Usage(), Timing())])
    view.show_message(answer())
    streamed = shown.grab().toImage()
    at_once = show(view, replace(answer(), created_at=1.0))
    assert at_once.grab().toImage() == streamed
    assert labels(at_once) == ["Fits “Quarterly report”, 3 of 3 fields"]


def test_a_table_fills_in_row_by_row(view: Transcript) -> None:
    begin(view, LINES)
    text = json.dumps(ROWS)
    counts = []
    for at in range(0, len(text), 4):
        view.feed([Delta(Channel.FINAL, text[at : at + 4])])
        table = card(view).findChild(DataTable)
        counts.append(table.model().rowCount() if table and table.isVisible() else 0)
    assert set(counts) == {0, 1, 2} and counts == sorted(counts)


def test_another_notation_is_text_until_it_is_whole(view: Transcript) -> None:
    wanted = replace(LINES, notation=Notation.TABLE)
    begin(view, wanted)
    text = write_table(read_schema(LINES.schema), ROWS)  # type: ignore[arg-type]
    view.feed([Delta(Channel.FINAL, text[:12])])
    shown = card(view)
    assert [v.toPlainText() for v in shown.findChildren(PlainView) if v.isVisible()] == [text[:12]]
    view.show_message(answer(text, wanted))
    assert choices(shown)["Table"]


def test_the_fold_and_the_view_a_person_chose_stay(view: Transcript) -> None:
    begin(view)
    view.feed([Delta(Channel.FINAL, TEXT[:-12])])
    shown = card(view)
    tree = shown.findChild(JsonTree)
    assert tree is not None
    tree.collapse(tree.model().index(2, 0))
    height = shown.height()
    view.feed([Delta(Channel.FINAL, TEXT[-12:])])
    assert shown.height() == height
    choose(shown, "Text")
    view.show_message(answer())
    assert choices(shown) == {"Tree": False, "Text": True}


def test_what_did_not_fit_is_dropped_and_written_again(view: Transcript) -> None:
    begin(view)
    shown = card(view)
    view.feed([Delta(Channel.ANALYSIS, "Think."), Delta(Channel.FINAL, '{"quarter":"x","revenue":"y"')])
    view.feed([Retried(FAULTS)])
    assert labels(shown) == ["The first try did not fit, writing “Quarterly report” again"]
    assert view.last_answer_text() == ""
    view.feed([Delta(Channel.FINAL, TEXT[:16])])
    assert labels(shown) == ["The first try did not fit, writing “Quarterly report” again · 1 of 3 fields"]
    assert tree_rows(shown) == [("quarter", "Q3")]
    view.feed([Delta(Channel.FINAL, TEXT[16:])])
    view.show_message(answer())
    assert labels(shown) == [
        "Fits “Quarterly report”, 3 of 3 fields · the first try did not, it was written again"
    ]


def test_an_answer_that_fails_twice_says_so(view: Transcript) -> None:
    begin(view)
    view.feed([Delta(Channel.FINAL, TEXT), Retried(FAULTS), Delta(Channel.FINAL, TEXT)])
    view.show_message(answer(faults=FAULTS))
    assert labels(card(view))[0] == "Does not fit “Quarterly report” · tried twice"


def test_it_fills_in_out_of_sight(view: Transcript) -> None:
    begin(view)
    view.feed([Delta(Channel.FINAL, TEXT[:20])])
    view.resize(720, 10)
    view.verticalScrollBar().setValue(0)
    view.feed([Delta(Channel.FINAL, TEXT[20:])])
    view.resize(720, 600)
    view.jump_to_end()
    assert len(tree_rows(card(view))) == 5


def test_the_card_follows_the_theme(view: Transcript, theme: Theme) -> None:
    light = show(view, answer()).grab().toImage()
    theme.choose(Choice.DARK)
    assert card(view).grab().toImage() != light
    theme.choose(Choice.LIGHT)
    assert card(view).grab().toImage() == light


# Where the values came from


def marked(view: Transcript) -> list[str]:
    row = view.findChild(QuestionRow)
    assert row is not None
    selections = row.findChildren(QTextEdit)[0].extraSelections()
    return [selection.cursor.selectedText() for selection in selections]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("place", "words"),
    [(("quarter",), "Q3"), (("revenue",), "1,234.50"), (("parts", 1), "😀 devices")],
)
def test_a_value_leads_to_its_words_in_the_question(
    view: Transcript, place: tuple[str | int, ...], words: str
) -> None:
    shown = show(view, answer())
    tree = shown.findChild(JsonTree)
    assert tree is not None
    tree.show_place(place)
    QTest.keyClick(tree, Qt.Key.Key_Return)
    assert marked(view) == [words]


def test_the_words_come_into_sight_in_a_long_question(view: Transcript) -> None:
    asked = "filler line\n" * 500 + "In Q3 it was so.\n" + "filler line\n" * 500
    shown = show(view, answer(), asked)
    tree = shown.findChild(JsonTree)
    assert tree is not None
    tree.followed.emit(("quarter",))
    assert marked(view) == ["Q3"]
    row = view.findChild(QuestionRow)
    assert row is not None
    text = row.findChildren(QTextEdit)[0]
    selections = text.extraSelections()
    at = text.cursorRect(selections[0].cursor).topLeft()  # type: ignore[attr-defined]
    assert 0 < text.mapTo(view.viewport(), at).y() < view.viewport().height()


def test_a_new_answer_clears_the_marks(view: Transcript) -> None:
    tree = show(view, answer()).findChild(JsonTree)
    assert tree is not None
    tree.followed.emit(("quarter",))
    view.begin_answer(replace(answer("", status=Status.STREAMING), id=3, parent_id=2))
    assert marked(view) == []


def test_what_was_cut_is_not_traced(view: Transcript) -> None:
    tree = show(view, answer(TEXT[:20], status=Status.CUT)).findChild(JsonTree)
    assert tree is not None
    tree.followed.emit(("quarter",))
    assert marked(view) == []


# What an answer says


def test_the_fields_that_a_schema_names() -> None:
    referred = {"$ref": "#/$defs/report", "$defs": {"report": SCHEMA}}
    looped = {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}}
    for schema, names in (
        (SCHEMA, ("quarter", "revenue", "parts")),
        (referred, ("quarter", "revenue", "parts")),
        (looped, ()),
        (TABLE_SCHEMA, ()),
        (True, ()),
    ):
        assert field_names(AnswerFormat("x", json.dumps(schema))) == names


def test_how_much_there_is() -> None:
    assert count_text({"a": 1, "z": 1}, ("a", "b"), TR) == "1 of 2 fields"
    assert count_text({"a": 1}, (), TR) == "1 field"
    assert count_text([1], (), TR) == "1 item"
    assert count_text("x", (), TR) == count_text(None, (), TR) == ""


def test_content_of_cut_and_whole_texts() -> None:
    assert content_so_far(REPORT, '{"quarter":"Q') == Content({"quarter": "Q"}, ("quarter",))
    assert content_of(REPORT, '{"quarter":"Q') == Content({"quarter": "Q"}, ("quarter",))
    assert content_of(REPORT, "{}") == Content({}, None, is_whole=True)
    assert not content_of(REPORT, '{"a":1,"a":2}').is_whole
    assert content_of(AnswerFormat("x", '{"type": "object"}', Notation.CHOICE), "x") == Content()


def test_places_are_what_paths_name() -> None:
    assert place_of("$") == ()
    assert place_of("$.items[2]['unit \\'price\\\\']._x") == ("items", 2, "unit 'price\\", "_x")


# In the window


FITS = {"question": "report", "final": TEXT, "tokens_per_s": 500}
ALCOVE_FORMAT = Options(format=REPORT)


def dialog_of(program: Any, qtbot: QtBot) -> QFileDialog:
    qtbot.waitUntil(lambda: any(d.isVisible() for d in program.window.findChildren(QFileDialog)))
    return next(d for d in program.window.findChildren(QFileDialog) if d.isVisible())


def told(program: Any) -> str:
    banner = program.window.page.notices.current
    return banner.accessibleName() if isinstance(banner, Banner) else ""


def press(program: Any, text: str) -> None:
    shown = card(program.window.page.transcript)
    next(button for button in shown.buttons if button.text().strip() == text).click()


@pytest.fixture
def program(start: Any, qtbot: QtBot) -> Any:
    """The window with an answer that fits."""
    program = start(FITS)
    program.window.session.set_options(ALCOVE_FORMAT)
    ask(program, qtbot, "report, Q3")
    return program


def test_an_answer_is_asked_for_checked_kept_and_shown(program: Any) -> None:
    message = program.window.session.path[-1]
    assert message.format == REPORT and message.fits
    assert labels(card(program.window.page.transcript)) == ["Fits “Quarterly report”, 3 of 3 fields"]
    kept = program.opening.chat.open(program.window.session.conversation_id)
    assert kept.active_path[-1] == message


def test_an_answer_is_saved_with_its_origin(program: Any, qtbot: QtBot, tmp_path: Path) -> None:
    press(program, "Save as…")
    dialog = dialog_of(program, qtbot)
    assert dialog.selectedFiles()[0].endswith("report, Q3.json")
    target = tmp_path / "answer.csv"
    dialog.fileSelected.emit(str(target))
    dialog.close()
    qtbot.waitUntil(lambda: told(program) == "Saved as “answer.csv”.")
    assert target.read_text("utf-8-sig").startswith('"quarter","revenue"')
    before = set(tmp_path.iterdir())
    program.window.page.notices.current.acted.emit()
    qtbot.waitUntil(lambda: told(program) == "The origin and the schema lie beside “answer.csv”.")
    assert set(tmp_path.iterdir()) > before


def test_answers_are_appended_to_one_file(program: Any, qtbot: QtBot, tmp_path: Path) -> None:
    target = tmp_path / "reports.jsonl"
    press(program, "Append to…")
    dialog = dialog_of(program, qtbot)
    dialog.fileSelected.emit(str(target))
    dialog.close()
    qtbot.waitUntil(lambda: told(program) == "Appended to “reports.jsonl”.")
    press(program, "Append to reports.jsonl")
    qtbot.waitUntil(lambda: len(target.read_text("utf-8").splitlines()) == 2)
    assert [json.loads(line) for line in target.read_text("utf-8").splitlines()] == [json.loads(TEXT)] * 2
    qtbot.waitUntil(lambda: is_idle(program))


def test_every_answer_is_appended_once_that_is_wanted(program: Any, qtbot: QtBot, tmp_path: Path) -> None:
    target = tmp_path / "all.jsonl"
    press(program, "Append to…")
    dialog = dialog_of(program, qtbot)
    dialog.fileSelected.emit(str(target))
    dialog.close()
    qtbot.waitUntil(lambda: told(program) == "Appended to “all.jsonl”.")
    program.window.page.notices.current.acted.emit()
    ask(program, qtbot, "report, Q3")
    qtbot.waitUntil(lambda: len(target.read_text("utf-8").splitlines()) == 2)
    qtbot.waitUntil(lambda: told(program) == "Appended to “all.jsonl”.")
    program.window.page.notices.current.acted.emit()
    ask(program, qtbot, "report, Q3")
    assert len(target.read_text("utf-8").splitlines()) == 2


def test_what_cannot_be_written_is_said_and_can_be_tried_again(
    program: Any, qtbot: QtBot, tmp_path: Path
) -> None:
    press(program, "Save as…")
    dialog = dialog_of(program, qtbot)
    dialog.fileSelected.emit(str(tmp_path / "no such folder" / "a.json"))
    dialog.close()
    qtbot.waitUntil(lambda: "cannot be written" in told(program))
    (tmp_path / "no such folder").mkdir()
    program.window.page.notices.current.acted.emit()
    qtbot.waitUntil(lambda: told(program) == "Saved as “a.json”.")


def test_an_answer_is_written_again_where_it_does_not_fit(start: Any, qtbot: QtBot) -> None:
    program = start({"question": "response format", "final": TEXT}, {"final": '{"quarter":3}'})
    program.window.session.set_options(ALCOVE_FORMAT)
    ask(program, qtbot, "report")
    assert program.window.session.path[-1].fits
    (sentence,) = labels(card(program.window.page.transcript))
    assert sentence.endswith("it was written again")


def test_a_stopped_answer_is_incomplete(start: Any, qtbot: QtBot) -> None:
    program = start({"final": "[" + ", ".join(map(str, range(5000))) + "]", "tokens_per_s": 300})
    program.window.session.set_options(
        replace(ALCOVE_FORMAT, format=AnswerFormat("Numbers", '{"type":"array"}'))
    )
    ask(program, qtbot, "numbers", waits=False)
    qtbot.waitUntil(lambda: len(program.window.page.transcript.last_answer_text()) > 100)
    qtbot.keyClick(program.window, Qt.Key.Key_Escape)
    wait_for_answer(program, qtbot)
    assert labels(card(program.window.page.transcript)) == ["Incomplete: you stopped it; not checked"]
    assert program.window.session.path[-1].status is Status.CANCELLED
