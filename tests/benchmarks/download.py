"""Downloads from a faulty server on this computer: what interruptions cost, what is accepted, how fast."""

from __future__ import annotations

import argparse
import json
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from mmap import ACCESS_READ, mmap
from pathlib import Path

from app.catalogue.download import Download
from app.catalogue.hub import Hub
from app.catalogue.pace import Tuning
from app.core.download import Fetched, Stopped
from tests.benchmarks.report import row
from tests.helpers.downloading import HASTY, ROOT, content, end_of, only_file, program
from tests.helpers.hub_server import REPOSITORY, Act, Fault, HubServer, full_server

INTERRUPTIONS = 200
INTERRUPTED_BYTES = 384 << 20
MOST_LOST_BYTES = 2 << 20
VARIANTS = 1000
CAP_BYTES_PER_S = 125_000_000
RACE_BYTES = 512 << 20
ROUNDS = 5
CANCELS = 60

WRONG_BODIES = (Act.CORRUPT, Act.CORRUPT, Act.OTHER_BYTES, Act.TOO_LONG, Act.OTHER_RANGE, Act.OTHER_TOTAL,
                Act.NO_CONTENT_RANGE, Act.PACKED, Act.DROP, Act.NO_RANGES)  # fmt: skip


def write_content(path: Path, size_bytes: int) -> None:
    """A file that no two blocks of are alike."""
    dice = random.Random(size_bytes)
    with path.open("wb") as file:
        for _ in range(size_bytes >> 20):
            file.write(dice.randbytes(1 << 20))


@contextmanager
def serving(path: Path, bytes_per_s: int = 0) -> Iterator[HubServer]:
    with (
        path.open("rb") as file,
        mmap(file.fileno(), 0, access=ACCESS_READ) as data,
        HubServer({path.name: data}, bytes_per_s=bytes_per_s) as server,
    ):
        yield server


def interrupt(server: HubServer, target: Path, tuning: Tuning, times: int) -> dict[str, int]:
    """Break one download off so many times, and let it end; gives how often by kind."""
    dice, counts = random.Random(5), {"drop": 0, "reset": 0, "kill": 0}
    while sum(counts.values()) < times:
        left = times - sum(counts.values())
        share = 2 * (INTERRUPTED_BYTES - server.received_bytes) / (left + 1)
        acts = [dice.choice((Act.DROP, Act.RESET)) for _ in range(min(left - 1, dice.randrange(5)))]
        server.go_wrong(*[Fault(act, int(dice.uniform(0, share))) for act in acts])
        counts["kill"] += kill_one_life(server, target, tuning, int(dice.uniform(0, share)))
        unspent = list(server.store.faults)
        server.store.faults.clear()
        for act in (Act.DROP, Act.RESET):
            counts[act.name.lower()] += acts.count(act) - [fault.act for fault in unspent].count(act)
    subprocess.run(program(server.endpoint, target, tuning), cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return counts


def kill_one_life(server: HubServer, target: Path, tuning: Tuning, after_bytes: int) -> bool:
    """Start the downloading program; once the faults are spent and so many more bytes came, kill it.

    False where it ended by itself.
    """
    words = program(server.endpoint, target, tuning)
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL) as life:
        mark: int | None = None
        while life.poll() is None and (mark is None or server.handed_out_bytes < mark):
            if mark is None and not server.store.faults:
                mark = server.handed_out_bytes + after_bytes
            time.sleep(0.002)
        life.kill()
    return life.returncode < 0


def measure_interruptions(folder: Path, times: int) -> None:
    source, target = folder / "interrupted.gguf", folder / "models" / "interrupted.gguf"
    write_content(source, INTERRUPTED_BYTES)
    tuning = replace(HASTY, block_bytes=64 << 20, widen_s=0.3)
    with serving(source, bytes_per_s=60_000_000) as server:
        counts = interrupt(server, target, tuning, times)
        beyond = (server.received_bytes - INTERRUPTED_BYTES) / times
        right = subprocess.run(["cmp", source, target], check=False).returncode == 0
    told = ", ".join(f"{count} {kind}s" for kind, count in counts.items())
    row(f"one download interrupted {times} times ({told}): the right file", "always", str(right), right)
    row(
        "bytes fetched beyond its size, per interruption",
        "<= 2 MiB",
        f"{beyond / 1024:.0f} KiB",
        right and beyond <= MOST_LOST_BYTES,
    )


def accepted(server: HubServer, folder: Path, number: int, dice: random.Random) -> bool:
    """Whether a download whose every answer is wrong in one way ends with a wrong file."""
    data = next(iter(server.files.values()))
    act = WRONG_BODIES[number % len(WRONG_BODIES)]
    faults = [Fault(act, dice.randrange(len(data))) for _ in range(6)]
    server.store.faults.clear()
    server.go_wrong(*([Fault(Act.DROP, dice.randrange(len(data)))] if number % 2 else []), *faults)
    target = folder / f"{number}.gguf"
    end_of(Download(Hub(server.endpoint), only_file(server), target, replace(HASTY, attempts=3)))
    return target.exists() and target.read_bytes() != data


def measure_corruption(folder: Path, variants: int) -> None:
    dice = random.Random(7)
    with HubServer({"small.gguf": content(300_000)}) as server:
        wrong = sum(accepted(server, folder / "corrupt", number, dice) for number in range(variants))
    row("corrupt variants accepted", f"0 of {variants}", f"{wrong} of {variants}", wrong == 0)


@contextmanager
def serving_process(path: Path, bytes_per_s: int) -> Iterator[str]:
    """The server in a process of its own, as it would take time from the one that is measured."""
    words = [sys.executable, "-m", "tests.helpers.hub_server", str(path), "--bytes-per-s", str(bytes_per_s)]
    with subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin is not None and server.stdout is not None
        yield json.loads(server.stdout.readline())["endpoint"]
        server.stdin.close()


def seconds_of_curl(url: str, target: Path) -> float:
    began = time.monotonic()
    subprocess.run(["curl", "--silent", "--fail", "--location", "--output", target, url], check=True)
    return time.monotonic() - began


def seconds_of_ours(hub: Hub, target: Path) -> float:
    """From nothing to the checked file under its name."""
    (file,) = hub.list(REPOSITORY).files
    began = time.monotonic()
    assert isinstance(end_of(Download(hub, file, target)), Fetched)
    return time.monotonic() - began


def measure_speed(folder: Path) -> None:
    source = folder / "race.gguf"
    write_content(source, RACE_BYTES)
    ours, curls = [], []
    with serving_process(source, CAP_BYTES_PER_S) as endpoint:
        hub = Hub(endpoint)
        (file,) = hub.list(REPOSITORY).files
        url = f"{endpoint}/{REPOSITORY}/resolve/{file.commit}/{file.path}"
        for number in range(ROUNDS):
            curls.append(seconds_of_curl(url, folder / "curl.gguf"))
            ours.append(seconds_of_ours(hub, folder / f"race-{number}" / "ours.gguf"))
            shutil.rmtree(folder / f"race-{number}")
            print(f"  round {number + 1}: curl {curls[-1]:.2f} s, ours {ours[-1]:.2f} s", flush=True)
    ratio = statistics.median(curls) / statistics.median(ours)
    row(
        f"speed against curl, {RACE_BYTES >> 20} MiB capped at 125 MB/s, hashing included",
        ">= 0.97",
        f"{ratio:.3f} (curl {statistics.median(curls):.2f} s, ours {statistics.median(ours):.2f} s)",
        ratio >= 0.97,
    )


def seconds_to_stop(download: Download, dice: random.Random) -> float:
    """From the wish to stop to the end of the download."""
    time.sleep(dice.uniform(0.05, 0.5))
    began = time.monotonic()
    download.cancel()
    assert isinstance(end_of(download), Stopped)
    return time.monotonic() - began


def measure_cancel(folder: Path) -> None:
    dice, calm, waits = random.Random(9), Tuning(reserve_bytes=0), []
    data = content(64 << 20)
    with HubServer({"slow.gguf": data}, bytes_per_s=30_000_000) as server, full_server() as full:
        file = only_file(server)
        for number in range(CANCELS):
            fault = (None, None, Fault(Act.STALL, -1), Fault(Act.STALL, dice.randrange(1_000_000)))[
                number % 4
            ]
            endpoint = full if number % 4 == 1 else server.endpoint
            server.store.faults.clear()
            server.go_wrong(*[fault] if fault else [])
            download = Download(Hub(endpoint), file, folder / "cancel" / f"{number}.gguf", calm)
            waits.append(seconds_to_stop(download, dice))
    told = f"{max(waits) * 1e3:.0f} ms, median {statistics.median(waits) * 1e3:.0f} ms"
    row(
        f"longest of {CANCELS} stops: in flow, in a silent stall, before there is a connection",
        "<= 0.5 s",
        told,
        max(waits) <= 0.5,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--interruptions", type=int, default=INTERRUPTIONS)
    parser.add_argument("--variants", type=int, default=VARIANTS)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        measure_cancel(folder)
        measure_speed(folder)
        measure_corruption(folder, chosen.variants)
        measure_interruptions(folder, chosen.interruptions)


if __name__ == "__main__":
    main()
