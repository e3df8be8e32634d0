"""How the program starts itself again as the engine child."""

import sys
from pathlib import Path

import pytest

from app import launch, process, vault


def test_from_a_clone_by_its_main_py() -> None:
    root = Path(__file__).parents[2]
    assert launch.engine_command() == [sys.executable, str(root / "main.py"), "--engine-child", "embedded"]


def test_from_a_wheel_by_the_module_whatever_lies_in_the_folder(monkeypatch, tmp_path: Path) -> None:
    (tmp_path / "app" / "resources").mkdir(parents=True)
    monkeypatch.setattr(process, "__file__", str(tmp_path / "app" / "process.py"))
    words = launch.engine_command("scripted", "s.json")
    assert words == [sys.executable, "-P", "-m", "app.launch", "--engine-child", "scripted", "s.json"]


def test_from_a_frozen_program_by_itself(monkeypatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert launch.engine_command() == [sys.executable, "--engine-child", "embedded"]


def test_what_asks_the_keyring_is_this_program_again() -> None:
    assert launch.vault_command()[-1] == launch.VAULT_HELPER == vault.HELPER


def test_the_child_gets_kind_and_arguments(monkeypatch) -> None:
    seen: list[tuple[str, list[str]]] = []
    monkeypatch.setattr("app.engine.child.main", lambda kind, arguments: seen.append((kind, arguments)) or 0)
    assert launch.main(["--engine-child", "scripted", "s.json", "cache"]) == 0
    assert launch.main(["--engine-child"]) == 0
    assert seen == [("scripted", ["s.json", "cache"]), ("embedded", [])]


@pytest.mark.parametrize("words", [["--help"], ["--version"]])
def test_help_and_version_leave_with_0(words: list[str], capsys) -> None:
    with pytest.raises(SystemExit) as left:
        launch.main(words)
    assert not left.value.code
    assert capsys.readouterr().out


def test_streams_that_were_closed_are_replaced_by_empty_ones(monkeypatch) -> None:
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    with pytest.raises(SystemExit) as left:
        launch.main(["--bogus"])
    assert left.value.code == 2
    assert sys.stdin.read() == ""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        stream.close()
