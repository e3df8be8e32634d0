"""The doctor's report in text and as JSON, from made-up machines."""

import io
import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from app.cli import doctor
from app.cli.arguments import Doctor
from app.cli.screen import Screen
from app.core.errors import DatabaseTooNew, EngineCrashed
from app.core.model import Device, EngineInfo
from app.core.settings import Language
from app.hardware.machine import Gpu, Machine, Memory, Processor, Vendor
from app.i18n import load_texts
from app.services.doctor import DatabaseCheck, Report, UnusedGpu
from app.userdata import places

CARD = Gpu(Vendor.NVIDIA, "NVIDIA GeForce RTX 4090", 24_000_000_000)
DEVICE = Device("CPU", "a processor", False, 32 * 10**9, 20 * 10**9)
COMMAND = "CMAKE_ARGS=-DGGML_CUDA=on .venv/bin/pip install llama-cpp-python"


def report(folder: Path) -> Report:
    return Report(
        versions={"Alcove": "0.1.0", "Python": "3.11.7"},
        system="Linux",
        machine=Machine(Processor("CPU", 8, 16, 8, ("AVX2",)), Memory(32 * 10**9, 20 * 10**9), (CARD,)),
        engine=EngineInfo("b1", ("AVX2", "FMA"), (DEVICE,)),
        engine_error=None,
        unused_gpus=(UnusedGpu(CARD, COMMAND),),
        places=places(folder),
        database=DatabaseCheck("missing"),
    )


def shown(examined: Report, *, as_json: bool = False) -> tuple[int, str]:
    program: Any = SimpleNamespace(
        models=SimpleNamespace(report=lambda: examined), tr=load_texts(Language.ENGLISH)
    )
    out = io.StringIO()
    code = doctor.run(Doctor(as_json), program, Screen(out, io.StringIO()))
    return code, out.getvalue()


def test_a_gpu_that_is_not_used_comes_with_the_one_command(tmp_path: Path) -> None:
    code, text = shown(report(tmp_path))
    assert code == 0
    assert text.endswith(f"The engine cannot use {CARD.name} yet. To rebuild it:\n{COMMAND}\n")
    values = json.loads(shown(report(tmp_path), as_json=True)[1])
    assert values["unused_gpus"] == [{"name": CARD.name, "rebuild": COMMAND}]
    assert values["gpus"][0]["vendor"] == "NVIDIA"


def test_lines_are_aligned_and_tell_what_was_measured(tmp_path: Path) -> None:
    lines = shown(report(tmp_path))[1].splitlines()
    columns = {len(line) - len(line.split("  ")[-1].lstrip()) for line in lines if "  " in line}
    assert len(columns) == 1
    text = "\n".join(lines)
    for part in ("AVX2 FMA", "8 cores: AVX2", "20.0 GB of 32.0 GB free", "none yet", CARD.name):
        assert part in text


def test_sizes_on_disk_count_folders_whole(tmp_path: Path) -> None:
    (tmp_path / "cache" / "deep").mkdir(parents=True)
    (tmp_path / "cache" / "deep" / "a").write_bytes(b"x" * 1500)
    (tmp_path / "cache" / "loop").symlink_to(tmp_path)
    values = json.loads(shown(report(tmp_path), as_json=True)[1])
    assert values["places"]["cache"]["size_bytes"] >= 1500
    assert doctor.size_of(tmp_path / "nothing") == 0


def test_what_is_broken_is_told_and_sets_the_code(tmp_path: Path) -> None:
    too_new = DatabaseTooNew(path="alcove.db", found=9, known=1)
    code, text = shown(replace(report(tmp_path), database=DatabaseCheck("DatabaseTooNew", too_new)))
    assert code == 6
    assert "written by a newer Alcove" in text
    dead = replace(report(tmp_path), engine=None, engine_error=EngineCrashed(exit_code=1), unused_gpus=())
    code, text = shown(dead)
    assert code == 3
    assert "stopped unexpectedly" in text
