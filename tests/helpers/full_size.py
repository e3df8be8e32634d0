"""The architecture of a synthetic gpt-oss, from its list of tensors: no file is written."""

from __future__ import annotations

from pathlib import Path

from app.core.architecture import About, Architecture
from app.core.model import ModelFacts
from app.gguf.anatomy import portions
from app.gguf.tensors import TensorInfo
from tests.benchmarks.synthetic_model import FULL, Shape, tensors

VOCABULARY = 201_088
HEADER_BYTES = 13_000_000


def architecture(shape: Shape = FULL) -> Architecture:
    """The real 20b's shape, byte for byte, unless another is given."""
    listed = [
        TensorInfo(each.name, each.shape, each.type, 0, each.size_bytes)
        for each in tensors(shape, VOCABULARY)
    ]
    facts = ModelFacts(
        path=Path("gpt-oss-20b.gguf"),
        name="gpt-oss-20b",
        architecture="gpt-oss",
        size_bytes=HEADER_BYTES + sum(each.size_bytes for each in listed),
        layers=shape.layers,
        experts=shape.experts,
        experts_used=shape.experts_used,
        embedding=shape.embedding,
        kv_heads=shape.kv_heads,
        head_size=shape.head_size,
        sliding_window=shape.sliding_window,
        context_tokens=131_072,
        vocabulary=VOCABULARY,
    )
    return Architecture(facts, About(), shape.heads, shape.feed_forward, portions(listed))
