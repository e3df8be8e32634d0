"""What a grammar lets through, byte by byte: given values, in its own order."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from llguidance import LLMatcher, LLTokenizer

from app.structured.uniqueness.places import Places
from app.structured.uniqueness.reader import Reader

_MOST_TRIES = 20_000


class ByteMatcher:
    """Follows one text through a grammar; `unique` is what is kept apart."""

    def __init__(self, grammar: str, unique: Places | None = None) -> None:
        self._grammar = grammar
        self._unique = unique
        self._tries = 0
        self._matcher = LLMatcher(LLTokenizer("byte"), grammar)
        assert not self._matcher.is_error(), self._matcher.get_error()[:500]

    def takes(self, text: str) -> bool:
        """Whether the whole text fits."""
        self._matcher.reset()
        return self._take(text) and self._matcher.is_accepting() and self._is_unique(text)

    def written(self, value: Any) -> str | None:
        """A value as compact JSON, its members in an order that the grammar takes; None if there is none."""
        self._matcher.reset()
        self._tries = 0
        text = next(self._write(value), None)
        is_taken = text is not None and self._matcher.is_accepting() and self._is_unique(text)
        return text if is_taken else None

    def _is_unique(self, text: str) -> bool:
        if self._unique is None:
            return True
        reader = Reader(self._unique)
        return all(reader.takes(bytes([byte])) for byte in text.encode("utf-8", "surrogatepass"))

    def _take(self, text: str) -> bool:
        wanted = list(text.encode("utf-8", "surrogatepass"))
        taken = self._matcher.try_consume_tokens(wanted)
        if taken < len(wanted):
            self._matcher.rollback(taken)
        return taken == len(wanted)

    def _leave(self, text: str) -> None:
        self._matcher.rollback(len(text.encode("utf-8", "surrogatepass")))

    def _write(self, value: Any) -> Iterator[str]:
        """Each way to write a value here; the matcher has taken it while it is looked at."""
        self._tries += 1
        if self._tries > _MOST_TRIES:
            return
        if isinstance(value, dict):
            yield from self._around("{", self._members(dict(value), ""), "}")
        elif isinstance(value, list):
            yield from self._around("[", self._items(value, ""), "]")
        else:
            yield from self._literally(_spelled(value))

    def _literally(self, text: str) -> Iterator[str]:
        if self._take(text):
            yield text
            self._leave(text)

    def _around(self, opening: str, inner: Iterator[str], closing: str) -> Iterator[str]:
        for _ in self._literally(opening):
            for middle in inner:
                for _ in self._literally(closing):
                    yield opening + middle + closing

    def _items(self, items: list[Any], before: str) -> Iterator[str]:
        if not items:
            yield ""
            return
        for _ in self._literally(before):
            for first in self._write(items[0]):
                for rest in self._items(items[1:], ","):
                    yield before + first + rest

    def _members(self, members: dict[str, Any], before: str) -> Iterator[str]:
        if not members:
            yield ""
            return
        for name in sorted(members, key=self._place):
            key = f"{before}{_spelled(name)}:"
            for _ in self._literally(key):
                for value in self._write(members[name]):
                    others = {other: inner for other, inner in members.items() if other != name}
                    for rest in self._members(others, ","):
                        yield key + value + rest

    def _place(self, name: str) -> int:
        """Where the schema declares a member, so that those it does not declare come last."""
        found = self._grammar.find(f"{json.dumps(name, ensure_ascii=False)}:")
        return found if found >= 0 else len(self._grammar)


def _spelled(value: Any) -> str:
    """As compact JSON; numbers without an exponent, and without a fraction where it is nothing."""
    if isinstance(value, float) and abs(value) < 1e30 and (value == 0 or abs(value) > 1e-12):
        plain = format(Decimal(repr(value)), "f")
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    return json.dumps(value, ensure_ascii=False)
