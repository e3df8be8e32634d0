"""The real vocabulary, from the demo model, for every test of Harmony."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.gguf.reader import GgufFile, read
from app.harmony.vocabulary import Vocabulary, load


@pytest.fixture(scope="session")
def model_file(demo_model: Path) -> GgufFile:
    return read(demo_model)


@pytest.fixture(scope="session")
def vocabulary(model_file: GgufFile, tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    return load(model_file, tmp_path_factory.mktemp("ranks"))
