"""What was measured of this computer, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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


@dataclass(frozen=True, slots=True)
class Machine:
    processor: Processor
    memory: Memory
    gpus: tuple[Gpu, ...] = ()
