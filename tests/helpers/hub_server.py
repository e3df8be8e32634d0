"""A hub on 127.0.0.1 that speaks as the real one does, and goes wrong as told.

Two servers on two ports, as the hub and the store of files it points to are two origins. Each takes
the next of its faults for each request for a file; with none left it behaves. As a program it serves
one file until its stdin ends:

    python -m tests.helpers.hub_server FILE [--bytes-per-s N]
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import hashlib
import json
import socket
import ssl
import struct
import sys
import termios
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

COMMIT = "0123456789abcdef0123456789abcdef01234567"
REPOSITORY = "owner/weights"
TOKEN = "hf_right"
PIECE_BYTES = 64 << 10


class Act(Enum):
    """What goes wrong. The first group befalls a body at `Fault.at`, the second an answer as a whole."""

    DROP = auto()
    RESET = auto()
    STALL = auto()
    TRICKLE = auto()
    CORRUPT = auto()

    NO_RANGES = auto()
    OTHER_RANGE = auto()
    NO_CONTENT_RANGE = auto()
    OTHER_BYTES = auto()
    OTHER_TOTAL = auto()
    TOO_LONG = auto()
    OTHER_ETAG = auto()
    PACKED = auto()
    STATUS = auto()
    PAGE = auto()
    REDIRECT = auto()
    HEADERS = auto()


@dataclass(frozen=True, slots=True)
class Fault:
    """`at` counts within the body; `headers` are added, `location` is where a redirect leads."""

    act: Act
    at: int = 0
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    location: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as it arrived; header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]

    @property
    def first_byte(self) -> int:
        """Where the range begins that was asked for, 0 without one."""
        found = self.headers.get("range", "bytes=0-")
        return int(found.removeprefix("bytes=").partition("-")[0])


class _Server(ThreadingHTTPServer):
    """Remembers its connections, so that closing it ends their threads."""

    daemon_threads = True
    block_on_close = True
    request_queue_size = 64

    def __init__(self, hub: HubServer, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.hub = hub
        self.connections: set[socket.socket] = set()
        self.faults: deque[Fault] = deque()
        self.requests: list[Seen] = []
        if hub.tls is not None:
            self.socket = hub.tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    @property
    def origin(self) -> str:
        scheme = "http" if self.hub.tls is None else "https"
        return f"{scheme}://127.0.0.1:{self.server_address[1]}"

    def process_request(self, request: Any, client_address: Any) -> None:
        self.connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self.connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away in the middle is what the tests are about."""
        if not isinstance(sys.exception(), OSError | ValueError):
            super().handle_error(request, client_address)

    def end(self) -> None:
        self.shutdown()
        for connection in list(self.connections):
            with contextlib.suppress(OSError):
                socket.socket.shutdown(connection, socket.SHUT_RDWR)
        self.server_close()


class HubServer:
    """Serves `files` (path in the repository: bytes) of one repository at one commit."""

    def __init__(
        self,
        files: Mapping[str, bytes | mmap],
        repository: str = REPOSITORY,
        bytes_per_s: int = 0,
        is_gated: bool = False,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.files = dict(files)
        self.sha256 = {path: hashlib.sha256(data).hexdigest() for path, data in files.items()}
        self.repository = repository
        self.bytes_per_s = bytes_per_s
        self.is_gated = is_gated
        self.architecture = "gpt-oss"
        self.tls = tls
        self.closing = threading.Event()
        self.received_bytes = 0
        """Bytes of files that clients took, as far as their kernel said so; told when an answer ends."""
        self.handed_out_bytes = 0
        self._lock = threading.Lock()
        self._free_at = 0.0
        self.hub = _Server(self, _HubHandler)
        self.store = _Server(self, _StoreHandler)
        self._threads = [
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="hub-server")
            for server in (self.hub, self.store)
        ]

    @property
    def endpoint(self) -> str:
        return self.hub.origin

    @property
    def ranges(self) -> list[int]:
        """Where each request for bytes began."""
        return [seen.first_byte for seen in self.store.requests]

    def __enter__(self) -> HubServer:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        for server in (self.hub, self.store):
            server.end()
        for thread in self._threads:
            thread.join()

    def go_wrong(self, *faults: Fault) -> None:
        """The store's next answers, in order."""
        self.store.faults.extend(faults)

    def hub_goes_wrong(self, *faults: Fault) -> None:
        """The hub's next answers to requests for a file or a list."""
        self.hub.faults.extend(faults)

    def received(self, size_bytes: int) -> None:
        with self._lock:
            self.received_bytes += size_bytes

    def keep_pace(self, size_bytes: int) -> None:
        """All connections together keep to the limit."""
        self.handed_out_bytes += size_bytes
        if not self.bytes_per_s:
            return
        with self._lock:
            now = time.monotonic()
            self._free_at = max(now, self._free_at) + size_bytes / self.bytes_per_s
            pause_s = self._free_at - now
        if pause_s > 0.002:
            self.closing.wait(pause_s)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    timeout = 60

    def setup(self) -> None:
        if isinstance(self.request, ssl.SSLSocket):
            self.request.do_handshake()
        self.request.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 256 << 10)
        super().setup()

    def log_message(self, *_: object) -> None:
        pass

    @property
    def hub(self) -> HubServer:
        return self.server.hub

    def note(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.requests.append(Seen(self.command, self.path, headers))

    def next_fault(self) -> Fault | None:
        return self.server.faults.popleft() if self.server.faults else None

    def answer(self, status: int, headers: Mapping[str, str], body: bytes = b"") -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def answer_fault(self, fault: Fault) -> bool:
        """Whether this fault was the whole answer."""
        if fault.act is Act.STATUS:
            self.answer(fault.status, fault.headers, b"no")
        elif fault.act is Act.PAGE:
            self.answer(200, {"Content-Type": "text/html; charset=utf-8"}, b"<html>Please sign in</html>")
        elif fault.act is Act.REDIRECT:
            self.answer(302, {"Location": fault.location, **fault.headers})
        elif fault.act is Act.STALL and fault.at < 0:
            self.hub.closing.wait()  # not even headers come
            self.close_connection = True
        else:
            return False
        return True


class _HubHandler(_Handler):
    """Lists the repository and points to the store."""

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        self.note()
        fault = self.next_fault()
        if fault is not None and self.answer_fault(fault):
            return None
        repository, added = self.hub.repository, fault.headers if fault else {}
        path = unquote(self.path.partition("?")[0])
        if self._is_refused():
            return None
        for revision in ("main", COMMIT):
            if path == f"/api/models/{repository}/revision/{revision}":
                return self.answer(200, {"Content-Type": "application/json"}, self._listing())
            name = path.removeprefix(f"/{repository}/resolve/{revision}/")
            if name in self.hub.files:
                return self.answer(302, {**self._linked(name), **added})
        code = "EntryNotFound" if f"/{repository}/" in path else "RepoNotFound"
        return self.answer(404, {"X-Error-Code": code}, b"not here")

    def _is_refused(self) -> bool:
        said = self.headers.get("Authorization", "")
        if said and said != f"Bearer {TOKEN}":
            self.answer(401, {"X-Error-Message": "Invalid credentials in Authorization header"})
        elif self.hub.is_gated and not said:
            self.answer(401, {"X-Error-Code": "GatedRepo"})
        else:
            return False
        return True

    def _listing(self) -> bytes:
        siblings = [
            {
                "rfilename": path,
                "size": len(data),
                "blobId": "0" * 40,
                "lfs": {"sha256": self.hub.sha256[path], "size": len(data), "pointerSize": 134},
            }
            for path, data in self.hub.files.items()
        ]
        readme = {"rfilename": "README.md", "size": 12, "blobId": "1" * 40}
        found = {
            "id": self.hub.repository,
            "sha": COMMIT,
            "gguf": {"architecture": self.hub.architecture, "context_length": 131072},
            "siblings": [readme, *siblings],
        }
        return json.dumps(found).encode()

    def _linked(self, name: str) -> dict[str, str]:
        sha256 = self.hub.sha256[name]
        return {
            "X-Repo-Commit": COMMIT,
            "X-Linked-Etag": f'"{sha256}"',
            "X-Linked-Size": str(len(self.hub.files[name])),
            "Accept-Ranges": "bytes",
            "Location": f"{self.hub.store.origin}/store/{quote(name, safe='')}?signed=yes",
        }


class _StoreHandler(_Handler):
    """Sends files or parts of them, wrong in the way that was asked for."""

    def do_GET(self) -> None:
        self.note()
        fault = self.next_fault()
        if fault is not None and self.answer_fault(fault):
            return
        data = self.hub.files[unquote(self.path.partition("?")[0].removeprefix("/store/"))]
        first, last = self._range(len(data))
        if fault is not None and fault.act is Act.NO_RANGES:
            first, last, is_part = 0, len(data) - 1, False
        else:
            is_part = "Range" in self.headers
        self._send_head(fault, first, last, len(data), is_part)
        if fault is not None and fault.act is Act.OTHER_BYTES:
            first, last = first + 1000, last + 1000
        self._send_body(fault, data, first, last)

    def _range(self, size: int) -> tuple[int, int]:
        first, _, last = self.headers.get("Range", "bytes=0-").removeprefix("bytes=").partition("-")
        return int(first), min(int(last or size - 1), size - 1)

    def _send_head(self, fault: Fault | None, first: int, last: int, size: int, is_part: bool) -> None:
        act, length = (fault.act if fault else None), last - first + 1
        headers = {"ETag": '"one"', "Accept-Ranges": "bytes", "Content-Type": "application/octet-stream"}
        shift, total = 1000 * (act is Act.OTHER_RANGE), size + (act is Act.OTHER_TOTAL)
        if is_part and act is not Act.NO_CONTENT_RANGE:
            headers["Content-Range"] = f"bytes {first + shift}-{last + shift}/{total}"
        headers["Content-Length"] = str(length + 1000 * (act is Act.TOO_LONG))
        if act is Act.OTHER_ETAG:
            headers["ETag"] = '"two"'
        if act is Act.PACKED:
            headers["Content-Encoding"] = "gzip"
        self.send_response(206 if is_part else 200)
        for name, value in (headers | dict(fault.headers if fault else {})).items():
            self.send_header(name, value)
        self.end_headers()

    def _send_body(self, fault: Fault | None, data: bytes | mmap, first: int, last: int) -> None:
        sent = lost = 0
        try:
            for piece in self._pieces(fault, data, first, last):
                self.connection.sendall(piece)
                sent += len(piece)
                self.hub.keep_pace(len(piece))
        except OSError:
            lost = self._unsent()
            raise
        finally:
            self.hub.received(sent - lost)

    def _pieces(self, fault: Fault | None, data: bytes | mmap, first: int, last: int) -> Iterator[bytes]:
        act, until = (None, last + 1) if fault is None else (fault.act, first + fault.at)
        harm = act in (Act.DROP, Act.RESET, Act.STALL, Act.TRICKLE)
        end = min(until, last + 1) if harm else last + 1
        for at in range(first, end, PIECE_BYTES):
            piece = bytes(data[at : min(at + PIECE_BYTES, end)])
            if act is Act.CORRUPT and at <= until < at + len(piece):
                piece = _flipped(piece, until - at)
            yield piece
        if act is Act.OTHER_BYTES:
            yield bytes(max(0, last + 1 - len(data)))
        if act is Act.TOO_LONG:
            yield bytes(1000)
        if harm and end <= last:
            yield from self._harm(act, data, end)

    def _harm(self, act: Act | None, data: bytes | mmap, at: int) -> Iterator[bytes]:
        self.close_connection = True
        if act is Act.RESET:
            self._wait_until_sent()
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            socket.socket.close(self.connection)
            raise ConnectionResetError
        elif act is Act.STALL:
            self.hub.closing.wait()
        elif act is Act.TRICKLE:
            while not self.hub.closing.wait(0.02):
                yield bytes(data[at : at + 1])
                at += 1

    def _wait_until_sent(self) -> None:
        """A reset takes along what is still on its way; what is asked for is one after `at` bytes."""
        until = time.monotonic() + 5
        while self._unsent() and time.monotonic() < until:
            time.sleep(0.001)

    def _unsent(self) -> int:
        """Bytes the other side has not acknowledged."""
        if self.connection.fileno() == -1:
            return 0
        waiting = fcntl.ioctl(self.connection.fileno(), termios.TIOCOUTQ, struct.pack("i", 0))
        return int(struct.unpack("i", waiting)[0])


def _flipped(piece: bytes, at: int) -> bytes:
    """One bit of one byte is another."""
    return piece[:at] + bytes([piece[at] ^ 1]) + piece[at + 1 :]


@contextlib.contextmanager
def full_server() -> Iterator[str]:
    """Takes no connection: as many as may wait are waiting already."""
    with socket.socket() as listener, contextlib.ExitStack() as waiting:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = listener.getsockname()
        for _ in range(3):
            guest = waiting.enter_context(socket.socket())
            guest.setblocking(False)
            guest.connect_ex(address)
        yield f"http://127.0.0.1:{address[1]}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--bytes-per-s", type=int, default=0)
    chosen = parser.parse_args()
    with (
        chosen.file.open("rb") as file,
        mmap(file.fileno(), 0, access=ACCESS_READ) as data,
        HubServer({chosen.file.name: data}, bytes_per_s=chosen.bytes_per_s) as server,
    ):
        print(json.dumps({"endpoint": server.endpoint, "store": server.store.origin}), flush=True)
        for line in sys.stdin:  # each line is a fault for the next request, such as "DROP 1000000"
            act, at = line.split()
            server.go_wrong(Fault(Act[act], int(at)))
            print(server.received_bytes, flush=True)


if __name__ == "__main__":
    main()
