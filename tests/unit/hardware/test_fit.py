"""How many layers go onto a graphics processor."""

from pathlib import Path

import pytest

from app.core.model import Device, ModelFacts
from app.hardware.fit import gpu_layers

GPT_OSS_20B = ModelFacts(
    path=Path("20b.gguf"),
    name="20b",
    architecture="gpt-oss",
    size_bytes=12_105_000_000,
    layers=24,
    experts=32,
    experts_used=4,
    embedding=2880,
    kv_heads=8,
    head_size=64,
    sliding_window=128,
    context_tokens=131_072,
    vocabulary=201_088,
)
KV_BYTES = 220_000_000
CPU = Device("CPU", "a processor", is_gpu=False, total_bytes=64 << 30, free_bytes=64 << 30)


def _card(free_gb: float) -> Device:
    return Device("CUDA0", "a card", is_gpu=True, total_bytes=24 << 30, free_bytes=int(free_gb * 1e9))


@pytest.mark.parametrize(
    ("devices", "layers"),
    [
        ((), 0),
        ((CPU,), 0),
        ((CPU, _card(0.5)), 0),
        ((CPU, _card(7.0)), 11),
        ((CPU, _card(13.3)), 23),
        ((CPU, _card(13.5)), 25),
        ((CPU, _card(3.0), _card(24.0)), 25),
    ],
)
def test_what_fits_goes_onto_the_largest_card(devices, layers):
    assert gpu_layers(GPT_OSS_20B, devices, KV_BYTES) == layers
