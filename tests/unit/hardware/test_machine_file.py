"""A computer written as JSON is read back whole, and nonsense is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.core.errors import DocumentMissing, DocumentUnreadable
from app.core.model import Device
from app.hardware.machine import Gpu, Machine, Memory, Power, Processor, UnusedGpu, Vendor
from app.hardware.machine_file import machine_json, read_machine

CARD = Gpu(Vendor.NVIDIA, "RTX 4090", 24 << 30)
MACHINE = Machine(
    Processor("Some CPU", 8, 16, 8, ("AVX2", "FMA")),
    Memory(32 << 30, 20 << 30),
    (CARD,),
    (Device("CUDA0", "NVIDIA RTX 4090", is_gpu=True, total_bytes=24 << 30, free_bytes=23 << 30),),
    (UnusedGpu(CARD, "pip install"),),
    50_000_000_000,
    Power.BATTERY,
)


def _file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "machine.json"
    path.write_text(text, encoding="utf-8")
    return path


def test_it_comes_back(tmp_path: Path) -> None:
    assert read_machine(_file(tmp_path, machine_json(MACHINE))) == MACHINE


def test_the_least_that_has_to_be_told(tmp_path: Path) -> None:
    told = {
        "processor": {"name": "", "physical_cores": 4, "logical_cores": 8, "performance_cores": 4},
        "memory": {"total_bytes": 8 << 30, "available_bytes": 6 << 30},
    }
    expected = Machine(Processor("", 4, 8, 4), Memory(8 << 30, 6 << 30))
    assert read_machine(_file(tmp_path, json.dumps(told))) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "\ufeff{",
        '{"memory": {}}',
        machine_json(replace(MACHINE, memory=Memory(1, 2))),
        machine_json(replace(MACHINE, memory=Memory(-1, -2))),
        machine_json(replace(MACHINE, processor=Processor("", 1, 1, 2))),
        machine_json(replace(MACHINE, bandwidth=-1)),
        machine_json(replace(MACHINE, devices=(Device("X", "", is_gpu=True, free_bytes=1),))),
        machine_json(MACHINE).replace("NVIDIA", "nobody", 1),
    ],
)
def test_nonsense_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(DocumentUnreadable):
        read_machine(_file(tmp_path, text))


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(DocumentMissing):
        read_machine(tmp_path / "none.json")
    with pytest.raises(DocumentUnreadable):
        read_machine(tmp_path)
