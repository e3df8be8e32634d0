"""What is dragged over a view: a model file, or something else."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData

_ENDING = ".gguf"


def dropped_model(data: QMimeData) -> Path | None:
    """The one GGUF file on this disk that is dragged, None for anything else."""
    urls = data.urls() if data.hasUrls() else []
    if len(urls) != 1 or not urls[0].isLocalFile():
        return None
    path = Path(urls[0].toLocalFile())
    return path if path.suffix.lower() == _ENDING else None
