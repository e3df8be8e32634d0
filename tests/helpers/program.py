"""The program as a process: with the built-in model, or with a scripted engine behind the same commands."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
MAIN = [sys.executable, str(ROOT / "main.py")]
SCRIPTED = [sys.executable, "-m", "tests.helpers.program"]
PATIENCE_S = 40.0


def environment(**changes: str | None) -> dict[str, str]:
    """This process's environment, in English, with these variables set or (None) removed."""
    values: dict[str, str | None] = {**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": "en", **changes}
    return {name: value for name, value in values.items() if value is not None}


def run(
    *words: str,
    profile: Path,
    program: list[str] | None = None,
    text: str | bytes = b"",
    env: Mapping[str, str] | None = None,
    cwd: Path = ROOT,
) -> subprocess.CompletedProcess[str]:
    """Run to the end with `text` on stdin; gives exit code, stdout and stderr."""
    done = subprocess.run(
        [*(program or MAIN), "--profile", str(profile), *words],
        input=text.encode() if isinstance(text, str) else text,
        capture_output=True,
        timeout=PATIENCE_S,
        env=dict(env or environment()),
        cwd=cwd,
        check=False,
    )
    return subprocess.CompletedProcess(done.args, done.returncode, _text(done.stdout), _text(done.stderr))


def start(
    *words: str, profile: Path, program: list[str] | None = None, **streams: Any
) -> subprocess.Popen[bytes]:
    """Start and leave it running; the caller waits for it."""
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
    command = [*(program or MAIN), "--profile", str(profile), *words]
    return subprocess.Popen(command, env=environment(), cwd=ROOT, **pipes)


def scripted(folder: Path, *answers: dict[str, Any], **script: Any) -> list[str]:
    """The words that start the program with an engine that plays this script."""
    path = folder / "script.json"
    path.write_text(json.dumps({"answers": answers, **script}), encoding="utf-8")
    return [*SCRIPTED, str(path)]


class Viewer:
    """Sees what a program writes on a terminal: the near end of a pty."""

    def __init__(self, near: int) -> None:
        self._near = near
        self._unseen = b""

    def read_until(self, word: str) -> str:
        """What is shown from where the last reading ended, up to and with this word."""
        until = time.monotonic() + PATIENCE_S
        while word.encode() not in self._unseen:
            ready, _, _ = select.select([self._near], [], [], max(0.0, until - time.monotonic()))
            assert ready, f"{word!r} did not come: {self._unseen!r}"
            self._unseen += os.read(self._near, 4096)
        before, _, self._unseen = self._unseen.partition(word.encode())
        return _text(before) + word


def _text(data: bytes) -> str:
    return data.decode("utf-8", "backslashreplace")


def main() -> int:
    """Be the program, as `app.launch` makes it, with the scripted engine."""
    from app.cli import commands
    from app.cli.parser import parse
    from app.launch import engine_command
    from app.log import keep_off_terminal

    keep_off_terminal()
    script, *words = sys.argv[1:]
    invocation = parse(words)
    assert invocation.command is not None
    with commands.profile(invocation) as profile:
        return commands.run(invocation.command, profile, lambda: engine_command("scripted", script))


if __name__ == "__main__":
    sys.exit(main())
