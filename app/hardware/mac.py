"""What macOS tells of the computer through sysctl."""

from __future__ import annotations

import ctypes
import platform

from app.hardware.machine import Gpu, Vendor

_ARM_FEATURES = {
    "FEAT_DotProd": "DOTPROD",
    "FEAT_FP16": "FP16_VA",
    "FEAT_I8MM": "MATMUL_INT8",
    "FEAT_SME": "SME",
}
_INTEL_FEATURES = {"avx1_0": "AVX", "f16c": "F16C", "fma": "FMA", "avx2_0": "AVX2", "avx512f": "AVX512"}


def gpus() -> tuple[Gpu, ...]:
    """Every Apple Silicon has a GPU that Metal drives, in the memory it shares with the processor."""
    return (Gpu(Vendor.APPLE, processor_name()),) if platform.machine() == "arm64" else ()


def processor_name() -> str:
    return _sysctl("machdep.cpu.brand_string").rstrip(b"\0").decode("utf-8", "replace")


def features() -> tuple[str, ...]:
    if platform.machine() == "arm64":
        present = (name for key, name in _ARM_FEATURES.items() if _number(f"hw.optional.arm.{key}"))
        return ("NEON", *present)
    return tuple(name for key, name in _INTEL_FEATURES.items() if _number(f"hw.optional.{key}"))


def fast_cores() -> int:
    """Performance cores of Apple Silicon; 0 on Intel."""
    return _number("hw.perflevel0.physicalcpu")


def _number(name: str) -> int:
    return int.from_bytes(_sysctl(name), "little")


def _sysctl(name: str) -> bytes:
    """The raw value, empty where this machine does not know the name."""
    library = ctypes.CDLL(None)
    size = ctypes.c_size_t(256)
    value = ctypes.create_string_buffer(size.value)
    failed = library.sysctlbyname(name.encode(), value, ctypes.byref(size), None, ctypes.c_size_t(0))
    return b"" if failed else value.raw[: size.value]
