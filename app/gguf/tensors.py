"""Tensors as a GGUF header lists them, and how many bytes each GGML type takes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import prod

from app.core.architecture import Part


@dataclass(frozen=True, slots=True)
class TensorType:
    """A GGML type: `block_bytes` bytes hold `block_size` values."""

    name: str
    block_size: int
    block_bytes: int

    def size_bytes(self, shape: tuple[int, ...]) -> int:
        return prod(shape) // self.block_size * self.block_bytes


TENSOR_TYPES = {
    0: TensorType("F32", 1, 4),
    1: TensorType("F16", 1, 2),
    2: TensorType("Q4_0", 32, 18),
    3: TensorType("Q4_1", 32, 20),
    6: TensorType("Q5_0", 32, 22),
    7: TensorType("Q5_1", 32, 24),
    8: TensorType("Q8_0", 32, 34),
    9: TensorType("Q8_1", 32, 36),
    10: TensorType("Q2_K", 256, 84),
    11: TensorType("Q3_K", 256, 110),
    12: TensorType("Q4_K", 256, 144),
    13: TensorType("Q5_K", 256, 176),
    14: TensorType("Q6_K", 256, 210),
    15: TensorType("Q8_K", 256, 292),
    16: TensorType("IQ2_XXS", 256, 66),
    17: TensorType("IQ2_XS", 256, 74),
    18: TensorType("IQ3_XXS", 256, 98),
    19: TensorType("IQ1_S", 256, 50),
    20: TensorType("IQ4_NL", 32, 18),
    21: TensorType("IQ3_S", 256, 110),
    22: TensorType("IQ2_S", 256, 82),
    23: TensorType("IQ4_XS", 256, 136),
    24: TensorType("I8", 1, 1),
    25: TensorType("I16", 1, 2),
    26: TensorType("I32", 1, 4),
    27: TensorType("I64", 1, 8),
    28: TensorType("F64", 1, 8),
    29: TensorType("IQ1_M", 256, 56),
    30: TensorType("BF16", 1, 2),
    34: TensorType("TQ1_0", 256, 54),
    35: TensorType("TQ2_0", 256, 66),
    39: TensorType("MXFP4", 32, 17),
    40: TensorType("NVFP4", 64, 36),
    41: TensorType("Q1_0", 128, 18),
}
"""By the number a GGUF header gives; a type missing here makes a file unreadable, never mismeasured."""


@dataclass(frozen=True, slots=True)
class TensorInfo:
    """One tensor; `shape` as GGML has it, fastest axis first; `offset_bytes` from the start of the file."""

    name: str
    shape: tuple[int, ...]
    type: str
    offset_bytes: int
    size_bytes: int

    @property
    def parameters(self) -> int:
        return prod(self.shape)

    @property
    def place(self) -> tuple[int | None, Part]:
        """Its layer, None outside of the layers, and what it does there."""
        return place_of(self.name)


_LAYER = re.compile(r"blk\.([0-9]{1,6})\.(.+)")
_PARTS = (
    (re.compile(r"(.*_)?norm\b"), Part.NORMS),
    (re.compile(r"ffn_(gate|up|down|gate_up)_exps\b"), Part.EXPERTS),
    (re.compile(r"ffn_gate_inp\b"), Part.ROUTER),
    (re.compile(r"attn_"), Part.ATTENTION),
    (re.compile(r"token_embd\b"), Part.EMBEDDING),
    (re.compile(r"output\b"), Part.OUTPUT),
)


def place_of(name: str) -> tuple[int | None, Part]:
    """The layer of the tensor with this name, None outside of the layers, and the part it belongs to."""
    inside = _LAYER.match(name)
    layer, rest = (int(inside[1]), inside[2]) if inside else (None, name)
    return layer, next((part for pattern, part in _PARTS if pattern.match(rest)), Part.OTHER)
