"""An engine that plays a script, in a real child process."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from app.core.message import Role
from app.core.request import GenerationRequest, Turn
from app.core.sampling import Sampling
from app.launch import engine_command


def scripted_command(folder: Path, *answers: dict[str, Any], **script: Any) -> list[str]:
    """Write a script into `folder` and give the command that plays it (see `engine/backends/scripted`)."""
    path = folder / "script.json"
    path.write_text(json.dumps({"answers": answers, **script}), encoding="utf-8")
    return engine_command("scripted", str(path))


def question(text: str, **sampling: Any) -> GenerationRequest:
    """A request of one turn."""
    return GenerationRequest((Turn(Role.USER, text),), date(2026, 11, 21), sampling=Sampling(**sampling))
