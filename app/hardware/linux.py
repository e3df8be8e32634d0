"""What Linux tells of the computer under /proc and /sys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from app.hardware.machine import PCI_VENDORS, Gpu, Memory, Vendor

_ROOT = Path("/")

_FEATURES = {
    "pni": "SSE3", "ssse3": "SSSE3", "avx": "AVX", "f16c": "F16C", "fma": "FMA", "bmi2": "BMI2",
    "avx2": "AVX2", "avx_vnni": "AVX_VNNI", "avx512f": "AVX512", "avx512_vbmi": "AVX512_VBMI",
    "avx512vbmi": "AVX512_VBMI", "avx512_vnni": "AVX512_VNNI", "avx512_bf16": "AVX512_BF16",
    "amx_int8": "AMX_INT8", "asimd": "NEON", "asimddp": "DOTPROD", "asimdhp": "FP16_VA",
    "i8mm": "MATMUL_INT8", "sve": "SVE", "sme": "SME",
}  # fmt: skip
"""The kernel's word for each feature llama.cpp reports."""

_DISPLAY_CLASS = "0x03"
"""First byte of a PCI class: display controllers, with or without an outlet."""


def gpus(root: Path = _ROOT) -> tuple[Gpu, ...]:
    """Every PCI display controller of a known maker; a driver need not be loaded."""
    names = dict(_nvidia_names(root))
    devices = sorted((root / "sys/bus/pci/devices").glob("*"))
    found = tuple(gpu for device in devices if (gpu := _gpu(device, names)))
    driven = tuple(Gpu(Vendor.NVIDIA, name) for name in names.values())
    return found if any(gpu.vendor is Vendor.NVIDIA for gpu in found) else driven + found


def _gpu(device: Path, names: dict[str, str]) -> Gpu | None:
    vendor = PCI_VENDORS.get(_number(device / "vendor"))
    if vendor is None or not _text(device / "class").startswith(_DISPLAY_CLASS):
        return None
    name = names.get(device.name) or f"{vendor} GPU ({_text(device / 'device')})"
    return Gpu(vendor, name, _number(device / "mem_info_vram_total"))


def _nvidia_names(root: Path) -> Iterator[tuple[str, str]]:
    """PCI address and name of each GPU that NVIDIA's driver runs."""
    for folder in sorted((root / "proc/driver/nvidia/gpus").glob("*")):
        for line in _text(folder / "information").splitlines():
            if line.startswith("Model:"):
                yield folder.name, line.partition(":")[2].strip()


def processor_name(root: Path = _ROOT) -> str:
    return _cpuinfo(root, "model name") or _text(root / "sys/firmware/devicetree/base/model").strip("\0")


def features(root: Path = _ROOT) -> tuple[str, ...]:
    words = (_cpuinfo(root, "flags") or _cpuinfo(root, "Features")).split()
    return tuple(dict.fromkeys(name for word, name in _FEATURES.items() if word in words))


def fast_cores(root: Path = _ROOT) -> int:
    """Physical performance cores of a mixed Intel processor; 0 where the cores are alike."""
    cores = set()
    for number in _numbers(_text(root / "sys/devices/cpu_core/cpus")):
        topology = root / f"sys/devices/system/cpu/cpu{number}/topology"
        cores.add((_text(topology / "physical_package_id"), _text(topology / "core_id")))
    return len(cores)


def limit_memory(memory: Memory, root: Path = _ROOT) -> Memory:
    """Narrow `memory` to the limits of this process's control groups, where there are any."""
    for group in _control_groups(root):
        limit = _number(group / "memory.max") or _number(group / "memory.limit_in_bytes")
        if 0 < limit < memory.total_bytes:
            in_use = _number(group / "memory.current") or _number(group / "memory.usage_in_bytes")
            left = limit - (in_use - _droppable(group))
            memory = Memory(limit, max(0, min(memory.available_bytes, left)))
    return memory


def _control_groups(root: Path) -> Iterator[Path]:
    """The groups that count this process's memory, innermost first; a container sees its own as the root."""
    for line in _text(root / "proc/self/cgroup").splitlines() or ["0::/"]:
        controllers, _, path = line.partition(":")[2].partition(":")
        if controllers in ("", "memory"):
            top = root / "sys/fs/cgroup" / controllers
            inner = PurePosixPath(path.lstrip("/"))
            yield from (top / folder for folder in (inner, *inner.parents))


def _droppable(group: Path) -> int:
    """Bytes of files in memory that the kernel would give up first."""
    words = _text(group / "memory.stat").split()
    counts = dict(zip(words[::2], words[1::2], strict=False))
    return int(counts.get("total_inactive_file") or counts.get("inactive_file", "0"))


def _cpuinfo(root: Path, key: str) -> str:
    """The value of the first line of /proc/cpuinfo with this key."""
    for line in _text(root / "proc/cpuinfo").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == key:
            return value.strip()
    return ""


def _numbers(ranges: str) -> Iterator[int]:
    """The kernel's list format: "0-2,5" gives 0, 1, 2, 5."""
    for part in filter(None, ranges.split(",")):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _number(path: Path) -> int:
    """A whole number as the kernel writes it, decimal or 0x; 0 where there is none."""
    try:
        return int(_text(path), 0)
    except ValueError:
        return 0
