"""Downloads in tests: hasty settings, a program to be killed in the middle, and one on a small disk.

As a program it lists the repository, fetches its one file and writes each event as a line:

    python -m tests.helpers.downloading ENDPOINT TARGET [TUNING]     (TUNING is JSON)
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from app.catalogue.download import Download
from app.catalogue.hub import Hub
from app.catalogue.job import Job
from app.catalogue.pace import Tuning
from app.core.catalogue import RemoteFile
from app.core.download import DownloadEvent, DownloadProgress
from app.core.errors import AlcoveError
from tests.helpers.hub_server import REPOSITORY, HubServer

ROOT = Path(__file__).parents[2]
HASTY = Tuning(
    block_bytes=256 << 10,
    first_wait_s=0.01,
    longest_wait_s=0.1,
    reserve_bytes=0,
    stall_s=5.0,
    progress_s=0.02,
)
"""Small blocks and little patience, so that a test of many faults is over soon."""


def content(size_bytes: int, seed: int = 1) -> bytes:
    import random

    return random.Random(seed).randbytes(size_bytes)


def only_file(server: HubServer) -> RemoteFile:
    """What is listed of the one file the server has."""
    (file,) = Hub(server.endpoint).list(REPOSITORY).files
    return file


def start(server: HubServer, target: Path, tuning: Tuning = HASTY, **hub: str) -> Download:
    return Download(Hub(server.endpoint, **hub), only_file(server), target, tuning)


def fetch(server: HubServer, target: Path, tuning: Tuning = HASTY) -> list[DownloadEvent]:
    """Every event of one download up to its end."""
    return list(start(server, target, tuning))


def end_of(job: Job) -> AlcoveError | DownloadEvent:
    """How a job ends: with its last event, or with the error."""
    try:
        *_, last = job
    except AlcoveError as error:
        return error
    return last


def wait_until(job: Job, reached: Callable[[DownloadProgress], bool]) -> None:
    """Take events until the progress is such."""
    for event in job:
        if isinstance(event, DownloadProgress) and reached(event):
            return


def program(endpoint: str, target: Path, tuning: Tuning = HASTY) -> list[str]:
    """The words that start this module."""
    words = [sys.executable, "-m", "tests.helpers.downloading", endpoint, str(target)]
    return [*words, json.dumps(asdict(tuning))]


def kill_after(command: Sequence[str], seconds: float) -> str:
    """Start the program, kill it so long after its first bytes have come, and give what it wrote."""
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(seconds)
        process.kill()
        return first + process.stdout.read()


def main(endpoint: str, target: str, tuning: str = "{}") -> int:
    hub = Hub(endpoint)
    (file,) = hub.list(REPOSITORY).files
    chosen = replace(HASTY, **json.loads(tuning))
    try:
        for event in Download(hub, file, Path(target), chosen):
            print(event, flush=True)
    except AlcoveError as error:
        print(error.kind, dict(error.values), flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
