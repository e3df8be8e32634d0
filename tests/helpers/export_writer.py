"""A program to be killed: writes one document after the other, and appends lines, until it is.

It says "ready" before the first one, and the number of each line once that is on disk.
"""

from __future__ import annotations

import json
import os
import random
import sys
from itertools import count
from pathlib import Path

from app.documents.atomic import append_line, write_document
from tests.helpers.export_killing import LINES, NEW, REPLACED, content


def main(folder: Path, start: int) -> None:
    dice = random.Random(start)
    os.write(1, b"ready\n")
    for number in count(start):
        size = dice.choice((100, 60_000, 900_000))
        write_document(folder / REPLACED, content(number, size), replace=True)
        write_document(folder / NEW.format(number), content(number, size))
        append_line(folder / LINES, json.dumps({"number": number, "text": "行" * (size // 10)}))
        os.write(1, b"%d\n" % number)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
