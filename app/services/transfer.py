"""Downloads, checks and repairs of model files, one at a time for each file.

For front ends: nothing here asks the network before it is told to. `find` or `list` ask the hub (in the
background: they wait for it), `fetch` starts the download of what they gave and comes back at once. A
`Transfer` is taken from like a `Generation` until it ended; to pause it is to `cancel` it, as what was
fetched is kept: `fetch` or `resume` goes on, also after a kill or the next day (`Library.unfinished`).
`Library.remove` throws it away instead.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from app.catalogue.check import Check
from app.catalogue.download import Download
from app.catalogue.hub import Hub, endpoint_in_use
from app.catalogue.index import entry_with
from app.catalogue.job import Job
from app.catalogue.pace import Tuning
from app.catalogue.repair import Repair
from app.catalogue.shelf import size_of
from app.catalogue.unfinished import came_from
from app.core.catalogue import Entry, Listing, RemoteFile
from app.core.download import Checked, DownloadEvent, Fetched
from app.core.errors import AccessDenied, AlcoveError, DownloadBusy, NoToken, NotRepairable
from app.core.shelf import Unfinished, Verdict
from app.core.words import mark
from app.log import logger
from app.services.library import Library
from app.services.tokens import Tokens
from app.userdata import SettingsFile
from app.vault import Vault, is_token

_END_PATIENCE_S = 0.5
_ALIKE = 0.01
"""How far, as a part of it, the catalogue's size of a file may be from its exact one."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where from and how fast for once; "" and None mean as the settings say, 0 no limit."""

    endpoint: str = ""
    bytes_per_s: int | None = None


class Transfer:
    """One download, check or repair under way, for one consumer. `latest` may be read by any other."""

    def __init__(self, transfers: Transfers, job: Job, file: RemoteFile | None, origin: str = "") -> None:
        """`file` is what is fetched, None in a check of one nobody knows; `origin` is the hub."""
        self._transfers = transfers
        self._job = job
        self.path = job.path
        self.file = file
        self.origin = origin
        self.latest: DownloadEvent | None = None

    @property
    def ended(self) -> bool:
        return self._job.ended

    def take(self, timeout_s: float | None = None) -> list[DownloadEvent]:
        """Wait for events and give all that came; [] when `timeout_s` passed without any.

        Raises:
            AlcoveError: what went wrong, once every event before it was taken. What was fetched is kept.
        """
        try:
            events = [self._transfers.saw(self, event) for event in self._job.take(timeout_s)]
        except AlcoveError as error:
            self._transfers.forget(self)
            raise self._transfers.tokens.cause(error, self.origin) from error
        self.latest = events[-1] if events else self.latest
        if self.ended:
            self._transfers.forget(self)
        return events

    def __iter__(self) -> Iterator[DownloadEvent]:
        while not self.ended:
            yield from self.take()

    def cancel(self) -> None:
        """Stop it, within half a second; the end follows as `Stopped`."""
        self._job.cancel()


class Transfers:
    """May be used from any thread."""

    def __init__(
        self, settings_file: SettingsFile, library: Library, vault: Vault, tuning: Tuning | None = None
    ) -> None:
        self._settings_file = settings_file
        self._library = library
        self.tokens = Tokens(settings_file, vault)
        self._tuning = tuning or Tuning()
        self._lock = threading.Lock()
        self._running: dict[Path, Transfer] = {}

    @property
    def running(self) -> tuple[Transfer, ...]:
        """Those that have not ended, in the order in which they began."""
        with self._lock:
            return tuple(each for each in self._running.values() if not each.ended)

    def find(self, entry: Entry, route: Route = Route()) -> RemoteFile:
        """The file an entry of the catalogue stands for, as the hub has it now.

        Raises:
            DownloadError: the hub cannot be reached, or no longer has it.
        """
        hub = self._hub(route)
        with self._explained(hub):
            return hub.find(entry)

    def list(self, repository: str, route: Route = Route()) -> Listing:
        """The GGUF files of any repository, such as "owner/name".

        Raises:
            DownloadError: the hub cannot be reached, or has no such repository.
        """
        hub = self._hub(route)
        with self._explained(hub):
            return hub.list(repository)

    def place(self, file: RemoteFile) -> Path:
        """Where the file is to lie."""
        return self._library.shelf.place(file)

    def fetch(self, file: RemoteFile, route: Route = Route()) -> Transfer:
        """Fetch a file onto the shelf, or go on with it; the last event is `Fetched`.

        Raises:
            DownloadBusy: it is being fetched here already; by another Alcove, `take` says so.
        """
        return self._fetch(file, self.place(file), route)

    def resume(self, unfinished: Unfinished, route: Route = Route()) -> Transfer:
        """Go on with a download or a repair that was broken off; as `fetch`."""
        return self._fetch(unfinished.file, unfinished.target, route)

    def verify(self, path: Path) -> Transfer:
        """Read a file through and compare its SHA-256 with what it should be; the last event is `Checked`.

        Raises:
            DownloadBusy: it is being fetched, checked or repaired here already.
        """
        path = path.absolute()
        with self._claimed(path):
            known = came_from(path)
            # A file found good gets a record beside it, which has no business in another program's folder.
            likely = self._likely(path) if self._library.shelf.holds(path) else None
            sha256 = known.sha256 if known else likely.sha256 if likely else ""
            return self._begin(Transfer(self, Check(path, sha256, self._tuning), known))

    def repair(self, path: Path, route: Route = Route()) -> Transfer:
        """Fetch the blocks anew that have rotted; the last event is `Fetched`.

        Raises:
            NotRepairable: nobody knows where the file came from.
            DownloadError: the hub cannot be reached, or no longer has it.
        """
        path = path.absolute()
        file = came_from(path)
        if file is None:
            entry = self._likely(path)
            if entry is None:
                reason = mark("nobody knows where it came from")
                raise NotRepairable(path=str(path), reason=reason)
            file = self.find(entry, route)
        hub = self._hub(route)
        with self._claimed(path):
            job = Repair(hub, file, path, self._tuned(route))
            return self._begin(Transfer(self, job, file, hub.origin))

    def sha256(self, path: Path) -> str:
        """What is known of a file that was read through before, or else it is verified now, which takes a
        while; "" where that cannot be."""
        known = self._library.hashes.get(path.absolute())
        if known is not None:
            return known.sha256
        try:
            *_, last = self.verify(path)
        except AlcoveError as error:
            logger("services").info("a model's file cannot be verified: %s", error.kind)
            return ""
        return last.sha256 if isinstance(last, Checked) else ""

    def keep_token(self, token: str, route: Route = Route()) -> None:
        """Keep the token of the hub in the system keyring, and nowhere else.

        Raises:
            NoToken: this cannot be one.
            VaultError: there is no keyring that would keep it safe.
        """
        if not is_token(token):
            raise NoToken
        self.tokens.keep(Hub(self._endpoint(route)).origin, token)

    def forget_token(self, route: Route = Route()) -> None:
        """Remove the token of the hub from the system keyring.

        Raises:
            VaultError: it cannot be asked.
        """
        self.tokens.forget(Hub(self._endpoint(route)).origin)

    def close(self) -> None:
        """Stop everything; what was fetched is kept."""
        running = self.running
        for transfer in running:
            transfer.cancel()
        for transfer in running:
            with contextlib.suppress(AlcoveError):  # whoever waits for it is told
                while not transfer.ended and transfer.take(_END_PATIENCE_S):
                    pass

    def saw(self, transfer: Transfer, event: DownloadEvent) -> DownloadEvent:
        """Called with each event before it is handed on: the SHA-256 it brought is remembered."""
        match event:
            case Fetched():
                self._library.hashes.note(event.path, event.sha256, Verdict.GOOD)
            case Checked():
                is_known = entry_with(self._library.entries, event.sha256) is not None
                event = replace(event, is_good=event.is_good or is_known)
                is_expected = transfer.file is not None or bool(event.bad_blocks)
                bad = Verdict.DAMAGED if is_expected else Verdict.UNKNOWN
                self._library.hashes.note(event.path, event.sha256, Verdict.GOOD if event.is_good else bad)
        return event

    def forget(self, transfer: Transfer) -> None:
        """Called once a transfer has ended."""
        with self._lock:
            if self._running.get(transfer.path) is transfer:
                del self._running[transfer.path]

    def _fetch(self, file: RemoteFile, target: Path, route: Route) -> Transfer:
        hub = self._hub(route)
        with self._claimed(target):
            job = Download(hub, file, target, self._tuned(route))
            return self._begin(Transfer(self, job, file, hub.origin))

    @contextlib.contextmanager
    def _claimed(self, path: Path) -> Iterator[None]:
        """Start something with this file, unless something runs already."""
        with self._lock:
            running = self._running.get(path)
            if running is not None and not running.ended:
                raise DownloadBusy(path=str(path))
            yield

    def _begin(self, transfer: Transfer) -> Transfer:
        self._running[transfer.path] = transfer
        return transfer

    def _endpoint(self, route: Route) -> str:
        return endpoint_in_use(route.endpoint or self._settings_file.load().hub_endpoint)

    def _tuned(self, route: Route) -> Tuning:
        limit = route.bytes_per_s
        chosen = self._settings_file.load().download_bytes_per_s if limit is None else limit
        return replace(self._tuning, bytes_per_s=max(0, chosen))

    def _hub(self, route: Route) -> Hub:
        """The hub as this person reaches it; the keyring is asked only where it has a token for it."""
        settings = self._settings_file.load()
        hub = Hub(self._endpoint(route), settings.proxy)
        return replace(hub, token=self.tokens.get(hub.origin)) if settings.token_origins else hub

    @contextlib.contextmanager
    def _explained(self, hub: Hub) -> Iterator[None]:
        try:
            yield
        except AccessDenied as error:
            raise self.tokens.cause(error, hub.origin) from error

    def _likely(self, path: Path) -> Entry | None:
        """The entry of the catalogue that a file nobody knows is by its size; only its SHA-256 will tell."""
        size_bytes = size_of(path)
        return next(
            (
                entry
                for entry in self._library.entries
                if entry.sha256 and abs(size_bytes - entry.size_bytes) <= _ALIKE * entry.size_bytes
            ),
            None,
        )
