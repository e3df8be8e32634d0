"""Computers as people have them, to plan for: sizes in GB, free memory as it is with a browser open."""

from __future__ import annotations

from app.core.model import Device
from app.hardware.machine import Machine, Memory, Processor

GB = 10**9


def card(description: str, total_gb: float, free_gb: float, name: str = "CUDA0") -> Device:
    """A GPU with its own memory."""
    return Device(
        name, description, is_gpu=True, total_bytes=int(total_gb * GB), free_bytes=int(free_gb * GB)
    )


def shared(description: str, total_gb: float, name: str = "MTL0") -> Device:
    """A GPU that takes from the main memory, as much as the system lets it."""
    size = int(total_gb * GB)
    return Device(name, description, is_gpu=True, total_bytes=size, free_bytes=size, is_shared=True)


def computer(
    cores: int, total_gb: float, free_gb: float, read_gb: float, *devices: Device, features: str = "AVX2"
) -> Machine:
    """`read_gb`: gigabytes a second that its cores read of the memory."""
    return Machine(
        Processor("a processor", cores, cores, cores, tuple(features.split())),
        Memory(int(total_gb * GB), int(free_gb * GB)),
        devices=devices,
        bandwidth=int(read_gb * GB),
    )


CPU_8 = computer(4, 8.2, 5.5, 30)
CPU_16 = computer(6, 16.6, 13.5, 40)
CPU_24 = computer(8, 25.0, 22.5, 60)
CPU_32 = computer(8, 33.0, 28.0, 60)
CPU_64 = computer(16, 67.0, 58.0, 70, features="AVX2 AVX512")
OLD_CPU_32 = computer(4, 33.0, 28.0, 20, features="SSE3 AVX")

RTX_2080 = "NVIDIA GeForce RTX 2080"
RTX_3060 = "NVIDIA GeForce RTX 3060"
RTX_4060 = "NVIDIA GeForce RTX 4060"

GPU_4_RAM_16 = computer(4, 16.6, 12.5, 35, card("NVIDIA GeForce GTX 1650", 4.2, 3.9))
GPU_8_RAM_8 = computer(4, 8.2, 5.5, 35, card(RTX_4060, 8.2, 7.6))
GPU_8_RAM_16 = computer(6, 16.6, 12.0, 40, card(RTX_4060, 8.2, 7.6))
GPU_8_RAM_32 = computer(10, 33.0, 26.0, 65, card(RTX_2080, 8.2, 7.7))
GPU_12_RAM_16 = computer(6, 16.6, 12.0, 40, card(RTX_3060, 12.6, 12.0))
GPU_12_RAM_32 = computer(8, 33.0, 26.0, 60, card("NVIDIA GeForce RTX 4070", 12.6, 12.0))
GPU_16_RAM_16 = computer(6, 16.6, 12.0, 40, card("NVIDIA GeForce RTX 4060 Ti", 16.9, 16.2))
GPU_16_RAM_32 = computer(8, 33.0, 26.0, 60, card("AMD Radeon RX 9070 XT", 17.1, 16.4, "Vulkan0"))
GPU_20_RAM_32 = computer(8, 33.0, 26.0, 45, card("AMD Radeon RX 7900 XT", 21.4, 20.5, "Vulkan0"))
GPU_24_RAM_16 = computer(8, 16.6, 12.0, 50, card("NVIDIA GeForce RTX 3090", 25.3, 24.2))
GPU_24_RAM_32 = computer(8, 33.0, 26.0, 60, card("NVIDIA GeForce RTX 4090", 25.3, 24.2))

M1_8 = computer(4, 8.6, 4.5, 60, shared("Apple M1", 5.7), features="NEON")
M1_16 = computer(4, 17.2, 13.4, 60, shared("Apple M1", 12.0), features="NEON")
M4_16 = computer(4, 17.2, 13.6, 100, shared("Apple M4", 12.7), features="NEON")
M4_PRO_24 = computer(8, 25.8, 20.0, 220, shared("Apple M4 Pro", 18.0), features="NEON")
M2_ULTRA_192 = computer(16, 206.0, 180.0, 400, shared("Apple M2 Ultra", 150.0), features="NEON")

LAPTOP_16 = computer(6, 16.6, 13.5, 80, shared("Intel(R) Graphics (MTL)", 8.3, "Vulkan0"))
LAPTOP_32 = computer(6, 33.0, 26.0, 80, shared("Intel(R) Arc(tm) Graphics", 16.5, "Vulkan0"))
STRIX_HALO = computer(
    16, 67.0, 60.0, 120, shared("AMD Radeon 8060S", 48.0, "Vulkan0"), features="AVX2 AVX512"
)

TWO_12 = computer(8, 33.0, 26.0, 60, card(RTX_3060, 12.6, 12.0), card(RTX_3060, 12.6, 12.0, "CUDA1"))
TWO_8 = computer(
    8, 16.6, 12.0, 40, card(RTX_2080, 8.6, 8.0), card("NVIDIA GeForce RTX 3070", 8.6, 8.2, "CUDA1")
)
SMALL_AND_LARGE = computer(
    8, 33.0, 26.0, 60, card(RTX_2080, 8.6, 8.2), card("NVIDIA GeForce RTX 3090", 25.3, 24.2, "CUDA1")
)
CARD_AND_INTEGRATED = computer(
    6, 16.6, 12.0, 40, card(RTX_4060, 8.2, 7.6), shared("Intel(R) UHD Graphics 770", 8.0, "Vulkan0")
)
