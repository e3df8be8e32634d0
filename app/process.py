"""Start a helper process with one pipe pair, and what such a process does for itself at its start."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


def own_command() -> list[str]:
    """The words that start this program again, from any working directory."""
    if getattr(sys, "frozen", False):
        return [sys.executable]
    clone = Path(__file__).parents[1]
    if (clone / "resources").is_dir():
        return [sys.executable, str(clone / "main.py")]
    # -P: a folder named `app` in the working directory must not come first.
    return [sys.executable, "-P", "-m", "app.launch"]


def spawn(command: Sequence[str], log: Path | None = None) -> subprocess.Popen[bytes]:
    """Start `command` with pipes at its input and output; what it prints elsewhere goes to `log`.

    The child gets its own process group, so that a Ctrl+C in the terminal reaches only the program,
    which then ends the child in order.
    """
    with open(log or os.devnull, "wb") as stderr:
        return subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            start_new_session=sys.platform != "win32",
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )


def end(process: subprocess.Popen[bytes], patience_s: float) -> int:
    """Close the pipes' near ends, wait, and kill what does not go; gives the exit code."""
    if process.stdin is not None:
        # What could not be sent to a process that has gone is of no use to anyone.
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
    try:
        return process.wait(patience_s)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def lower_priority() -> None:
    """Put this process below normal, so that the window stays quick while the model works."""
    if sys.platform == "win32":
        import psutil

        psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
    else:
        os.nice(5)
