"""`models list`, `remove` and `neighbours`: what lies on this disk."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.assembly import Alcove
from app.cli.arguments import FindNeighbours, ListModels, RemoveModels
from app.cli.exit_codes import ExitCode
from app.cli.following import follow_transfer, for_each
from app.cli.load import DEMO
from app.cli.screen import Screen
from app.core.download import Moved
from app.core.errors import ModelMissing
from app.core.shelf import Neighbour, ShelfItem
from app.core.text import visible
from app.i18n import Texts
from app.i18n.quantities import size_text
from app.i18n.sentences import explain


def named(path: Path, alcove: Alcove) -> Path:
    """The path as it is, or that of a file on the shelf."""
    on_shelf = alcove.library.folder / path
    return on_shelf if not path.exists() and path.name == str(path) else path.absolute()


def chosen(path: Path, alcove: Alcove) -> Path | None:
    """The path of the model that is named; None is the demo."""
    return None if path == DEMO else named(path, alcove)


def list_models(arguments: ListModels, alcove: Alcove, screen: Screen) -> int:
    items, waiting = alcove.library.items(), alcove.library.unfinished()
    if arguments.as_json:
        values = {
            "folder": str(alcove.library.folder),
            "models": [_item_values(item, alcove.tr) for item in items],
            "unfinished": [
                {**asdict(each.file), "path": str(each.target), "done_bytes": each.done_bytes}
                for each in waiting
            ],
        }
        screen.json(values)
        return ExitCode.DONE
    for item in items:
        screen.line(_item_line(item, alcove.tr))
    for each in waiting:
        told = {"done": size_text(each.done_bytes), "total": size_text(each.file.size_bytes)}
        line = alcove.tr("{done} of {total} fetched, “models fetch” goes on", **told)
        screen.line(f"{visible(each.target.name)}  {line}")
    if not items and not waiting:
        folder = visible(str(alcove.library.folder))
        screen.note(alcove.tr("There are no models in {folder} yet.", folder=folder))
    return ExitCode.DONE


def remove(arguments: RemoveModels, alcove: Alcove, screen: Screen) -> int:
    def take_away(path: Path) -> int:
        on_shelf = alcove.library.folder / path if path.name == str(path) else path.absolute()
        alcove.library.remove(on_shelf, for_good=arguments.for_good)
        if arguments.as_json:
            screen.json({"path": str(on_shelf), "for_good": arguments.for_good})
        return ExitCode.DONE

    return for_each(arguments.paths, take_away, alcove.tr, screen)


def neighbours(arguments: FindNeighbours, alcove: Alcove, screen: Screen) -> int:
    found = alcove.library.neighbours()
    wanted = arguments.link or arguments.copy
    if wanted is not None:
        chosen = next((each for each in found.found if each.path == wanted.resolve()), None)
        if chosen is None:
            raise ModelMissing(path=str(wanted))
        return _take(chosen, alcove, screen, is_link=arguments.link is not None)
    if arguments.as_json:
        values = [_neighbour_values(each, alcove.tr) for each in found.found]
        screen.json({"neighbours": values, "is_cut": found.is_cut})
        return ExitCode.DONE
    for each in found.found:
        for line in _neighbour_lines(each, alcove.tr):
            screen.line(line)
    if found.is_cut:
        screen.note(alcove.tr("There was too much to look through: there may be more."))
    elif not found.found:
        screen.note(alcove.tr("No other program left a model here."))
    return ExitCode.DONE


def _take(neighbour: Neighbour, alcove: Alcove, screen: Screen, *, is_link: bool) -> int:
    """Bring it onto the shelf; its path there on stdout."""
    if neighbour.problem is not None:
        raise neighbour.problem
    if is_link:
        screen.line(str(alcove.library.link(neighbour)))
        return ExitCode.DONE
    job = alcove.library.copy(neighbour)
    if not isinstance(follow_transfer(job, alcove.tr, screen), Moved):
        return ExitCode.INTERRUPTED
    screen.line(str(job.path))
    return ExitCode.DONE


def _item_line(item: ShelfItem, tr: Texts) -> str:
    about = explain(item.problem, tr) if item.problem else tr(item.verdict.text)
    return f"{visible(item.path.name)}  {size_text(item.size_bytes)}  {about}"


def _item_values(item: ShelfItem, tr: Texts) -> dict[str, Any]:
    return {
        "path": str(item.path),
        "size_bytes": item.size_bytes,
        "name": item.facts.name if item.facts else None,
        "layers": item.facts.layers if item.facts else None,
        "experts": item.facts.experts if item.facts else None,
        "verdict": item.verdict.value,
        "sha256": item.sha256,
        "entry": item.entry.id if item.entry else None,
        "problem": item.problem.kind if item.problem else None,
        "reason": explain(item.problem, tr) if item.problem else None,
    }


def _neighbour_lines(neighbour: Neighbour, tr: Texts) -> list[str]:
    head = f"{neighbour.program}: {visible(neighbour.name)}  {size_text(neighbour.size_bytes)}"
    if neighbour.problem is not None:
        return [head, f"    {explain(neighbour.problem, tr)}"]
    if neighbour.is_on_shelf:
        return [head, "    " + tr("already among the models")]
    return [head, f"    {visible(str(neighbour.path))}"]


def _neighbour_values(neighbour: Neighbour, tr: Texts) -> dict[str, Any]:
    return {
        "path": str(neighbour.path),
        "program": neighbour.program.value,
        "name": neighbour.name,
        "size_bytes": neighbour.size_bytes,
        "sha256": neighbour.sha256,
        "entry": neighbour.entry.id if neighbour.entry else None,
        "ways": [way.value for way in neighbour.ways],
        "is_on_shelf": neighbour.is_on_shelf,
        "problem": neighbour.problem.kind if neighbour.problem else None,
        "reason": explain(neighbour.problem, tr) if neighbour.problem else None,
    }
