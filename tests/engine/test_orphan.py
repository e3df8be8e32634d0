"""The engine child never outlives the program."""

import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.helpers.scripted import scripted_command

PROGRAM = """
import sys
from pathlib import Path
from app.core.model import LoadOptions
from app.engine.client import EngineClient
engine = EngineClient(sys.argv[1:])
list(engine.load(Path("model"), LoadOptions()))
print(engine._life.process.pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is of Unix")
def test_the_child_ends_with_a_killed_program(tmp_path: Path) -> None:
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *scripted_command(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with program:
        assert program.stdout is not None
        child = psutil.Process(int(program.stdout.readline()))
        program.send_signal(signal.SIGKILL)
        program.wait()
        child.wait(timeout=5)
    assert not child.is_running()
