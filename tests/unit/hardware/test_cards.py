"""A GPU is known by what its driver calls it, whichever way that writes it."""

from __future__ import annotations

import pytest

from app.core.model import Device
from app.hardware.cards import pace_of, vendor_of
from app.hardware.machine import Vendor
from tests.helpers.machines import card, shared

MAIN = 80e9


@pytest.mark.parametrize(
    ("device", "vendor"),
    [
        (card("NVIDIA GeForce RTX 4090", 24, 23), Vendor.NVIDIA),
        (card("", 24, 23, "CUDA0"), Vendor.NVIDIA),
        (card("AMD Radeon RX 7900 XTX (RADV NAVI31)", 24, 23, "Vulkan0"), Vendor.AMD),
        (card("gfx1100", 24, 23, "ROCm0"), Vendor.AMD),
        (shared("Apple M4 Pro", 18), Vendor.APPLE),
        (shared("Intel(R) Graphics (MTL)", 8, "Vulkan0"), Vendor.INTEL),
        (shared("Intel(R) Arc(tm) Graphics", 8, "Vulkan0"), Vendor.INTEL),
        (card("llvmpipe (LLVM 20.1, 256 bits)", 8, 8, "Vulkan0"), None),
    ],
)
def test_its_maker(device: Device, vendor: Vendor | None) -> None:
    assert vendor_of(device) is vendor


@pytest.mark.parametrize(
    ("device", "gb_per_s"),
    [
        (card("NVIDIA GeForce RTX 4070", 12, 11), 504),
        (card("NVIDIA GeForce RTX 4070 Ti SUPER", 16, 15), 672),
        (card("NVIDIA GeForce RTX 4070 Laptop GPU", 8, 7), 256),
        (card("AMD Radeon RX 7900 XT", 20, 19, "Vulkan0"), 800),
        (card("AMD Radeon RX 7900 XTX", 24, 23, "Vulkan0"), 960),
        (shared("Apple M4", 12), 120),
        (shared("Apple M4 Max", 48), 546),
        (shared("Intel(R) Graphics (MTL)", 8, "Vulkan0"), 80),
        (shared("AMD Radeon 780M", 8, "Vulkan0"), 80),
        (shared("Apple M9", 12), 100),
        (card("NVIDIA GeForce RTX 9999", 48, 47), 300),
        (card("something new", 48, 47, "X0"), 200),
    ],
)
def test_its_bandwidth_by_the_longest_name_that_fits(device: Device, gb_per_s: float) -> None:
    assert pace_of(device, MAIN).bandwidth == gb_per_s * 1e9


def test_older_cards_are_slower_to_start() -> None:
    older, newer = (
        pace_of(card(f"NVIDIA GeForce {name}", 8, 8), MAIN) for name in ("RTX 3060 Ti", "RTX 4060 Ti")
    )
    assert older.pause_s > newer.pause_s
    assert older.share == newer.share
