"""Proxies on 127.0.0.1: HTTP (forwarding and CONNECT) and SOCKS 5, which note what goes through them."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import struct
import threading
from urllib.parse import urlsplit

PIECE_BYTES = 64 << 10


class _Proxy(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = True
    allow_reuse_address = True

    def __init__(self, handler: type[socketserver.BaseRequestHandler], scheme: str, password: str) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.scheme = scheme
        self.password = password
        self.passed: list[str] = []
        """Host and port of each connection that was asked for."""
        self.open: set[socket.socket] = set()
        self._thread = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.05}, name="proxy"
        )

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.address}"

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> _Proxy:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        for connection in list(self.open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.server_close()
        self._thread.join()

    def handle_error(self, request: object, client_address: object) -> None:
        """Connections break in these tests."""


class _Handler(socketserver.BaseRequestHandler):
    server: _Proxy
    request: socket.socket

    def pass_on(self, host: str, port: int, first: bytes = b"") -> None:
        """Connect, send `first`, and carry bytes both ways until one side ends."""
        self.server.passed.append(f"{host}:{port}")
        with socket.create_connection((host, port)) as far:
            self.server.open |= {self.request, far}
            far.sendall(first)
            back = threading.Thread(target=_carry, args=(far, self.request), name="proxy-back")
            back.start()
            _carry(self.request, far)
            back.join()
            self.server.open -= {self.request, far}


def _carry(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(PIECE_BYTES):
            target.sendall(data)
    for side in (source, target):
        with contextlib.suppress(OSError):
            side.shutdown(socket.SHUT_RDWR)


class _HttpHandler(_Handler):
    """One request a connection, which then belongs to it."""

    def handle(self) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            if not (more := self.request.recv(PIECE_BYTES)):
                return
            head += more
        line, _, rest = head.partition(b"\r\n")
        method, target, version = line.split(b" ")
        if self.server.password and self.server.password.encode() not in rest:
            self.request.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
        elif method == b"CONNECT":
            host, _, port = target.decode().rpartition(":")
            self.request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            self.pass_on(host, int(port))
        else:
            parts = urlsplit(target.decode())
            path = f"{parts.path}?{parts.query}".encode()
            rest = rest.replace(b"Connection: keep-alive", b"Connection: close")
            first = b" ".join((method, path, version)) + b"\r\n" + rest
            self.pass_on(parts.hostname or "", parts.port or 80, first)


class _SocksHandler(_Handler):
    def handle(self) -> None:
        version, count = self._read(2)
        methods = self._read(count)
        if version != 5 or (self.server.password and 2 not in methods):
            self.request.sendall(b"\x05\xff")
            return
        self.request.sendall(b"\x05\x00")
        _, _, _, kind = self._read(4)
        host = socket.inet_ntoa(self._read(4)) if kind == 1 else self._read(self._read(1)[0]).decode()
        (port,) = struct.unpack(">H", self._read(2))
        self.request.sendall(b"\x05\x00\x00\x01" + bytes(6))
        self.pass_on(host, port)

    def _read(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            data += self.request.recv(size - len(data)) or b"\x00" * size
        return data


def http_proxy(password: str = "") -> _Proxy:
    """With a password, a proxy that asks for one."""
    return _Proxy(_HttpHandler, "http", password)


def socks_proxy(password: str = "") -> _Proxy:
    return _Proxy(_SocksHandler, "socks5h", password)
