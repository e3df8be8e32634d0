"""The measured machine is plausible and measured fast; the other systems' pure parts."""

import time

import psutil
import pytest

from app.hardware import windows
from app.hardware.bandwidth import measure_bandwidth
from app.hardware.machine import Gpu, Power, Vendor
from app.hardware.probe import memory, performance_cores, power, probe


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


def test_bandwidth_is_that_of_memory() -> None:
    assert 1e8 < measure_bandwidth(performance_cores(), memory().available_bytes) < 1e13
    assert measure_bandwidth(1, 1 << 20) == 0


@pytest.mark.parametrize(
    ("plugged", "expected"),
    [(True, Power.MAINS), (False, Power.BATTERY), (None, Power.MAINS)],
)
def test_a_laptop_that_is_not_plugged_in_is_on_battery(
    monkeypatch: pytest.MonkeyPatch, plugged: bool | None, expected: Power
) -> None:
    battery = type("Battery", (), {"power_plugged": plugged})()
    monkeypatch.setattr(psutil, "sensors_battery", lambda: battery, raising=False)
    assert power() is expected
    monkeypatch.setattr(psutil, "sensors_battery", lambda: None)
    assert power() is Power.MAINS
