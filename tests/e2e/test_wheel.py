"""The wheel is whole: installed apart from the clone, `alcove ask` finds its resources and answers."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from tests.helpers.app_map import ROOT

SCRIPTS = "Scripts" if sys.platform == "win32" else "bin"
OUTSIDE = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


def _run(*words: str | Path, cwd: Path) -> str:
    done = subprocess.run(words, cwd=cwd, env=OUTSIDE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the programs of an environment lie that holds the wheel and borrows ours for the rest."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check")
    _run(*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, ROOT, cwd=folder)
    venv.create(folder / "venv")
    programs = folder / "venv" / SCRIPTS
    wheel = next(folder.glob("alcove-*.whl"))
    _run(*pip, "--python", programs / "python", "install", "--no-deps", "--no-index", wheel, cwd=folder)
    packages = next((folder / "venv").rglob("site-packages"))
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib"), "utf-8")
    return programs


def test_the_installed_program_is_the_wheel(installed: Path, tmp_path: Path) -> None:
    code = "import app; from app.userdata import resource; print(app.__file__, resource('icons'))"
    app_file, icons = _run(installed / "python", "-c", code, cwd=tmp_path).split()
    assert Path(app_file).is_relative_to(installed.parent)
    assert Path(icons).is_relative_to(Path(app_file).parent)
    assert list(Path(icons).glob("*.svg"))


def test_it_answers(installed: Path, tmp_path: Path) -> None:
    profile = tmp_path / "profile"
    answer = _run(installed / "alcove", "--profile", profile, "ask", "What is Alcove?", cwd=tmp_path)
    assert "Alcove" in answer
    assert "<|" not in answer
