"""Record what a model says in the self-test, so that a damaged copy or a faulty GPU is found out.

    .venv/bin/python -m tests.helpers.record_first_tokens [MODEL.gguf ...]

Calculates on the CPU. With no file named, the demo that ships is recorded. To be done again whenever the
demo is trained anew.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from app.core.model import LoadOptions
from app.engine.backends.embedded.backend import EmbeddedBackend
from app.engine.backends.embedded.self_test import TEXTS, Tokens, identity, try_out
from app.gguf.reader import read
from app.userdata import demo_model, places, resource
from tests.helpers.embedded import load

TABLE = resource("first_tokens.json")


def record(path: Path, cache: Path) -> Tokens:
    """What the model says after each text, on the CPU."""
    backend = EmbeddedBackend(cache)
    load(backend, path, LoadOptions(context_tokens=512, repack=False, self_test=False))
    assert backend._language is not None and backend._loaded is not None
    prompts = [backend._language.renderer.encode(text) for text in TEXTS]
    trial = try_out(backend._loaded.context, prompts)
    backend.close()
    assert not trial.finding, trial.finding
    return trial.tokens


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(name) for name in sys.argv[1:]] or [demo_model(places(Path(folder)))]
        table = json.loads(TABLE.read_text("utf-8")) if TABLE.exists() else {}
        for path in paths:
            file = read(path)
            tokens = record(path, Path(folder))
            name = file.text("general.name")
            table = {key: entry for key, entry in table.items() if entry["name"] != name}
            table[identity(file)] = {"name": name, "tokens": tokens}
            print(f"{name}: {tokens}")
    TABLE.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
