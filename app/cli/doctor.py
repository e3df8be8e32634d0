"""`doctor`: what the program is made of and runs on, and what could be better."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.assembly import Alcove
from app.cli.arguments import Doctor
from app.cli.exit_codes import ExitCode, exit_code
from app.cli.screen import Screen, text_width
from app.core.model import Device
from app.i18n import Texts
from app.i18n.quantities import size_text
from app.i18n.sentences import explain
from app.services.doctor import Report

Line = tuple[str, str]


def run(arguments: Doctor, alcove: Alcove, screen: Screen) -> int:
    screen.progress(alcove.tr("Looking at this computer…"))
    report = alcove.models.report()
    if arguments.as_json:
        values = _to_values(report, alcove.tr)
        screen.json(values, indent=2)
    else:
        _write(report, alcove.tr, screen)
    if report.engine_error is not None:
        return exit_code(report.engine_error)
    return ExitCode.DONE if report.database.is_sound else ExitCode.PROFILE


def _to_values(report: Report, tr: Texts) -> dict[str, Any]:
    """The report as one JSON object; sizes in bytes."""
    database = report.database
    unused = [{"name": each.gpu.name, "rebuild": each.rebuild} for each in report.unused_gpus]
    return {
        "versions": dict(report.versions),
        "system": report.system,
        "engine": asdict(report.engine) if report.engine else None,
        "engine_error": explain(report.engine_error, tr) if report.engine_error else None,
        **asdict(report.machine),
        "unused_gpus": unused,
        "places": {name: {"path": str(path), "size_bytes": size_of(path)} for name, path in _places(report)},
        "database": {
            "is_sound": database.is_sound,
            "finding": database.finding,
            "error": explain(database.error, tr) if database.error else None,
        },
    }


def _program(report: Report, tr: Texts) -> Iterator[Line]:
    yield from report.versions.items()
    if report.engine_error is not None:
        yield tr("Engine"), explain(report.engine_error, tr)
    if report.engine is not None:
        yield "llama.cpp", report.engine.version
        yield tr("Built with"), " ".join(report.engine.features)
        for device in report.engine.devices:
            yield tr("Engine's device"), _device(device, tr)


def _computer(report: Report, tr: Texts) -> Iterator[Line]:
    processor, memory = report.machine.processor, report.machine.memory
    yield tr("System"), report.system
    cores = tr.plural("{n} core", "{n} cores", processor.physical_cores)
    yield tr("Processor"), f"{processor.name}, {cores}: {' '.join(processor.features)}"
    sizes = {"free": size_text(memory.available_bytes), "total": size_text(memory.total_bytes)}
    yield tr("Memory"), tr("{free} of {total} free", **sizes)
    for gpu in report.machine.gpus:
        yield tr("GPU"), gpu.name


def _disk(report: Report, tr: Texts) -> Iterator[Line]:
    labels = {
        "data": tr("Data"),
        "settings": tr("Settings"),
        "cache": tr("Cache"),
        "backups": tr("Backups"),
        "database": tr("Database"),
    }
    for name, path in _places(report):
        yield labels[name], f"{path} ({size_text(size_of(path)) if path.exists() else tr('none yet')})"
    yield tr("Database check"), _finding(report, tr)


def _places(report: Report) -> Iterator[tuple[str, Path]]:
    for name in ("data", "settings", "cache", "backups", "database"):
        yield name, getattr(report.places, name)


def _finding(report: Report, tr: Texts) -> str:
    database = report.database
    if database.error is not None:
        return explain(database.error, tr)
    words = {"ok": tr("sound"), "missing": tr("none yet")}
    return words.get(database.finding, database.finding)


def _device(device: Device, tr: Texts) -> str:
    described = f"{device.name} ({device.description})"
    if not device.total_bytes:
        return described
    sizes = {"free": size_text(device.free_bytes), "total": size_text(device.total_bytes)}
    return f"{described}, {tr('{free} of {total} free', **sizes)}"


def size_of(path: Path) -> int:
    """Bytes of a file, or of all files below a folder; what cannot be seen counts as nothing."""
    try:
        if path.is_dir() and not path.is_symlink():
            return sum(size_of(child) for child in path.iterdir())
        return path.lstat().st_size
    except OSError:
        return 0


def _write(report: Report, tr: Texts, screen: Screen) -> None:
    lines = [*_program(report, tr), *_computer(report, tr), *_disk(report, tr)]
    width = max(text_width(label) for label, _ in lines)
    for label, value in lines:
        screen.line(f"{label}{' ' * (width - text_width(label))}  {value}")
    for unused in report.unused_gpus:
        tell_unused(unused.gpu.name, unused.rebuild, tr, screen)


def tell_unused(gpu: str, command: str, tr: Texts, screen: Screen) -> None:
    """What is built in and this build of the engine cannot use, and what changes that."""
    screen.line()
    screen.line(tr("The engine cannot use {gpu} yet. To rebuild it:", gpu=gpu))
    screen.line(command)
