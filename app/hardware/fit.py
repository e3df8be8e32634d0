"""Decide from what was measured how much of a model goes onto the graphics processor."""

from __future__ import annotations

from collections.abc import Iterable

from app.core.model import Device, ModelFacts

MARGIN_BYTES = 1 << 30
"""Left free on the card: compute buffers there, and the desktop."""


def gpu_layers(facts: ModelFacts, devices: Iterable[Device], context_bytes: int) -> int:
    """How many layers fit the largest GPU the engine can use, 0 where there is none.

    `context_bytes` is the KV cache of all layers. One more than the model's layers means all of it,
    the output matrix included.
    """
    free_bytes = max((device.free_bytes for device in devices if device.is_gpu), default=0)
    room_bytes = free_bytes - MARGIN_BYTES
    whole_bytes = facts.size_bytes + context_bytes
    if room_bytes >= whole_bytes:
        return facts.layers + 1
    return max(0, room_bytes * facts.layers // whole_bytes)
