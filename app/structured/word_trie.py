"""Expressions for every text but a few: what `not` makes of a choice of words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

_LARGEST = 2_000
"""In characters of all words; the expression grows with them."""

_LONGEST = 45
"""Of a word: each character is a group within the one before, and patterns nest 50 deep at most."""

_SIGNS = frozenset(r"\.+*?()|[]{}^$#&-~/")


@dataclass(slots=True)
class _Branch:
    inner: dict[str, _Branch] = field(default_factory=dict)
    is_word: bool = False


def other_than(words: Iterable[str]) -> str | None:
    """A pattern, anchored at both ends, that any text matches but these words; None if they are too many or
    too long.
    """
    root, size = _Branch(), 0
    for word in words:
        if len(word) > _LONGEST:
            return None
        branch, size = root, size + len(word)
        for char in word:
            branch = branch.inner.setdefault(char, _Branch())
        branch.is_word = True
    return f"^{_avoiding(root)}$" if size <= _LARGEST else None


def _avoiding(branch: _Branch) -> str:
    """What may follow here, as an expression."""
    if not branch.inner:
        return r"[\s\S]+" if branch.is_word else r"[\s\S]*"
    others = "".join(map(_literal, branch.inner))
    options = [rf"[^{others}][\s\S]*"]
    options += [_literal(char) + _avoiding(inner) for char, inner in branch.inner.items()]
    return f"(?:{'|'.join(options)})" + ("" if branch.is_word else "?")


def _literal(char: str) -> str:
    return f"\\{char}" if char in _SIGNS else char
