"""The embedded backend with the demo model, loaded once for all tests of the engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.engine.backends.embedded.backend import EmbeddedBackend
from tests.helpers.embedded import load


@pytest.fixture(scope="session")
def loaded_backend(demo_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedBackend]:
    """Ask it anything; what it holds in its cache is whatever the test before left there."""
    backend = EmbeddedBackend(tmp_path_factory.mktemp("cache"))
    load(backend, demo_model)
    yield backend
    backend.close()
