"""Where the bytes of one remote file come from: the hub's address for it, and the store that leads to."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from app.catalogue.answers import Asked, body_start, check_linked
from app.catalogue.web import Answer, Token, Web
from app.core.catalogue import RemoteFile
from app.core.errors import FileChanged, HostFailed

_EXPIRED = (401, 403, 404, 410)
"""What a store of files answers when an address that the hub gave out is no longer good."""


@dataclass(frozen=True, slots=True)
class Body:
    """The bytes of the file from `start` on, as they come."""

    host: str
    start: int
    chunks: Iterator[bytes]


class Source:
    """May be asked by several connections at once."""

    def __init__(self, web: Web, file: RemoteFile, url: str, origin: str, token: Token | None) -> None:
        """`url` is the hub's address of the file, `origin` the hub."""
        self._web = web
        self._file = file
        self._url = url
        self._token = token
        self._asked = Asked(origin, file.repository, file.path, token is not None)
        self._lock = threading.Lock()
        self._store = ""
        self._etags: dict[str, str] = {}

    @contextlib.contextmanager
    def open(self, first: int, last: int) -> Iterator[Body]:
        """Ask for the bytes from `first` to `last`; the host may send the whole file regardless.

        Raises:
            AlcoveError: what came is not a part of this file, or nothing came.
            StopRequested: the download was stopped.
        """
        with contextlib.ExitStack() as stack:
            try:
                answer = stack.enter_context(self._ask(self._store or self._url, first, last))
            except HostFailed as error:
                if not self._store or error.values["status"] not in _EXPIRED:
                    raise
                self._store = ""
                answer = stack.enter_context(self._ask(self._url, first, last))
            yield self._checked(answer, first, last)

    def _ask(self, url: str, first: int, last: int) -> contextlib.AbstractContextManager[Answer]:
        return self._web.get(url, self._asked, {"range": f"bytes={first}-{last}"}, self._token)

    def _checked(self, answer: Answer, first: int, last: int) -> Body:
        response = answer.response
        for headers in (*answer.hops, response.headers):
            check_linked(headers, self._file, answer.host)
        size_bytes = self._file.size_bytes
        start = body_start(response.status_code, response.headers, first, last, size_bytes, answer.host)
        self._check_etag(answer.origin, response.headers.get("etag", ""))
        if answer.hops:
            self._store = answer.url
        return Body(answer.host, start, response.iter_raw())

    def _check_etag(self, origin: str, etag: str) -> None:
        """A file has one strong ETag for as long as it stays the same."""
        if etag.startswith('"'):
            with self._lock:
                known = self._etags.setdefault(origin, etag)
            if known != etag:
                raise FileChanged(repository=self._file.repository, file=self._file.path)
