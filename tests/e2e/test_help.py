"""The program as a process before any model: help, version, usage, and no display."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from app.launch import engine_command
from tests.helpers.program import MAIN, PATIENCE_S, ROOT, Viewer, environment, run, scripted

NO_DISPLAY = {"DISPLAY": None, "WAYLAND_DISPLAY": None, "QT_QPA_PLATFORM": None}
HEAVY = ("PySide6", "llama_cpp", "apsw", "msgspec", "numpy", "psutil", "app.services", "app.engine", "app.ui")


def test_help_is_complete(profile: Path) -> None:
    shown = run("--help", profile=profile)
    assert shown.returncode == 0
    assert shown.stderr == ""
    for word in ("ask", "chat", "chats", "doctor", "--profile", "--temp-profile", "--version"):
        assert word in shown.stdout
    assert not profile.exists()


def test_help_loads_nothing_expensive() -> None:
    code = "import sys; from app.launch import main\ntry: main(['--help'])\nfinally: print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    loaded = done.stdout.splitlines()[-1].split()
    assert "app.cli.parser" in loaded
    assert [name for name in loaded if name.startswith(HEAVY)] == []


def test_version(profile: Path) -> None:
    assert run("--version", profile=profile).stdout.startswith("Alcove 0.")


def test_the_engine_is_started_from_any_folder(tmp_path: Path) -> None:
    assert engine_command("embedded", "cache") == [*MAIN, "--engine-child", "embedded", "cache"]
    done = subprocess.run([*MAIN, "--help"], capture_output=True, cwd=tmp_path, check=True)
    assert done.stdout.startswith(b"usage:")


def test_it_starts_as_a_module() -> None:
    module = [sys.executable, "-m", "app.launch", "--help"]
    assert subprocess.run(module, capture_output=True, cwd=ROOT, check=True).stdout.startswith(b"usage:")


@pytest.mark.parametrize("words", [("sing",), ("ask",), ("ask", "Hi", "--temperature", "3")])
def test_nonsense_is_said_without_a_traceback(words: tuple[str, ...], profile: Path) -> None:
    done = run(*words, profile=profile)
    assert done.returncode == 2
    assert "usage:" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="a display is looked for on Linux")
@pytest.mark.parametrize("display", [None, ":9876"])
def test_no_display_and_no_terminal_is_one_sentence_and_code_2(display: str | None, profile: Path) -> None:
    done = run(profile=profile, env=environment(**{**NO_DISPLAY, "DISPLAY": display}))
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("No window can be opened here (")
    assert "“ask”" in done.stderr
    assert not profile.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="a display is looked for on Linux")
def test_no_display_on_a_terminal_goes_on_as_chat(profile: Path) -> None:
    near, far = pty.openpty()
    command = [*MAIN, "--profile", str(profile)]
    env = environment(**NO_DISPLAY, TERM="dumb")
    with subprocess.Popen(command, stdin=far, stdout=far, stderr=far, env=env) as program:
        os.close(far)
        shown = Viewer(near).read_until("/help")
        os.write(near, b"/quit\n")
        assert program.wait(PATIENCE_S) == 0
    os.close(near)
    assert "No window can be opened here" in shown
    assert "Traceback" not in shown


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps a folder that a program is in")
@pytest.mark.parametrize("words", [("--profile", "here", "chats"), ("ask", "Hi", "--model", "m.gguf")])
def test_a_working_directory_that_is_gone_is_said(words: tuple[str, ...], tmp_path: Path) -> None:
    code = f'cd {tmp_path} && mkdir gone && cd gone && rmdir ../gone && exec "$@"'
    done = subprocess.run(
        ["sh", "-c", code, "sh", *MAIN, *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "no longer exists" in done.stderr and "Traceback" not in done.stderr


def test_a_profile_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    program = scripted(tmp_path, {"final": "Hi"})
    done = run("ask", "Hi", "--save", profile=tmp_path / "file" / "profile", program=program)
    assert done.returncode == 6
    assert len(done.stderr.splitlines()) == 1
