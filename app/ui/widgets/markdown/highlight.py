"""Code coloured by Pygments: runs of text with the role each plays."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pygments.lexer import Lexer

SIZE_LIMIT = 100_000
"""Longer code stays uncoloured."""

Run = tuple[int, int, str]
"""Start, length and role; a role is a field of the theme's `CodeColours`."""


def highlight(text: str, language: str) -> Iterator[Run]:
    """The runs of `text` that are not in the plain colour; none where the language is not known."""
    lexer = _lexer(language.lower())
    if lexer is None or len(text) > SIZE_LIMIT:
        return
    roles = _roles()
    for start, kind, value in lexer.get_tokens_unprocessed(text):
        while kind not in roles:
            kind = kind.parent
        if roles[kind] and value:
            yield start, len(value), roles[kind]


@cache
def _aliases() -> frozenset[str]:
    from pygments.lexers import get_all_lexers

    return frozenset(alias for _, aliases, _, _ in get_all_lexers(plugins=False) for alias in aliases)


@cache
def _lexer(language: str) -> Lexer | None:
    if language not in _aliases():
        return None
    from pygments.lexers import get_lexer_by_name

    return get_lexer_by_name(language, stripnl=False, ensurenl=False)


@cache
def _roles() -> dict[Any, str]:
    from pygments.token import Comment, Generic, Keyword, Literal, Name, Number, Operator, String, Token

    return {
        Token: "",
        Comment: "comment",
        Keyword: "keyword",
        Operator.Word: "keyword",
        Name.Tag: "keyword",
        Name.Builtin.Pseudo: "keyword",
        Name.Function: "name",
        Name.Class: "name",
        Name.Decorator: "name",
        Name.Attribute: "name",
        Name.Builtin: "name",
        String: "string",
        Number: "number",
        Literal: "number",
        Name.Constant: "number",
        Generic.Inserted: "inserted",
        Generic.Deleted: "deleted",
        Generic.Heading: "name",
        Generic.Subheading: "name",
    }
