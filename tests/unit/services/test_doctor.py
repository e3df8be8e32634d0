"""What the doctor finds."""

from __future__ import annotations

import pytest

from app.core.errors import DatabaseCorrupt, EngineCrashed
from app.core.model import Device, EngineInfo
from app.hardware.machine import Gpu, Vendor
from app.services.doctor import check_database, examine, rebuild_command, unused_gpus
from app.storage.opening import open_to_write

NVIDIA = Gpu(Vendor.NVIDIA, "GeForce RTX 4070", 12 << 30)
INTEL = Gpu(Vendor.INTEL, "UHD 770")


def test_a_report_of_everything(where):
    report = examine(where, lambda: EngineInfo("llama.cpp b1", ("AVX2",), ()))
    assert list(report.versions)[:3] == ["Alcove", "Python", "SQLite"]
    assert report.engine.features == ("AVX2",)
    assert report.machine.memory.total_bytes > 0
    assert (report.database.finding, report.database.is_sound) == ("missing", True)


def test_an_engine_that_does_not_start_is_part_of_the_report(where):
    def crash():
        raise EngineCrashed(exit_code=-4)

    report = examine(where, crash)
    assert report.engine is None
    assert report.engine_error.values == {"exit_code": -4}
    assert report.unused_gpus == ()


def test_the_database_is_looked_through(where):
    open_to_write(where.database, where.backups).close()
    assert check_database(where).finding == "ok"
    where.database.write_bytes(b"garbage" * 1000)
    check = check_database(where)
    assert not check.is_sound
    assert isinstance(check.error, DatabaseCorrupt)


def test_a_gpu_the_engine_was_not_built_for(where):
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
