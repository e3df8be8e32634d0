"""Streaming Markdown ends as one parse does, however the text is cut, at the cost of the open block."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it.token import Token

from app.ui.widgets.markdown import stream as stream_module
from app.ui.widgets.markdown.blocks import Code
from app.ui.widgets.markdown.parse import References, parse, tokenise
from app.ui.widgets.markdown.stream import BlockStream

PIECES = [
    "para",
    "two words",
    "# head",
    "#",
    "##x",
    "===",
    "---",
    "-",
    "- item",
    "  - inner",
    "* a",
    "1. one",
    "7) seven",
    "> quote",
    ">",
    "> - x",
    "```",
    "```py",
    "````",
    "~~~",
    "   ```",
    "    indented",
    "\tcode",
    "a | b",
    "--|:-:",
    "| 1 | 2 |",
    "[a]: /u",
    "[a]: https://x.org 'T",
    "[a]",
    "[text][a]",
    "![i](https://x.org/i.png)",
    "**bold",
    "**",
    "*em*",
    "~~gone~~",
    "`code`",
    "``",
    "<b>html</b>",
    "<!-- c",
    "-->",
    "\\",
    "  ",
    "",
    "",
    "",
    "\r",
    "- [ ] task",
    "https://x.org/a_b.",
    "&amp;",
    "\u202e",
    "中文**粗体**。",
    "\0",
    "+",
    "1.",
    "***",
    "[a]:",
    "'title'",
]

texts = st.lists(
    st.tuples(st.sampled_from(PIECES), st.sampled_from(["\n", "\n", "\n\n", " ", "", "\r\n"])), max_size=24
).map(lambda parts: "".join(word + end for word, end in parts))


def _stream(text: str, cuts: list[int]) -> BlockStream:
    stream = BlockStream()
    ends = sorted({min(cut, len(text)) for cut in cuts} | {len(text)})
    for start, end in zip([0, *ends], ends, strict=False):
        stream.append(text[start:end])
    return stream


@settings(max_examples=120, deadline=None)
@given(texts, st.lists(st.integers(0, 200), max_size=40))
@example("para\n#", [5, 6])
@example("para\n#tag\n", [5, 6, 7])
@example("a\n-\nb", [1, 3, 4])
@example("[x][a]\n\npara\n\n[a]: https://x.org\n", [10, 12, 20])
@example("```\na\r\n```\r\nb", [4, 6, 7, 8, 9, 11])
def test_any_chunking_ends_as_one_parse(text: str, cuts: list[int]) -> None:
    stream = _stream(text, cuts)
    stream.finish()
    assert tuple(stream.blocks) == parse(text)


@settings(max_examples=30, deadline=None)
@given(texts.filter(lambda text: "[a]:" not in text and not text.endswith("\r")))
def test_every_prefix_shows_what_a_parse_of_it_shows(text: str) -> None:
    stream = BlockStream()
    for end, character in enumerate(text):
        stream.append(character)
        if character != "\r":
            assert tuple(stream.blocks) == parse(text[: end + 1])


def test_closed_blocks_are_never_made_again() -> None:
    stream = BlockStream()
    stream.append("# One\n\nfirst\n\n```py\nx = 1\n```\n\nsecond\n")
    before = stream.blocks[:3]
    stream.append("and more\n\nthird\n")
    assert all(old is new for old, new in zip(before, stream.blocks, strict=False))


def test_a_long_answer_costs_its_open_block(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[int] = []

    def counted(text: str, references: References) -> list[Token]:
        parsed.append(len(text))
        return tokenise(text, references)

    monkeypatch.setattr(stream_module, "tokenise", counted)
    paragraph = "Some words of an answer that goes on for a while, with **bold** and `code`.\n\n"
    stream = BlockStream()
    count = 64_000 // len(paragraph)
    for _ in range(count):
        for start in range(0, len(paragraph), 48):
            stream.append(paragraph[start : start + 48])
    stream.finish()
    assert max(parsed[:-1]) < 4 * len(paragraph)
    assert tuple(stream.blocks) == parse(paragraph * count)


def test_an_open_fence_is_not_parsed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = BlockStream()
    stream.append("```python\nx = 1\n")
    monkeypatch.setattr(stream_module, "tokenise", None)
    for number in range(1000):
        stream.append(f"x = {number}\n")
    assert isinstance(stream.blocks[0], Code)
    assert stream.blocks[0].text.count("\n") == 1000
