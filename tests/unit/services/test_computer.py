"""This computer, joined from what was measured, what the engine tells and what was kept."""

from __future__ import annotations

import pytest

from app.core.errors import EngineCrashed
from app.core.model import Device, EngineInfo
from app.services.computer import Computer

CARD = Device("CUDA0", "NVIDIA RTX 4090", is_gpu=True, total_bytes=24 << 30, free_bytes=23 << 30)


@pytest.fixture
def kept(tmp_path):
    return tmp_path / "computer.json"


@pytest.fixture
def computer(kept):
    return Computer(kept, lambda: EngineInfo("llama.cpp", (), (CARD,)))


def test_the_engines_devices_are_in_it(computer):
    machine = computer.now()
    assert machine.devices == (CARD,)
    assert machine.memory.total_bytes > 0
    assert machine.bandwidth == 0, "not measured unasked"


def test_the_bandwidth_is_measured_once(computer, monkeypatch):
    found = computer.measured().bandwidth
    assert found > 0
    monkeypatch.setattr("app.services.computer.measure_bandwidth", lambda cores, free: 1)
    assert computer.measured().bandwidth == computer.now().bandwidth == found


@pytest.mark.parametrize("text", ["", "[]", "{", '{"another processor": 5}', "\x00"])
def test_what_was_kept_for_another_computer_does_not_count(computer, kept, text):
    kept.write_text(text)
    assert computer.now().bandwidth == 0
    assert computer.measured().bandwidth > 1


def test_where_nothing_can_be_kept_it_is_measured_again(tmp_path):
    (tmp_path / "taken").write_text("")
    computer = Computer(tmp_path / "taken" / "computer.json", lambda: EngineInfo("", (), ()))
    assert computer.measured().bandwidth > 0
    assert computer.now().bandwidth == 0


def test_an_engine_that_does_not_start(kept):
    def crash():
        raise EngineCrashed(exit_code=1)

    with pytest.raises(EngineCrashed):
        Computer(kept, crash).now()
