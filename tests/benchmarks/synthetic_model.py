"""Write a gpt-oss GGUF with the 20b's real shape and vocabulary and random weights, to measure speed with.

    .venv/bin/python -m tests.benchmarks.synthetic_model --layers 4 --out cut.gguf

24 layers give the full 12.1 GB. Weights are made and written in pieces, so memory stays small.
"""

from __future__ import annotations

import argparse
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from math import log2, prod, sqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.gguf.reader import GgufFile, read
from app.userdata import demo_model, places

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / "build" / "benchmarks"

ALIGNMENT = 32
PIECE_BLOCKS = 1 << 18
U32, F32, STRING = 4, 6, 8
TYPES = {"F32": 0, "Q8_0": 8, "MXFP4": 39}
MXFP4_FILE = 38
"""The `general.file_type` of a file whose experts are MXFP4."""

Pieces = Iterator[NDArray[np.generic]]


@dataclass(frozen=True, slots=True)
class Shape:
    """The numbers that make a gpt-oss; the defaults are the 20b's."""

    layers: int = 24
    embedding: int = 2880
    heads: int = 64
    kv_heads: int = 8
    head_size: int = 64
    experts: int = 32
    experts_used: int = 4
    feed_forward: int = 2880
    sliding_window: int = 128


FULL = Shape()
CUT = replace(FULL, layers=4)
SMALL = Shape(4, embedding=64, heads=4, kv_heads=2, head_size=32, experts=8, experts_used=2, feed_forward=64)


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor: `shape` as GGUF counts it, the inner dimension first; `pieces` makes its bytes."""

    name: str
    shape: tuple[int, ...]
    type: str
    pieces: Callable[[np.random.Generator, tuple[int, ...]], Pieces]

    @property
    def size_bytes(self) -> int:
        block, size_bytes = {"F32": (1, 4), "Q8_0": (32, 34), "MXFP4": (32, 17)}[self.type]
        return prod(self.shape) // block * size_bytes


def _pieces_of(blocks: int) -> Iterator[int]:
    for start in range(0, blocks, PIECE_BLOCKS):
        yield min(PIECE_BLOCKS, blocks - start)


def _mxfp4(rng: np.random.Generator, shape: tuple[int, ...]) -> Pieces:
    """Blocks of one shared exponent and 32 four-bit values, scaled so that a product keeps its size."""
    top = 127 + round(log2(1 / (2.93 * sqrt(shape[0]))))  # 2.93: the root mean square of the sixteen values
    for count in _pieces_of(prod(shape) // 32):
        blocks = rng.integers(0, 256, (count, 17), np.uint8)
        blocks[:, 0] = top - (blocks[:, 0] & 3)
        yield blocks


def _q8_0(rng: np.random.Generator, shape: tuple[int, ...]) -> Pieces:
    """Blocks of one half-precision scale and 32 signed bytes, scaled so that a product keeps its size."""
    scale = np.array([1 / (74 * sqrt(shape[0]))], np.float16).view(np.uint8)  # 74: the bytes' mean square
    for count in _pieces_of(prod(shape) // 32):
        blocks = rng.integers(0, 256, (count, 34), np.uint8)
        blocks[:, :2] = scale
        yield blocks


def _normal(rng: np.random.Generator, shape: tuple[int, ...], scale: float = 1.0) -> Pieces:
    yield (rng.standard_normal(prod(shape), np.float32) * np.float32(scale)).astype(np.float32)


def _ones(rng: np.random.Generator, shape: tuple[int, ...]) -> Pieces:
    yield np.ones(shape, np.float32)


_small = partial(_normal, scale=0.02)


def tensors(shape: Shape, vocabulary: int) -> Iterator[Tensor]:
    """Every tensor in the order of the real file."""
    width = shape.embedding
    yield Tensor("token_embd.weight", (width, vocabulary), "Q8_0", _q8_0)
    for layer in range(shape.layers):
        for tensor in (*_attention(shape), *_experts(shape)):
            yield replace(tensor, name=f"blk.{layer}.{tensor.name}")
    yield Tensor("output_norm.weight", (width,), "F32", _ones)
    yield Tensor("output.weight", (width, vocabulary), "Q8_0", _q8_0)


def _attention(shape: Shape) -> Iterator[Tensor]:
    width, queries, keys = shape.embedding, shape.heads * shape.head_size, shape.kv_heads * shape.head_size
    yield Tensor("attn_norm.weight", (width,), "F32", _ones)
    for name, rows, columns in (
        ("q", width, queries),
        ("k", width, keys),
        ("v", width, keys),
        ("output", queries, width),
    ):
        yield Tensor(f"attn_{name}.weight", (rows, columns), "Q8_0", _q8_0)
        yield Tensor(f"attn_{name}.bias", (columns,), "F32", _small)
    yield Tensor("attn_sinks.weight", (shape.heads,), "F32", _normal)
    yield Tensor("post_attention_norm.weight", (width,), "F32", _ones)


def _experts(shape: Shape) -> Iterator[Tensor]:
    width, inner, count = shape.embedding, shape.feed_forward, shape.experts
    router = partial(_normal, scale=1 / sqrt(width))
    yield Tensor("ffn_gate_inp.weight", (width, count), "F32", router)
    yield Tensor("ffn_gate_inp.bias", (count,), "F32", _small)
    for name, rows, columns in (("gate", width, inner), ("up", width, inner), ("down", inner, width)):
        yield Tensor(f"ffn_{name}_exps.weight", (rows, columns, count), "MXFP4", _mxfp4)
        yield Tensor(f"ffn_{name}_exps.bias", (columns, count), "F32", _small)


def _metadata(shape: Shape) -> dict[str, str | int | float]:
    arch = "gpt-oss"
    return {
        "general.architecture": arch,
        "general.type": "model",
        "general.name": f"Synthetic gpt-oss, {shape.layers} layers",
        "general.quantization_version": 2,
        "general.file_type": MXFP4_FILE,
        f"{arch}.block_count": shape.layers,
        f"{arch}.context_length": 131_072,
        f"{arch}.embedding_length": shape.embedding,
        f"{arch}.feed_forward_length": shape.feed_forward,
        f"{arch}.expert_feed_forward_length": shape.feed_forward,
        f"{arch}.expert_count": shape.experts,
        f"{arch}.expert_used_count": shape.experts_used,
        f"{arch}.attention.head_count": shape.heads,
        f"{arch}.attention.head_count_kv": shape.kv_heads,
        f"{arch}.attention.key_length": shape.head_size,
        f"{arch}.attention.value_length": shape.head_size,
        f"{arch}.attention.sliding_window": shape.sliding_window,
        f"{arch}.attention.layer_norm_rms_epsilon": 1e-5,
        f"{arch}.rope.freq_base": 150_000.0,
        f"{arch}.rope.scaling.type": "yarn",
        f"{arch}.rope.scaling.factor": 32.0,
        f"{arch}.rope.scaling.original_context_length": 4096,
    }


def _text(text: str) -> bytes:
    raw = text.encode()
    return struct.pack("<Q", len(raw)) + raw


def _field(key: str, value: str | int | float) -> bytes:
    if isinstance(value, str):
        return _text(key) + struct.pack("<I", STRING) + _text(value)
    kind, letter = (U32, "I") if isinstance(value, int) else (F32, "f")
    return _text(key) + struct.pack("<I" + letter, kind, value)


def _vocabulary_fields(source: GgufFile) -> list[bytes]:
    """The tokenizer's fields of another file, byte for byte."""
    fields = []
    for key, found in source.fields.items():
        if key.startswith("tokenizer."):
            kind = (found.type,) if found.count is None else (9, found.type)
            count = b"" if found.count is None else struct.pack("<Q", found.count)
            head = struct.pack(f"<{len(kind)}I", *kind) + count
            fields.append(_text(key) + head + source.header[found.start : found.end])
    return fields


def _header(shape: Shape, source: GgufFile, made: list[Tensor]) -> bytes:
    fields = [_field(key, value) for key, value in _metadata(shape).items()] + _vocabulary_fields(source)
    infos, offset = [], 0
    for tensor in made:
        dimensions = struct.pack(f"<I{len(tensor.shape)}Q", len(tensor.shape), *tensor.shape)
        infos.append(_text(tensor.name) + dimensions + struct.pack("<IQ", TYPES[tensor.type], offset))
        offset += _aligned(tensor.size_bytes)
    start = struct.pack("<4sIQQ", b"GGUF", 3, len(made), len(fields))
    header = b"".join((start, *fields, *infos))
    return header.ljust(_aligned(len(header)), b"\0")


def _aligned(size_bytes: int) -> int:
    return -(-size_bytes // ALIGNMENT) * ALIGNMENT


def write_model(path: Path, shape: Shape = FULL, *, vocabulary: Path | None = None, seed: int = 0) -> int:
    """Write the file and give its size in bytes; the tokenizer is taken from the `vocabulary` GGUF
    (None: the demo model's)."""
    source = read(vocabulary or demo_model(places(CACHE / "profile")))
    made = list(tensors(shape, source.count("tokenizer.ggml.tokens")))
    rng = np.random.Generator(np.random.SFC64(seed))
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    with unfinished.open("wb") as file:
        file.write(_header(shape, source, made))
        for tensor in made:
            for piece in tensor.pieces(rng, tensor.shape):
                file.write(piece.data)
            file.write(bytes(_aligned(tensor.size_bytes) - tensor.size_bytes))
    unfinished.replace(path)
    return path.stat().st_size


def cached(shape: Shape) -> Path:
    """A synthetic model of this shape, written once and kept in build/benchmarks."""
    path = CACHE / f"synthetic-{shape.embedding}-{shape.layers}.gguf"
    if not path.exists():
        write_model(path, shape)
    return path


def main() -> None:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("--layers", type=int, default=FULL.layers)
    parser.add_argument("--width", choices=("full", "small"), default="full", help="small: for quick tests")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    shape = replace(FULL if chosen.width == "full" else SMALL, layers=chosen.layers)
    size_bytes = write_model(chosen.out, shape, seed=chosen.seed)
    print(f"{chosen.out}: {size_bytes:,} bytes")


if __name__ == "__main__":
    main()
