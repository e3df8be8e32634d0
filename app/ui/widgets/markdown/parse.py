"""Markdown to blocks: CommonMark with tables and strikethrough; HTML and images only as text."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from app.ui.widgets.markdown.blocks import Block, Code, Paragraph, Place, Rule, Span, Spans, Table
from app.ui.widgets.markdown.links import BARE_LINK, is_allowed, trim_bare
from app.ui.widgets.markdown.marks import visible_code, visible_text

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token

LINE_BREAK = "\u2028"
_INLINE_LIMIT = 20_000
"""Longer text within one block is shown as it stands: nobody writes so, and parsing it takes long."""
_COLUMN_LIMIT = 24

References = dict[str, Any]


def parse(text: str) -> tuple[Block, ...]:
    """The blocks of a whole text."""
    return to_blocks(tokenise(normalise(text), {}))


def normalise(text: str) -> str:
    """Line ends as \\n alone, as the parser counts them."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")


def tokenise(text: str, references: References) -> list[Token]:
    """The parser's tokens; `references` gains the link definitions found in `text`."""
    environment: MutableMapping[str, Any] = {"references": references}
    return _parser().parse(text, environment)


def to_blocks(tokens: Sequence[Token]) -> tuple[Block, ...]:
    return tuple(_Reader(tokens).blocks())


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.disable(["html_block", "html_inline"])
    parser.validateLink = is_allowed  # type: ignore[method-assign,assignment]
    parser.core.ruler.at("inline", _inline)
    return parser


def _inline(state: StateCore) -> None:
    """The parser's own rule, except that overlong text stays text."""
    from markdown_it.token import Token

    for token in state.tokens:
        if token.type != "inline":
            continue
        token.children = token.children or []
        if len(token.content) > _INLINE_LIMIT:
            token.children.append(Token("text", "", 0, content=token.content))
        else:
            state.md.inline.parse(token.content, state.md, state.env, token.children)


class _Reader:
    """Walks the token run once, keeping count of the lists and quotes it is in."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = iter(tokens)
        self._lists: list[int | None] = []
        self._quotes = 0
        self._marker = ""
        self._level = 0
        self._is_tight = False

    def blocks(self) -> Iterator[Block]:
        for token in self._tokens:
            match token.type:
                case "inline":
                    yield self._paragraph(spans(token.children or []))
                case "fence" | "code_block":
                    yield from self._bare_marker()
                    yield self._code(token)
                case "hr":
                    yield from self._bare_marker()
                    yield Rule(self._place)
                case "table_open":
                    yield from self._bare_marker()
                    yield self._table()
                case "list_item_close":
                    yield from self._bare_marker()
                case _:
                    self._enter_or_leave(token)

    @property
    def _place(self) -> Place:
        return Place(len(self._lists), self._quotes)

    def _enter_or_leave(self, token: Token) -> None:
        match token.type:
            case "bullet_list_open":
                self._lists.append(None)
            case "ordered_list_open":
                self._lists.append(int(token.attrs.get("start", 1)))
            case "bullet_list_close" | "ordered_list_close":
                self._lists.pop()
            case "list_item_open":
                self._begin_item()
            case "blockquote_open":
                self._quotes += 1
            case "blockquote_close":
                self._quotes -= 1
            case "heading_open":
                self._level = int(token.tag[1])
            case "paragraph_open":
                self._level = 0
                self._is_tight = token.hidden

    def _begin_item(self) -> None:
        number = self._lists[-1]
        self._marker = "-" if number is None else str(number)
        if number is not None:
            self._lists[-1] = number + 1

    def _take_marker(self) -> str:
        marker, self._marker = self._marker, ""
        return marker

    def _bare_marker(self) -> Iterator[Block]:
        """An item that begins with something else than text, or is empty, still shows its marker."""
        if self._marker:
            yield Paragraph(self._place, (), marker=self._take_marker(), is_tight=True)

    def _paragraph(self, parts: Spans) -> Paragraph:
        marker = self._take_marker()
        if marker == "-" and parts and parts[0].text[:4] in ("[ ] ", "[x] ", "[X] "):
            marker = parts[0].text[:3].lower()
            parts = (replace(parts[0], text=parts[0].text[4:]), *parts[1:])
        return Paragraph(self._place, parts, self._level, marker, self._is_tight and not self._level)

    def _code(self, token: Token) -> Code:
        words = token.info.split()
        text = visible_code(token.content.removesuffix("\n"))
        return Code(self._place, text, visible_text(words[0]) if words else "")

    def _table(self) -> Block:
        rows: list[list[Spans]] = []
        aligns: list[str] = []
        for token in self._tokens:
            if token.type == "table_close":
                break
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "th_open":
                aligns.append(str(token.attrs.get("style", "text-align:left")).removeprefix("text-align:"))
            elif token.type == "inline":
                rows[-1].append(spans(token.children or []))
        if len(aligns) > _COLUMN_LIMIT:
            return Code(self._place, "\n".join(" | ".join(map(plain, row)) for row in rows))
        return Table(self._place, tuple(map(tuple, rows)), tuple(aligns))


def plain(parts: Spans) -> str:
    """The text of spans without their style."""
    return "".join(part.text for part in parts)


def spans(children: Sequence[Token]) -> Spans:
    """Inline tokens as spans, neighbours of one style joined."""
    joined: list[Span] = []
    for span in _styled(children):
        if joined and replace(joined[-1], text="") == replace(span, text=""):
            joined[-1] = replace(span, text=joined[-1].text + span.text)
        elif span.text:
            joined.append(span)
    return tuple(part for span in joined for part in _with_bare_links(span))


def _styled(children: Sequence[Token]) -> Iterator[Span]:
    style = Span("")
    depth = {"strong": 0, "em": 0, "s": 0}
    for token in children:
        match token.type:
            case "text" | "text_special":
                yield replace(style, text=visible_text(token.content))
            case "softbreak":
                yield replace(style, text=" ")
            case "hardbreak":
                yield replace(style, text=LINE_BREAK)
            case "code_inline":
                yield replace(style, text=visible_code(token.content), is_code=True)
            case "image":
                yield from _image(token, style)
            case "link_open":
                style = replace(style, link=str(token.attrs.get("href", "")))
            case "link_close":
                style = replace(style, link="")
            case _ if token.tag in depth:
                depth[token.tag] += token.nesting
                style = replace(
                    style, is_bold=depth["strong"] > 0, is_italic=depth["em"] > 0, is_struck=depth["s"] > 0
                )


def _image(token: Token, style: Span) -> Iterator[Span]:
    """Never loaded: its description, leading to where it lies."""
    target = str(token.attrs.get("src", ""))
    words = plain(spans(token.children or [])) or visible_text(target)
    yield replace(style, text=words, link=style.link or target)


def _with_bare_links(span: Span) -> Iterator[Span]:
    if span.is_code or span.link or "://" not in span.text:
        yield span
        return
    done = 0
    for match in BARE_LINK.finditer(span.text):
        target = trim_bare(match[0])
        if not is_allowed(target):
            continue
        yield replace(span, text=span.text[done : match.start()])
        done = match.start() + len(target)
        yield replace(span, text=target, link=target)
    yield replace(span, text=span.text[done:])
