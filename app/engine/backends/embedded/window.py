"""Rearrange a saved sliding window so that a restore puts every position into the cell it had.

llama.cpp restores a window into the first cells of its ring. What follows then meets the same keys in
another order, and sums of the same numbers in another order differ in their last bits. In a context that
was never cut back, position `p` lies in cell `p % ring`; with that layout a restored cache gives logits
equal to the bit. Cells before the window are filled with older positions, which no token looks at.
"""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray

_HEAD = struct.Struct("<4I")
"""Magic, version, streams, cells; then each cell's position, number of sequences (1) and sequence."""

_CELL = np.dtype([("position", "<i4"), ("sequences", "<u4"), ("sequence", "<i4")])
_LAYERS = struct.Struct("<2I")
"""Whether values lie transposed, and how many layers follow: their keys, then their values."""

_ROWS = struct.Struct("<iQ")
"""Type and bytes of a row; then one row per cell."""


def lay_out(state: bytes, position: int, window: int, ring: int) -> bytes:
    """The state of a context after `position` tokens, laid out as in a ring that was only appended to.

    A state in a form this program does not know is given back as it is, which restores it just as well.
    """
    *head, count = _HEAD.unpack_from(state)
    cells = np.frombuffer(state, _CELL, count, _HEAD.size)
    start = _HEAD.size + cells.nbytes
    transposed, layers = _LAYERS.unpack_from(state, start)
    blocks = None if transposed else _blocks(state, start + _LAYERS.size, 2 * layers, count)
    if blocks is None or not np.all(cells["sequences"] == 1):
        return state
    positions = _positions(position, window, ring)
    rows = _rows_of(positions, cells["position"])
    laid = cells[rows]
    laid["position"] = positions
    parts = [_HEAD.pack(*head, len(laid)), laid.tobytes(), _LAYERS.pack(transposed, layers)]
    for kind, block in blocks:
        parts += [_ROWS.pack(kind, block.shape[1]), block[rows].tobytes()]
    return b"".join(parts)


def _blocks(state: bytes, start: int, count: int, rows: int) -> list[tuple[int, NDArray[np.uint8]]] | None:
    """Every layer's type and rows; None unless they fill the state to its last byte."""
    blocks = []
    for _ in range(count):
        if start + _ROWS.size > len(state):
            return None
        kind, width = _ROWS.unpack_from(state, start)
        start += _ROWS.size
        if start + rows * width > len(state):
            return None
        blocks.append((kind, np.frombuffer(state, np.uint8, rows * width, start).reshape(rows, width)))
        start += rows * width
    return blocks if start == len(state) else None


def _positions(position: int, window: int, ring: int) -> NDArray[np.int32]:
    """The position that each cell from the first on holds after `position` tokens.

    Cells beyond the window's end stay empty where they can, for the next token goes to the first free cell.
    """
    past_start = position % ring
    cells = past_start if past_start >= window or position < ring else ring
    last = position - 1
    positions: NDArray[np.int32] = last - (last - np.arange(cells, dtype=np.int32)) % ring
    return positions


def _rows_of(positions: NDArray[np.int32], saved: NDArray[np.int32]) -> NDArray[np.intp]:
    """Which saved row holds each position; any row where none does."""
    order = np.argsort(saved)
    places = np.searchsorted(saved, positions, sorter=order).clip(0, len(saved) - 1)
    rows: NDArray[np.intp] = order[places]
    return rows
