"""What the program is made of and runs on, and what could be better."""

from __future__ import annotations

import contextlib
import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from app.core.errors import AlcoveError
from app.core.model import EngineInfo
from app.hardware.machine import Machine, UnusedGpu
from app.hardware.probe import probe
from app.hardware.unused import unused_gpus
from app.storage.opening import open_to_read, sqlite_version
from app.userdata import Places

_PARTS = ("PySide6-Essentials", "llama-cpp-python", "openai-harmony", "llguidance")


@dataclass(frozen=True, slots=True)
class DatabaseCheck:
    """`finding` is "ok", "missing" while there is none yet, or what is wrong; `error`: it does not open."""

    finding: str
    error: AlcoveError | None = None

    @property
    def is_sound(self) -> bool:
        return self.finding in ("ok", "missing")


@dataclass(frozen=True, slots=True)
class Report:
    """`versions` by name, the program's own first; no engine where it does not start (`engine_error`)."""

    versions: Mapping[str, str]
    system: str
    machine: Machine
    engine: EngineInfo | None
    engine_error: AlcoveError | None
    unused_gpus: tuple[UnusedGpu, ...]
    places: Places
    database: DatabaseCheck


def examine(places: Places, engine_info: Callable[[], EngineInfo]) -> Report:
    """Look at everything; what fails is part of the report."""
    machine = probe()
    engine, engine_error = None, None
    try:
        engine = engine_info()
    except AlcoveError as error:
        engine_error = error
    return Report(
        versions=_versions(),
        system=f"{platform.system()} {platform.release()} {platform.machine()}",
        machine=machine,
        engine=engine,
        engine_error=engine_error,
        unused_gpus=unused_gpus(machine.gpus, engine.devices) if engine else (),
        places=places,
        database=check_database(places),
    )


def check_database(places: Places) -> DatabaseCheck:
    """Look through the whole database, also beside a running Alcove."""
    if not places.database.exists():
        return DatabaseCheck("missing")
    try:
        with contextlib.closing(open_to_read(places.database)) as database:
            return DatabaseCheck(database.check())
    except AlcoveError as error:
        return DatabaseCheck(error.kind, error)


def _versions() -> dict[str, str]:
    own = {"Alcove": _version("alcove"), "Python": platform.python_version(), "SQLite": sqlite_version()}
    return own | {name: _version(name) for name in _PARTS}


def _version(name: str) -> str:
    """Of an installed package; a frozen program may not know."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "?"
