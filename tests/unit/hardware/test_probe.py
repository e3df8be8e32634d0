"""The measured machine is plausible and measured fast; the other systems' pure parts."""

import time

from app.hardware import windows
from app.hardware.machine import Gpu, Vendor
from app.hardware.probe import memory, performance_cores, probe


def test_this_machine() -> None:
    machine = probe()
    assert 1 <= machine.processor.performance_cores <= machine.processor.physical_cores
    assert machine.processor.physical_cores <= machine.processor.logical_cores
    assert machine.processor.name
    assert machine.processor.features
    assert 0 < memory().available_bytes < memory().total_bytes
    assert performance_cores() == machine.processor.performance_cores


def test_probing_is_fast() -> None:
    begun = time.perf_counter()
    for _ in range(5):
        probe()
    assert (time.perf_counter() - begun) / 5 < 0.1


def test_windows_names_a_card_once_however_many_outlets_it_has() -> None:
    card = r"PCI\VEN_10DE&DEV_2684&SUBSYS_88E21043&REV_A1"
    adapters = [(card, "NVIDIA GeForce RTX 4090")] * 4 + [(r"ROOT\BasicDisplay", "Basic"), ("", "Mirror")]
    assert windows.known_gpus(adapters) == (Gpu(Vendor.NVIDIA, "NVIDIA GeForce RTX 4090"),)
