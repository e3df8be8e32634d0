"""How much memory a model needs: its file, its KV cache at this context, and the engine itself."""

from __future__ import annotations

from app.core.model import ModelFacts

ENGINE_BYTES = 330_000_000
"""Compute buffers, the tokenizer and the grammar."""

REPACKED_PART = 0.81
"""The share of the file that repacking copies for the CPU: the experts."""

_HALF = 2
_MICRO_BATCH = 512
_CELLS = 256


def needed_bytes(facts: ModelFacts, context_tokens: int) -> int:
    """What the model takes while it runs well, without a second, repacked copy of its weights."""
    return facts.size_bytes + kv_bytes(facts, context_tokens) + ENGINE_BYTES


def kv_bytes(facts: ModelFacts, context_tokens: int) -> int:
    """The KV cache in 16-bit floats. Every other layer sees a sliding window only."""
    context = min(context_tokens, facts.context_tokens)
    window = -(-(facts.sliding_window + _MICRO_BATCH) // _CELLS) * _CELLS
    full_layers = facts.layers // 2
    cells = full_layers * context + (facts.layers - full_layers) * min(context, window)
    keys_and_values = 2
    return cells * keys_and_values * facts.kv_heads * facts.head_size * _HALF


def can_repack(facts: ModelFacts, needed: int, free_bytes: int) -> bool:
    """Whether there is room for the faster, repacked copy beside the file's own pages."""
    return needed + REPACKED_PART * facts.size_bytes <= free_bytes
