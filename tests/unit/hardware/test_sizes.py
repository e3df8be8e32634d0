"""Bytes of keys, values and buffers, against what llama.cpp was seen to allocate."""

from __future__ import annotations

import pytest

from app.core.model import KvType
from app.hardware.sizes import compute_bytes, sizes_of
from tests.benchmarks.synthetic_model import CUT
from tests.helpers.full_size import architecture

FULL_SIZE = architecture()
CUT_SIZE = architecture(CUT)
MIB = 1 << 20


@pytest.mark.parametrize(
    ("context", "full", "windows"), [(8192, 201e6, 19e6), (32_768, 805e6, 19e6), (131_072, 3.22e9, 19e6)]
)
def test_keys_and_values_of_the_20b(context: int, full: float, windows: float) -> None:
    # facts/engine.md, at a micro-batch of 512
    layers = sizes_of(FULL_SIZE, context, KvType.F16, 512).layers
    assert sum(layer.kv for layer in layers[1::2]) == pytest.approx(full, rel=0.005)
    assert sum(layer.kv for layer in layers[::2]) == pytest.approx(windows, rel=0.01)


def test_eight_bits_take_a_little_more_than_half() -> None:
    half, whole = (sizes_of(FULL_SIZE, 8192, kind, 64).layers[1].kv for kind in (KvType.Q8_0, KvType.F16))
    assert half * 32 == whole * 17


def test_a_context_is_cut_to_the_models_own_and_rounded_up() -> None:
    assert sizes_of(FULL_SIZE, 1 << 20, KvType.F16, 64) == sizes_of(FULL_SIZE, 131_072, KvType.F16, 64)
    assert sizes_of(FULL_SIZE, 8193, KvType.F16, 64).layers[1].kv == 2048 * 8448


@pytest.mark.parametrize(
    ("context", "batch", "allocated_mib"),
    [
        (4096, 64, 12.08),
        (131_072, 64, 27.58),
        (8192, 128, 25.16),
        (8192, 512, 101.14),
        (131_072, 512, 221.14),
        (8192, 1024, 203.29),
        (8192, 2048, 410.58),
    ],
)
def test_the_compute_buffer_is_what_llama_cpp_allocates(
    context: int, batch: int, allocated_mib: float
) -> None:
    # As it told with the full-width cut of four layers.
    assert compute_bytes(CUT_SIZE, context, batch) / MIB == pytest.approx(allocated_mib, rel=0.01)
