"""Match patterns against texts within a bounded time, however the pattern is built."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.structured.pattern import parse
from app.structured.pattern_writing import for_check

if TYPE_CHECKING:
    import regex


class TookTooLong(Exception):
    """A check was given up; `what` it was busy with."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


@dataclass(slots=True)
class Matcher:
    """The patterns of one check and the time left for it."""

    seconds: float
    _started: float = field(default_factory=time.monotonic)
    _compiled: dict[str, regex.Pattern[str]] = field(default_factory=dict)

    def matches(self, pattern: str, text: str) -> bool:
        """Whether the pattern is found anywhere in the text.

        Raises:
            TookTooLong: the time is used up.
        """
        left = self.tick(f"the pattern {pattern[:100]}")
        try:
            return self._compile(pattern).search(text, timeout=left) is not None
        except TimeoutError:
            raise TookTooLong(f"the pattern {pattern[:100]}") from None

    def tick(self, what: str) -> float:
        """How many seconds are left.

        Raises:
            TookTooLong: none.
        """
        left = self._started + self.seconds - time.monotonic()
        if left <= 0:
            raise TookTooLong(what)
        return left

    def _compile(self, pattern: str) -> regex.Pattern[str]:
        import regex

        if pattern not in self._compiled:
            self._compiled[pattern] = regex.compile(for_check(parse(pattern)))
        return self._compiled[pattern]
