"""What to try next when a load failed for want of memory: each step takes less than the one before."""

from __future__ import annotations

import re
from dataclasses import replace

from app.core.model import LoadOptions

LEAST_CONTEXT = 2048

_PARTS = 4
"""Experts leave a GPU a quarter of the layers at a time."""

_OF_MEMORY = re.compile(r"alloc|out of (device )?memory|outofdevicememory|insufficient memory", re.IGNORECASE)


def is_for_memory(reason: str) -> bool:
    """Whether an error of llama.cpp's is told of memory that could not be had."""
    return _OF_MEMORY.search(reason) is not None


def step_down(options: LoadOptions, layers: int) -> LoadOptions | None:
    """Options that take less, None where there is nothing left to give up.

    The experts of more layers leave the GPU first: they are most of it, and what they cost in speed is
    least. Then all leaves it, then the repacked copy goes, then half of the context, again and again.
    """
    if options.gpu_layers:
        on_cpu = max(options.cpu_experts, layers + 1 - options.gpu_layers)
        if on_cpu < layers:
            more = min(layers, on_cpu + -(-layers // _PARTS))
            return replace(options, cpu_experts=more, mapped=False)
        return replace(
            options, gpu_layers=0, cpu_experts=0, split=(), micro_batch=0, repack=False, mapped=True
        )
    if options.repack:
        return replace(options, repack=False, mapped=True)
    if options.context_tokens > LEAST_CONTEXT:
        return replace(options, context_tokens=max(LEAST_CONTEXT, options.context_tokens // 2))
    return None
