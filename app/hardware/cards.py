"""How fast graphics processors are, by what their drivers call them: makers' figures and measured ones."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from app.core.model import Device
from app.hardware.machine import Vendor

_WORDS = {
    Vendor.NVIDIA: ("nvidia", "geforce", "quadro", "tesla", "cuda"),
    Vendor.AMD: ("amd", "radeon", "rocm", "hip"),
    Vendor.INTEL: ("intel", "arc", "sycl"),
    Vendor.APPLE: ("apple", "metal", "mtl"),
}
"""In a device's description; where that tells nothing, in its name."""

_NVIDIA = """
h200 4800 200|h100 3350 200|a100 1555 80|l40s 864 55|rtx pro 6000 1792 60|gb10 273 27
rtx 5090 1792 60|rtx 5080 960 36|rtx 5070 ti 896 30|rtx 5070 672 22|rtx 5060 ti 448 16|rtx 5060 448 13
rtx 4090 1008 60|rtx 4080 717 38|rtx 4070 ti super 672 32|rtx 4070 ti 504 28|rtx 4070 504 22
rtx 4060 ti 288 16|rtx 4060 272 11|rtx 4000 sff 280 12|rtx 4090 laptop 576 36|rtx 4080 laptop 432 24
rtx 4070 laptop 256 13|rtx 4060 laptop 256 10|rtx 3090 ti 1008 30|rtx 3090 936 28|rtx 3080 ti 912 26
rtx 3080 760 22|rtx 3070 ti 608 16|rtx 3070 448 15|rtx 3060 ti 448 12|rtx 3060 360 9|rtx 3050 224 6
rtx 2080 ti 616 13|rtx 2080 448 10|rtx 2070 448 8|rtx 2060 336 6|gtx 1080 ti 484 4|gtx 1080 320 3
"""
_AMD = """
7900 xtx 960 14|7900 xt 800 12|7800 xt 624 8|7700 xt 432 7|7600 288 5|9070 640 14|9060 xt 320 8
6950 xt 576 6|6900 xt 512 6|6800 512 5|6700 xt 384 4|6600 224 2|8060s 256 3.4
"""
_APPLE = """
m1 68 1.7|m1 pro 200 3.6|m1 max 400 7|m1 ultra 800 14|m2 100 2.3|m2 pro 200 4.6|m2 max 400 9
m2 ultra 800 16|m3 100 2.7|m3 pro 150 4.5|m3 max 400 10|m3 ultra 819 18|m4 120 3|m4 pro 273 6
m4 max 546 13|m5 153 6
"""
_INTEL = "arc b580 456 8|b570 380 6|a770 560 6|a750 512 5"


@dataclass(frozen=True, slots=True)
class Pace:
    """`bandwidth` in bytes a second; of it `share` is reached, besides `pause_s` for each layer of a token.

    `work` is what prefill reaches, in floating-point operations a second.
    """

    bandwidth: float
    share: float
    pause_s: float
    work: float

    @property
    def reached(self) -> float:
        """Bytes a second."""
        return self.bandwidth * self.share


_OF_VENDOR = {
    Vendor.NVIDIA: Pace(300e9, 0.83, 50e-6, 9e12),
    Vendor.AMD: Pace(300e9, 0.58, 85e-6, 4e12),
    Vendor.APPLE: Pace(100e9, 0.55, 75e-6, 2e12),
    Vendor.INTEL: Pace(400e9, 0.5, 100e-6, 4e12),
}
"""Where the card is not known. The shares and pauses are fitted to published rates, within some 20 %."""

_OLDER = re.compile(r"\b(rtx [23]0|gtx 1)[0-9]{2}\b")
_OLDER_PAUSE_S = 110e-6
"""NVIDIA's cards before the 40 series take longer to start each of a token's many small steps."""

_UNKNOWN = Pace(200e9, 0.5, 100e-6, 2e12)
_INTEGRATED = Pace(0, 0.15, 100e-6, 0.9e12)
"""A GPU inside a PC's processor reads main memory worse than the cores do, but calculates faster."""


def vendor_of(device: Device) -> Vendor | None:
    for told in (device.description, device.name):
        words = set(re.findall("[a-z]+", told.lower()))
        if found := next((vendor for vendor, known in _WORDS.items() if words & set(known)), None):
            return found
    return None


def pace_of(device: Device, main_bandwidth: float) -> Pace:
    """How fast a GPU of the engine's is; one that is integrated shares the main memory's bandwidth."""
    vendor = vendor_of(device)
    usual = _OF_VENDOR[vendor] if vendor else _UNKNOWN
    if _OLDER.search(device.description.lower()):
        usual = replace(usual, pause_s=_OLDER_PAUSE_S)
    known = _known(device.description.lower(), vendor)
    if known is not None:
        bandwidth, work = known
        return replace(usual, bandwidth=bandwidth * 1e9, work=work * 1e12)
    if device.is_shared and vendor is not Vendor.APPLE:
        return replace(_INTEGRATED, bandwidth=main_bandwidth)
    return usual


def _known(description: str, vendor: Vendor | None) -> tuple[float, float] | None:
    """Gigabytes and tera-operations a second of the card whose name is the longest in the description."""
    table = _table(vendor)
    names = [name for name in table if f" {name} " in f" {description} "]
    return table[max(names, key=len)] if names else None


def _table(vendor: Vendor | None) -> dict[str, tuple[float, float]]:
    texts = {Vendor.NVIDIA: _NVIDIA, Vendor.AMD: _AMD, Vendor.APPLE: _APPLE, Vendor.INTEL: _INTEL}
    entries = texts[vendor].replace("\n", "|").split("|") if vendor else []
    rows = (entry.rsplit(" ", 2) for entry in entries if entry)
    return {name: (float(bandwidth), float(work)) for name, bandwidth, work in rows}
