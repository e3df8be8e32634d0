"""Measure this computer without loading a driver's library or starting a process."""

from __future__ import annotations

import os
import platform
from typing import Protocol

import psutil

from app.hardware import linux, mac, windows
from app.hardware.machine import Gpu, Machine, Memory, Power, Processor


class System(Protocol):
    """What each operating system's module tells."""

    def gpus(self) -> tuple[Gpu, ...]: ...
    def processor_name(self) -> str: ...
    def features(self) -> tuple[str, ...]: ...
    def fast_cores(self) -> int: ...


def probe() -> Machine:
    """Measure anew; takes a few milliseconds. The engine's devices and the bandwidth are not in it."""
    system = _system()
    return Machine(_processor(system), memory(), system.gpus(), power=power())


def memory() -> Memory:
    """What is free now; the cheapest part, asked before each load."""
    measured = psutil.virtual_memory()
    return linux.limit_memory(Memory(measured.total, measured.available))


def power() -> Power:
    """Whether this computer runs on its battery now."""
    battery = psutil.sensors_battery() if hasattr(psutil, "sensors_battery") else None
    on_battery = battery is not None and battery.power_plugged is False
    return Power.BATTERY if on_battery else Power.MAINS


def performance_cores() -> int:
    """How many threads decode fastest: one per fast physical core this process may use."""
    return _processor(_system()).performance_cores


def _system() -> System:
    return {"Darwin": mac, "Windows": windows}.get(platform.system(), linux)


def _processor(system: System) -> Processor:
    logical = _usable_cores()
    physical = min(psutil.cpu_count(logical=False) or logical, logical)
    fast = min(system.fast_cores() or physical, physical)
    name = system.processor_name() or platform.machine()
    return Processor(name, physical, logical, fast, system.features())


def _usable_cores() -> int:
    """Cores this process may run on; `taskset` and containers narrow them."""
    this = psutil.Process()
    if hasattr(this, "cpu_affinity"):  # macOS has none
        return len(this.cpu_affinity())
    return os.cpu_count() or 1
