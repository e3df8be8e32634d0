"""What was measured of this computer, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.core.model import Device


class Vendor(StrEnum):
    NVIDIA = "NVIDIA"
    AMD = "AMD"
    INTEL = "Intel"
    APPLE = "Apple"


PCI_VENDORS = {0x10DE: Vendor.NVIDIA, 0x1002: Vendor.AMD, 0x8086: Vendor.INTEL}


@dataclass(frozen=True, slots=True)
class Gpu:
    """A graphics processor that is built in, whether or not the engine can use it; 0 bytes: not told."""

    vendor: Vendor
    name: str
    memory_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Processor:
    """The CPU; `features` are named as llama.cpp names them, so that the two can be compared.

    `performance_cores` leaves out the slow cores of a mixed processor and the twins of hyper-threading.
    """

    name: str
    physical_cores: int
    logical_cores: int
    performance_cores: int
    features: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Memory:
    """Main memory this process may use; a container's limit counts."""

    total_bytes: int
    available_bytes: int


class Power(StrEnum):
    """Where the electricity comes from; a computer without a battery is on the mains."""

    MAINS = "mains"
    BATTERY = "battery"


@dataclass(frozen=True, slots=True)
class UnusedGpu:
    """A graphics processor the engine was not built for, and the command that builds it anew."""

    gpu: Gpu
    rebuild: str


@dataclass(frozen=True, slots=True)
class Machine:
    """All of it; `gpus` are built in, `devices` are what the engine can use, as it reports them itself.

    `bandwidth` is what all fast cores together read of main memory, in bytes a second; 0: not measured.
    """

    processor: Processor
    memory: Memory
    gpus: tuple[Gpu, ...] = ()
    devices: tuple[Device, ...] = ()
    unused_gpus: tuple[UnusedGpu, ...] = ()
    bandwidth: int = 0
    power: Power = Power.MAINS
