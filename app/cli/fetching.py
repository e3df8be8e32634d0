"""`models search`, `fetch`, `verify` and `repair`: the catalogue, the hub, and files made good."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from app.assembly import Alcove
from app.cli.arguments import FetchModel, RepairModels, SearchModels, VerifyModels
from app.cli.exit_codes import ExitCode
from app.cli.following import follow_transfer, for_each
from app.cli.screen import Screen
from app.cli.shelf import named
from app.core.catalogue import Entry, Listing, RemoteFile
from app.core.download import Checked, Fetched, Stopped
from app.core.errors import FileMissing, WrongArchitecture
from app.core.shelf import Verdict
from app.core.text import visible
from app.core.words import mark
from app.i18n.quantities import size_text
from app.services.transfer import Route, Transfer

_STOPPED = mark("Stopped. {done} are kept; the same command goes on from there.")


def search(arguments: SearchModels, alcove: Alcove, screen: Screen) -> int:
    """The hub is asked only for a repository that is named."""
    if "/" in arguments.words:
        listing = alcove.transfers.list(arguments.words, Route(arguments.endpoint))
        if arguments.as_json:
            screen.json(asdict(listing))
        else:
            _write_listing(listing, alcove, screen)
        return ExitCode.DONE if listing.files else ExitCode.SOME_FAILED
    found = [entry for entry in alcove.library.entries if _fits(entry, arguments.words)]
    if arguments.as_json:
        screen.json([asdict(entry) for entry in found])
    else:
        for entry in found:
            _write_entry(entry, alcove, screen)
    if not found:
        screen.note(alcove.tr("Nothing in the catalogue has these words in its name."))
    return ExitCode.DONE if found else ExitCode.SOME_FAILED


def fetch(arguments: FetchModel, alcove: Alcove, screen: Screen) -> int:
    route = Route(arguments.endpoint, arguments.bytes_per_s)
    file = _find(arguments.name, route, alcove, screen)
    if file is None:
        return ExitCode.USAGE
    if not screen.shows_progress:
        told = {"name": file.path, "size": size_text(file.size_bytes), "place": alcove.transfers.place(file)}
        screen.note(alcove.tr("Fetching {name} ({size}) to {place}", **told))
    return _finish(alcove.transfers.fetch(file, route), alcove, screen, as_json=arguments.as_json)


def repair(arguments: RepairModels, alcove: Alcove, screen: Screen) -> int:
    route = Route(arguments.endpoint, arguments.bytes_per_s)

    def mend(path: Path) -> int:
        transfer = alcove.transfers.repair(named(path, alcove), route)
        return _finish(transfer, alcove, screen, as_json=arguments.as_json)

    return for_each(arguments.paths, mend, alcove.tr, screen)


def verify(arguments: VerifyModels, alcove: Alcove, screen: Screen) -> int:
    def check(path: Path) -> int:
        end = follow_transfer(alcove.transfers.verify(named(path, alcove)), alcove.tr, screen)
        if isinstance(end, Checked):
            return _write_check(end, alcove, screen, as_json=arguments.as_json)
        return ExitCode.INTERRUPTED

    return for_each(arguments.paths, check, alcove.tr, screen)


def _find(name: str, route: Route, alcove: Alcove, screen: Screen) -> RemoteFile | None:
    """The file that is meant; None where the name fits none or several, which is then said."""
    entries = alcove.library.entries
    entry = next((each for each in entries if name in ("", each.id)), None)
    if entry is not None:
        return alcove.transfers.find(entry, route)
    if "/" not in name:
        screen.note(alcove.tr("There is no “{name}” in the catalogue; it has:", name=visible(name)))
        screen.note("\n".join(each.id for each in entries))
        return None
    owner, repository, *rest = name.split("/")
    listing = alcove.transfers.list(f"{owner}/{repository}", route)
    if not listing.may_be_gpt_oss:
        raise WrongArchitecture(path=listing.repository, architecture=listing.architecture)
    wanted = "/".join(rest)
    fitting = [file for file in listing.files if wanted in ("", file.path)]
    if not fitting:
        raise FileMissing(repository=listing.repository, file=wanted or "*.gguf")
    if len(fitting) > 1:
        screen.note(alcove.tr("There are several files: name one of them."))
        for file in fitting:
            screen.note(visible(f"{file.repository}/{file.path}"))
        return None
    return fitting[0]


def _finish(transfer: Transfer, alcove: Alcove, screen: Screen, *, as_json: bool) -> int:
    """Follow a download to its end: the path on stdout, or how to go on."""
    end = follow_transfer(transfer, alcove.tr, screen, _STOPPED)
    if isinstance(end, Stopped):
        return ExitCode.INTERRUPTED
    assert isinstance(end, Fetched)
    if as_json:
        screen.json({**asdict(end), "path": str(end.path)})
    else:
        screen.note(alcove.tr("Complete; its SHA-256 is right."))
        screen.line(str(end.path))
    return ExitCode.DONE


def _write_check(end: Checked, alcove: Alcove, screen: Screen, *, as_json: bool) -> int:
    verdict = alcove.library.item(end.path).verdict
    if as_json:
        values = {"path": str(end.path), "sha256": end.sha256, "verdict": verdict.value}
        screen.json({**values, "bad_blocks": list(end.bad_blocks)})
    else:
        screen.line(f"{end.sha256}  {visible(str(end.path))}: {alcove.tr(verdict.text)}")
        if end.bad_blocks:
            text = alcove.tr.plural(
                "{n} block has changed: “models repair” fetches it.",
                "{n} blocks have changed: “models repair” fetches them.",
                len(end.bad_blocks),
            )
            screen.note(text)
    return ExitCode.DONE if verdict is Verdict.GOOD else ExitCode.SOME_FAILED


def _fits(entry: Entry, words: str) -> bool:
    text = f"{entry.id} {entry.title} {entry.origin} {entry.repository}".lower()
    return all(word in text for word in words.lower().split())


def _write_entry(entry: Entry, alcove: Alcove, screen: Screen) -> None:
    known = [
        alcove.tr(entry.origin.text),
        size_text(entry.size_bytes) if entry.size_bytes else "",
        alcove.tr("{size} of memory", size=size_text(entry.memory_bytes)) if entry.memory_bytes else "",
        entry.licence,
        entry.repository,
    ]
    screen.line(f"{entry.id}  {entry.title}")
    screen.line("    " + ", ".join(filter(None, known)), is_dim=True)
    for caveat in entry.caveats:
        screen.line("    " + alcove.tr(caveat.text), is_dim=True)


def _write_listing(listing: Listing, alcove: Alcove, screen: Screen) -> None:
    for line in _lines(listing):
        screen.line(line)
    if not listing.may_be_gpt_oss:
        told = {"architecture": listing.architecture}
        screen.note(
            alcove.tr("These are of the architecture {architecture}: Alcove runs gpt-oss only.", **told)
        )
    if not listing.files:
        screen.note(alcove.tr("There is no GGUF file in this repository."))


def _lines(listing: Listing) -> Iterator[str]:
    for file in listing.files:
        name = visible(f"{file.repository}/{file.path}")
        yield f"{size_text(file.size_bytes):>9}  {file.short_hash}  {name}"
