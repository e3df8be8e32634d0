"""`doctor` as a process: what it tells, also where something is broken."""

from __future__ import annotations

import json
from pathlib import Path

from tests.helpers.program import environment, run, scripted


def test_json_tells_everything(profile: Path) -> None:
    """With the real engine, which tells what it was built with."""
    done = run("doctor", "--json", profile=profile)
    assert done.returncode == 0
    assert done.stderr == ""
    values = json.loads(done.stdout)
    assert list(values["versions"]) == [
        "Alcove", "Python", "SQLite", "PySide6-Essentials", "llama-cpp-python", "openai-harmony",
        "llguidance",
    ]  # fmt: skip
    assert values["versions"]["llama-cpp-python"][0].isdigit()
    assert values["engine"]["features"]
    assert values["engine"]["devices"]
    assert 0 < values["memory"]["available_bytes"] < values["memory"]["total_bytes"]
    assert values["processor"]["physical_cores"] >= 1
    assert values["engine_error"] is None
    assert values["database"] == {"is_sound": True, "finding": "missing", "error": None}
    assert values["places"]["database"] == {"path": str(profile / "alcove.db"), "size_bytes": 0}
    assert not profile.exists()


def test_it_looks_in_beside_a_kept_chat(tmp_path: Path) -> None:
    program = scripted(tmp_path, {"final": "Hi."})
    assert run("ask", "Hi", "--save", profile=tmp_path / "p", program=program).returncode == 0
    values = json.loads(run("doctor", "--json", profile=tmp_path / "p", program=program).stdout)
    assert values["database"]["finding"] == "ok"
    assert values["places"]["database"]["size_bytes"] > 0


def test_text_is_one_line_each(tmp_path: Path) -> None:
    done = run("doctor", profile=tmp_path / "p", program=scripted(tmp_path))
    assert done.returncode == 0
    labels = [line.split("  ")[0] for line in done.stdout.splitlines()]
    for label in ("Alcove", "Python", "SQLite", "llama.cpp", "Processor", "Memory", "Database check"):
        assert label in labels


def test_chinese_labels(tmp_path: Path) -> None:
    env = environment(LC_ALL=None, LANG="zh_CN.UTF-8", LANGUAGE=None)
    shown = run("doctor", profile=tmp_path / "p", program=scripted(tmp_path), env=env).stdout
    assert "内存" in shown
    assert "数据库检查" in shown


def test_a_damaged_database_is_reported_with_code_6_and_not_touched(tmp_path: Path) -> None:
    profile = tmp_path / "p"
    profile.mkdir()
    database = profile / "alcove.db"
    database.write_bytes(b"SQLite format 3\x00" + b"garbage " * 1000)
    before = database.read_bytes()
    done = run("doctor", "--json", profile=profile, program=scripted(tmp_path))
    assert done.returncode == 6
    assert json.loads(done.stdout)["database"]["is_sound"] is False
    assert database.read_bytes() == before
    assert run("chats", profile=profile).returncode == 6


def test_an_engine_that_does_not_start_is_part_of_the_report(tmp_path: Path) -> None:
    program = scripted(tmp_path)
    (tmp_path / "script.json").write_text("no script")
    done = run("doctor", "--json", profile=tmp_path / "p", program=program)
    assert done.returncode == 3
    values = json.loads(done.stdout)
    assert values["engine"] is None
    assert "engine" in values["engine_error"]
