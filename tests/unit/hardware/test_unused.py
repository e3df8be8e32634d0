"""GPUs that the engine was not built for."""

from __future__ import annotations

import pytest

from app.core.model import Device
from app.hardware.machine import Gpu, Vendor
from app.hardware.unused import rebuild_command, unused_gpus

NVIDIA = Gpu(Vendor.NVIDIA, "GeForce RTX 4070", 12 << 30)
INTEL = Gpu(Vendor.INTEL, "UHD 770")


def test_a_gpu_the_engine_was_not_built_for():
    cpu = Device("CPU", "NVIDIA Grace", is_gpu=False)
    cuda = Device("CUDA0", "NVIDIA GeForce RTX 4070", is_gpu=True)
    assert [unused.gpu for unused in unused_gpus((NVIDIA, INTEL), (cpu,))] == [NVIDIA, INTEL]
    assert [unused.gpu for unused in unused_gpus((NVIDIA, INTEL), (cpu, cuda))] == [INTEL]
    assert unused_gpus((), (cuda,)) == ()


@pytest.mark.parametrize("vendor", Vendor)
def test_there_is_one_command_to_rebuild_for_each_maker(vendor, monkeypatch):
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("sys.executable", "/a folder/python")
    command = rebuild_command(vendor)
    assert command.startswith("CMAKE_ARGS=-DGGML_")
    assert "'/a folder/python' -m pip install" in command
    monkeypatch.setattr("sys.platform", "win32")
    assert rebuild_command(vendor).startswith("$env:CMAKE_ARGS='-DGGML_")
