"""Follow a JSON answer while it is written, and tell what would make an item stand twice."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.structured.uniqueness.items import Items, Met, item_of
from app.structured.uniqueness.places import Places, Spot

_QUOTE, _ESCAPE = b'"\\'
_OPEN_ARRAY, _OPEN_OBJECT, _COMMA, _COLON = b"[{,:"
_CLOSE = b"]}"


@dataclass(frozen=True, slots=True)
class _Open:
    """An array or object that is not closed: where its current item or name starts in the text, the state of
    the current item or member, and the items before it if they are watched."""

    spot: Spot
    is_array: bool
    start: int
    inner: int
    count: int = 0
    met: Met = frozenset()

    @property
    def items(self) -> Items | None:
        return self.spot.items if self.is_array else None


class Reader:
    """The text has to be JSON without white space; a grammar sees to that."""

    def __init__(self, places: Places) -> None:
        self._spots = places.spots
        self._text = bytearray()
        self._open: tuple[_Open, ...] = ()
        self._is_quoted = self._is_escaped = False

    def takes(self, data: bytes) -> bool:
        """Read on; False, and nothing is read, if an item would stand twice or could not be ended but so."""
        before = len(self._text), self._open, self._is_quoted, self._is_escaped
        if self.follow(data):
            return True
        size, self._open, self._is_quoted, self._is_escaped = before
        del self._text[size:]
        return False

    def follow(self, data: bytes) -> bool:
        """Read on in any case; whether that was right."""
        is_right = True
        for byte in data:
            self._text.append(byte)
            is_right &= self._in_string(byte) if self._is_quoted else self._step(byte)
        return is_right and self._can_go_on()

    def _in_string(self, byte: int) -> bool:
        is_end = byte == _QUOTE and not self._is_escaped
        self._is_escaped = byte == _ESCAPE and not self._is_escaped
        self._is_quoted = not is_end
        return not is_end or self._is_new(len(self._text))

    def _step(self, byte: int) -> bool:
        if byte == _QUOTE:
            self._is_quoted = True
        elif byte in (_OPEN_ARRAY, _OPEN_OBJECT):
            self._begin(byte == _OPEN_ARRAY)
        elif byte in _CLOSE:
            return self._end()
        elif byte == _COMMA:
            return self._next()
        elif byte == _COLON:
            self._name()
        return True

    def _begin(self, is_array: bool) -> None:
        spot = self._spots[self._open[-1].inner if self._open else 0]
        self._open = (*self._open, _Open(spot, is_array, len(self._text), spot.item(0)))

    def _end(self) -> bool:
        is_new = self._is_new(len(self._text) - 1)
        self._open = self._open[:-1]
        return is_new and self._is_new(len(self._text))

    def _next(self) -> bool:
        end, top = len(self._text) - 1, self._open[-1]
        is_new = self._is_new(end)
        met = top.met if top.items is None else top.met | {item_of(bytes(self._text[top.start : end]))}
        count = top.count + 1
        self._change(start=end + 1, inner=top.spot.item(count), count=count, met=met)
        return is_new

    def _name(self) -> None:
        top = self._open[-1]
        name = item_of(bytes(self._text[top.start : -1]))
        self._change(inner=top.spot.members.get(str(name), top.spot.others))

    def _change(self, **values: object) -> None:
        *before, top = self._open
        self._open = (*before, replace(top, **values))  # type: ignore[arg-type]

    def _is_new(self, end: int) -> bool:
        """Whether what ends here, if it is an item of a watched array, is none of those before."""
        if not self._open or self._open[-1].items is None:
            return True
        top = self._open[-1]
        item = bytes(self._text[top.start : end])
        return not item or item_of(item) not in top.met

    def _can_go_on(self) -> bool:
        """Whether the item of a watched array that the text stops in can still become a new one."""
        if not self._open or self._open[-1].items is None:
            return True
        top = self._open[-1]
        begun = bytes(self._text[top.start :])
        is_ended = not self._is_quoted and begun[-1:] in (b'"', b"]", b"}")
        return is_ended or self._open[-1].items.can_be_new(begun, top.met)
