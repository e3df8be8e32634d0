"""Texts made to become control tokens, in every field of a request: how many do?"""

from __future__ import annotations

import tempfile
from pathlib import Path

from app.gguf.reader import read
from app.harmony import vocabulary
from app.harmony.render import Renderer
from app.userdata import demo_model, places
from tests.benchmarks.report import row
from tests.helpers.adversarial import stray_control_tokens, texts

TEXTS = 1000


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        known = vocabulary.load(read(demo_model(places(Path(folder)))), Path(folder))
        renderer = Renderer(known.encoding)
        strays = sum(stray_control_tokens(renderer, text) for text in texts(TEXTS))
    row(f"{TEXTS:,} adversarial texts in every field: control tokens", "0", str(strays), strays == 0)


if __name__ == "__main__":
    main()
