"""Kill a program that writes documents with SIGKILL, and look what it left."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from app.documents.atomic import append_line, write_document

ROOT = Path(__file__).parents[2]
REPLACED, NEW, LINES = "replaced.bin", "new-{}.bin", "lines.jsonl"
_STEP = 1_000_000
"""More documents than one run ever writes."""


@dataclass(frozen=True, slots=True)
class Remains:
    """What one kill left: files that are not whole, lines lost although they were said to be kept, and what
    still lies about after the next export under the same names."""

    torn: int
    lost: int
    leftovers: int
    was_writing: bool


def content(number: int, size: int) -> bytes:
    """A document that can be told from half a one."""
    body = number.to_bytes(8, "big") * (size // 8)
    return hashlib.sha256(body).digest() + body


def _is_whole(path: Path) -> bool:
    data = path.read_bytes()
    return hashlib.sha256(data[32:]).digest() == data[:32]


def kill_once(folder: Path, run: int, after_s: float) -> Remains:
    """Start the writer, kill it `after_s` seconds into its work, and look."""
    folder.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "tests.helpers.export_writer", str(folder), str(run * _STEP)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"ready\n"
        time.sleep(after_s)
        writer.kill()
        kept = [int(line) for line in writer.stdout.read().split()]
    parts = [path.name for path in folder.glob("*.part")]
    torn = sum(not _is_whole(path) for path in folder.glob("*.bin"))
    _export_again(folder, parts)
    lines = (folder / LINES).read_bytes().splitlines()
    numbers = {json.loads(line)["number"] for line in lines}
    remains = Remains(torn, len(set(kept) - numbers), len(list(folder.glob("*.part"))), bool(parts))
    for path in folder.iterdir():
        path.unlink()
    return remains


def _export_again(folder: Path, parts: list[str]) -> None:
    """What somebody does whose export was killed: the same once more."""
    for name in {part.rpartition(".bin.")[0] + ".bin" for part in parts} | {REPLACED}:
        write_document(folder / name, content(0, 100), replace=True)
    append_line(folder / LINES, json.dumps({"number": -1}))
