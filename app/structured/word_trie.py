"""Expressions for every text but a few: what `not` and `(?!...)` make of a choice of words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

_LARGEST = 2_000
"""In characters of all words; the expression grows with them."""

_SIGNS = frozenset(r"\.+*?()|[]{}^$#&-~/")


@dataclass(slots=True)
class _Branch:
    inner: dict[str, _Branch] = field(default_factory=dict)
    is_word: bool = False
    is_beginning: bool = False


def other_than(words: Iterable[str], beginnings: Iterable[str] = ()) -> str | None:
    """A pattern, anchored at both ends, that any text matches but these words and what begins in such a way;
    None if there are too many to be written out."""
    root, size = _Branch(), 0
    for listed, mark in ((words, "is_word"), (beginnings, "is_beginning")):
        for word in listed:
            size += len(word) + 1
            setattr(_at(root, word), mark, True)
    return f"^{_avoiding(root)}$" if size <= _LARGEST else None


def _at(root: _Branch, word: str) -> _Branch:
    branch = root
    for char in word:
        branch = branch.inner.setdefault(char, _Branch())
    return branch


def _avoiding(branch: _Branch) -> str:
    """What may follow here, as an expression."""
    if not branch.inner:
        return r"[\s\S]+" if branch.is_word else r"[\s\S]*"
    others = "".join(map(_literal, branch.inner))
    options = [rf"[^{others}][\s\S]*"]
    following = ((char, inner) for char, inner in branch.inner.items() if not inner.is_beginning)
    options += [_literal(char) + _avoiding(inner) for char, inner in following]
    return f"(?:{'|'.join(options)})" + ("" if branch.is_word else "?")


def _literal(char: str) -> str:
    return f"\\{char}" if char in _SIGNS else char
