"""Blocks as widgets: one view per run of text, code that copies exactly, and only the end touched."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QGuiApplication, QTextBlockFormat, QTextTable
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.ui.theme import Theme
from app.ui.tokens import LIGHT
from app.ui.widgets.code_block import CodeBlock
from app.ui.widgets.markdown.blocks import Code, Paragraph, Rule, Table
from app.ui.widgets.markdown.highlight import highlight
from app.ui.widgets.markdown.parse import parse, plain
from app.ui.widgets.markdown.stream import BlockStream
from app.ui.widgets.markdown_view import MarkdownView
from app.ui.widgets.rich_document import RichDocument
from app.ui.widgets.text_view import TextView
from tests.helpers.rich_chat import ANSWER


@pytest.fixture
def view(qtbot: QtBot, theme: Theme) -> MarkdownView:
    view = MarkdownView(theme, ("Copy", "Copied"))
    qtbot.addWidget(view)
    return view


def _parts(view: MarkdownView) -> list[TextView | CodeBlock]:
    children = [child for child in view.children() if isinstance(child, (TextView, CodeBlock))]
    return [child for child in children if not child.isHidden()]


def test_kinds_of_blocks() -> None:
    kinds = [type(block) for block in parse("# a\n\nb\n\n- c\n\n---\n\n> d\n\n    e\n\n|a|\n|-|\n|b|\n")]
    assert kinds == [Paragraph, Paragraph, Paragraph, Rule, Paragraph, Code, Table]


def test_lists_carry_their_markers_and_depth() -> None:
    blocks = parse("3. a\n4. b\n   - [x] c\n   - [ ] d\n   - ```\n     e\n     ```\n")
    found = [(getattr(b, "marker", None), b.place.lists) for b in blocks]
    assert found == [("3", 1), ("4", 1), ("[x]", 2), ("[ ]", 2), ("-", 2), (None, 2)]


def test_emphasis_survives_links_and_code() -> None:
    (block,) = parse("**a [b](https://x.org) `c`** ~~d~~ *e*")
    assert isinstance(block, Paragraph)
    found = [(s.text, s.is_bold, s.is_code, bool(s.link), s.is_struck, s.is_italic) for s in block.spans]
    assert found == [
        ("a ", True, False, False, False, False),
        ("b", True, False, True, False, False),
        (" ", True, False, False, False, False),
        ("c", True, True, False, False, False),
        (" ", False, False, False, False, False),
        ("d", False, False, False, True, False),
        (" ", False, False, False, False, False),
        ("e", False, False, False, False, True),
    ]


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("see https://x.org/a_b.", "https://x.org/a_b"),
        ("(https://x.org/a)", "https://x.org/a"),
        ("https://x.org/a(b)", "https://x.org/a(b)"),
        ("中文https://x.org/a，后", "https://x.org/a"),
    ],
)
def test_bare_links_end_before_punctuation(text: str, target: str) -> None:
    (block,) = parse(text)
    assert isinstance(block, Paragraph)
    assert [span.link for span in block.spans if span.link] == [target]
    assert plain(block.spans) == text


def test_html_and_images_are_text() -> None:
    (block,) = parse("<b>x</b> ![an image](https://x.org/i.png)")
    assert isinstance(block, Paragraph)
    assert plain(block.spans) == "<b>x</b> an image"
    assert block.spans[-1].link == "https://x.org/i.png"


def test_text_between_code_shares_one_view(view: MarkdownView) -> None:
    view.show_blocks(parse("a\n\nb\n\n```py\nc\n```\n\n- d\n\n|e|\n|-|\n|f|\n"))
    assert [type(part) is CodeBlock for part in _parts(view)] == [False, True, False]
    first = _parts(view)[0]
    assert isinstance(first, TextView)
    first.selectAll()
    assert view.selected_text() == "a\nb"


def test_a_table_is_a_table(theme: Theme) -> None:
    document = RichDocument(LIGHT)
    document.show_blocks(parse("x\n\n|a|b|\n|-|-:|\n|1|2|\n\ny"))
    tables = [frame for frame in document.rootFrame().childFrames() if isinstance(frame, QTextTable)]
    assert [(table.rows(), table.columns()) for table in tables] == [(2, 2)]
    assert document.toPlainText().split() == ["x", "a", "b", "1", "2", "y"]


def test_too_wide_a_table_is_shown_as_text() -> None:
    (block,) = parse("|" + "a|" * 40 + "\n|" + "-|" * 40 + "\n|" + "b|" * 40)
    assert isinstance(block, Code) and block.text.count("|") == 2 * 39


@pytest.mark.parametrize("size", [3, 50])
def test_a_streamed_document_is_that_of_one_showing(view: MarkdownView, theme: Theme, size: int) -> None:
    text = ANSWER * 2
    stream = BlockStream()
    for start in range(0, len(text), size):
        stream.append(text[start : start + size])
        if start % (7 * size) == 0:
            view.show_blocks(stream.blocks, is_open=True)
    stream.finish()
    view.show_blocks(stream.blocks)
    whole = MarkdownView(theme, ("Copy", "Copied"), view)
    whole.show_blocks(parse(text))
    assert view.lay_out(500) == whole.lay_out(500)
    assert [_content(part) for part in _parts(view)] == [_content(part) for part in _parts(whole)]


def _content(part: TextView | CodeBlock) -> str:
    document = part.view.document() if isinstance(part, CodeBlock) else part.document()
    margins = []
    block = document.begin()
    while block.isValid():
        layout: QTextBlockFormat = block.blockFormat()
        formats = (
            [(f.start, f.length) for f in block.layout().formats()] if isinstance(part, CodeBlock) else []
        )
        margins.append(f"{layout.topMargin()} {layout.indent()} {block.textList() is not None} {formats}")
        block = block.next()
    return document.toHtml() + str(margins)


def test_closed_parts_stay_the_same_widgets(view: MarkdownView) -> None:
    stream = BlockStream()
    stream.append("a\n\n```py\nb = 1\n```\n\nc")
    view.show_blocks(stream.blocks, is_open=True)
    before = _parts(view)
    stream.append(" d\n\n```py\ne")
    view.show_blocks(stream.blocks, is_open=True)
    assert _parts(view)[:3] == before


@pytest.mark.parametrize("code", ["x = 1", "a\n\n  b\t\n", "", "\u202eé中 <b>&amp;</b>\nz  "])
def test_code_copies_exactly_what_is_shown(qtbot: QtBot, view: MarkdownView, code: str) -> None:
    view.show_blocks(parse(f"```python\n{code}\n```"))
    (part,) = _parts(view)
    assert isinstance(part, CodeBlock)
    button = part.findChild(QPushButton)
    assert button is not None
    button.click()
    shown = part.view.document().toPlainText()
    assert QGuiApplication.clipboard().text() == shown == part.text
    assert shown == code.replace("\u202e", "⟨U+202E⟩")
    assert button.text() == "Copied"
    qtbot.waitUntil(lambda: button.text() == "Copy", timeout=4000)


def test_code_is_coloured_by_line(view: MarkdownView) -> None:
    view.show_blocks(parse('```python\n"""two\nlines"""\nx = 1\n```'))
    (part,) = _parts(view)
    assert isinstance(part, CodeBlock)
    document = part.view.document()
    runs = [
        [(f.start, f.length, f.format.foreground().color().name().upper()) for f in line.layout().formats()]
        for line in (document.findBlockByNumber(n) for n in range(3))
    ]
    string, number = LIGHT.code.string, LIGHT.code.number
    assert runs == [[(0, 6, string)], [(0, 8, string)], [(4, 1, number)]]


def test_unknown_languages_stay_plain() -> None:
    assert list(highlight("x = 1", "no-such-language")) == []
    assert list(highlight("x = 1", "")) == []


def test_long_lines_of_code_scroll_sideways(qtbot: QtBot, view: MarkdownView) -> None:
    view.show_blocks(parse("```\n" + "x" * 400 + "\n```"))
    view.resize(400, view.lay_out(400))
    view.show()
    qtbot.waitExposed(view)
    (part,) = _parts(view)
    assert isinstance(part, CodeBlock)
    assert part.view.horizontalScrollBar().maximum() > 0
    assert part.view.verticalScrollBar().maximum() == 0
    QTest.qWait(1)
