"""What Windows tells of the computer through its oldest, cheapest calls."""

from __future__ import annotations

import ctypes
import platform
import re
from collections.abc import Iterable, Iterator

from app.hardware.machine import PCI_VENDORS, Gpu

_FEATURES = {13: "SSE3", 36: "SSSE3", 39: "AVX", 40: "AVX2", 41: "AVX512", 19: "NEON", 43: "DOTPROD"}
"""Numbers that IsProcessorFeaturePresent knows (PF_..._INSTRUCTIONS_AVAILABLE)."""


class _Adapter(ctypes.Structure):
    """DISPLAY_DEVICEW."""

    _fields_ = [
        ("size", ctypes.c_uint32),
        ("outlet", ctypes.c_wchar * 32),
        ("name", ctypes.c_wchar * 128),
        ("flags", ctypes.c_uint32),
        ("id", ctypes.c_wchar * 128),
        ("key", ctypes.c_wchar * 128),
    ]


def gpus() -> tuple[Gpu, ...]:
    return known_gpus(_adapters())


def known_gpus(adapters: Iterable[tuple[str, str]]) -> tuple[Gpu, ...]:
    """GPUs of known makers among (device id, name) pairs; a card with four outlets is named four times."""
    found: dict[str, Gpu] = {}
    for device_id, name in adapters:
        vendor = re.match(r"PCI\\VEN_([0-9A-F]{4})&", device_id, re.IGNORECASE)
        if vendor and (maker := PCI_VENDORS.get(int(vendor.group(1), 16))):
            found[device_id] = Gpu(maker, name)
    return tuple(found.values())


def _adapters() -> Iterator[tuple[str, str]]:
    number = 0
    while adapter := _adapter(number):
        yield adapter.id, adapter.name
        number += 1


def _adapter(number: int) -> _Adapter | None:
    adapter = _Adapter(size=ctypes.sizeof(_Adapter))
    found = ctypes.CDLL("user32").EnumDisplayDevicesW(None, number, ctypes.byref(adapter), 0)
    return adapter if found else None


def processor_name() -> str:
    return platform.processor()


def features() -> tuple[str, ...]:
    present = ctypes.CDLL("kernel32").IsProcessorFeaturePresent
    return tuple(name for number, name in _FEATURES.items() if present(number))


def fast_cores() -> int:
    """Not told cheaply; 0 means that all cores count."""
    return 0
