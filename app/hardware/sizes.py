"""How many bytes each part of a loaded model takes, by llama.cpp's own arithmetic."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.architecture import Architecture, Part
from app.core.model import KvType

ENGINE_BYTES = 270_000_000
"""The engine's own programs, the vocabulary and the grammar."""

GPU_ENGINE_BYTES = 300_000_000
"""What a GPU's driver takes of main memory besides."""

CELLS_STEP = 256
"""llama.cpp rounds the cells of a cache up to this."""

_BITS_OF_A_VALUE = {KvType.F16: 16.0, KvType.Q8_0: 8.5}
_EMBEDDINGS_AT_ONCE = 0.425
"""Measured besides the experts' own intermediate results, in rows of the embedding's width."""

_MATRICES = 3
"""Of each expert: gate, up and down."""


@dataclass(frozen=True, slots=True)
class LayerSizes:
    """One layer: all but its experts, its experts, and its keys and values at the full context."""

    weights: int
    experts: int
    kv: int


@dataclass(frozen=True, slots=True)
class Sizes:
    """`compute` is what each processor needs for the intermediate results of one micro-batch, and `upload`
    what a GPU needs besides for one matrix of experts that lie in main memory.
    """

    layers: tuple[LayerSizes, ...]
    embedding: int
    output: int
    compute: int
    upload: int
    context_tokens: int


def sizes_of(
    model: Architecture, context_tokens: int, kv_type: KvType, micro_batch: int, experts: int | None = None
) -> Sizes:
    """The bytes at this context, cut to the model's own; as if it had fewer `experts`, where given."""
    context = min(context_tokens, model.facts.context_tokens)
    kept = model.facts.experts if experts is None else experts
    layers = tuple(_layer(model, layer, context, kv_type, micro_batch, kept) for layer in model.layers)
    embedding = model.size_bytes(Part.EMBEDDING)
    output = model.size_bytes(Part.OUTPUT) if model.has_output else embedding
    return Sizes(
        layers=layers,
        embedding=embedding,
        output=output + model.size_bytes(Part.NORMS, Part.OTHER),
        compute=compute_bytes(model, context, micro_batch),
        upload=max(layer.experts for layer in layers) // _MATRICES,
        context_tokens=context,
    )


def _layer(
    model: Architecture, layer: int, context: int, kv_type: KvType, micro_batch: int, kept: int
) -> LayerSizes:
    weights = model.size_bytes(*(part for part in Part if part is not Part.EXPERTS), layer=layer)
    experts = model.size_bytes(Part.EXPERTS, layer=layer) * kept // model.facts.experts
    return LayerSizes(weights, experts, kv_bytes(model, layer, context, kv_type, micro_batch))


def kv_bytes(model: Architecture, layer: int, context: int, kv_type: KvType, micro_batch: int) -> int:
    """One layer's keys and values; a sliding layer keeps its window and one micro-batch."""
    facts = model.facts
    cells = context
    if model.is_sliding(layer):
        cells = min(context, facts.sliding_window + micro_batch)
    values = 2 * facts.kv_heads * facts.head_size
    return int(_rounded(cells) * values * _BITS_OF_A_VALUE[kv_type] / 8)


def compute_bytes(model: Architecture, context: int, micro_batch: int) -> int:
    """The compute buffer with one row of logits: four copies of what the chosen experts hold inside, and
    a mask in half precision for each kind of layer.
    """
    facts = model.facts
    inside = 4 * facts.experts_used * max(model.feed_forward, facts.embedding)
    single = 4 * (inside + _EMBEDDINGS_AT_ONCE * facts.embedding)
    masks = 2 * (_rounded(context) + _rounded(min(context, facts.sliding_window + micro_batch)))
    return int(micro_batch * (single + masks))


def _rounded(cells: int) -> int:
    return -(-cells // CELLS_STEP) * CELLS_STEP
