"""The one way this room asks the web: proxies, redirects that stay safe, and errors that name their cause.

A token goes to the origin it was given for and to no other; a secure address never leads to an insecure
one. Proxies come from the settings or else from the environment (`HTTPS_PROXY`, `NO_PROXY`, ...).
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import ssl
import threading
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.catalogue.answers import Asked, Headers, refusal
from app.catalogue.job import Stop
from app.core.errors import (
    AlcoveError,
    AnswerRefused,
    HostStalled,
    HostUnreachable,
    ProxyFailed,
    RedirectRefused,
    TlsFailed,
)
from app.core.text import without_password
from app.core.words import mark

if TYPE_CHECKING:
    import httpx2

CONNECT_S = 15.0
REDIRECTS = (301, 302, 303, 307, 308)
MOST_REDIRECTS = 10
_PORTS = {"http": 80, "https": 443}
_OF_ANOTHER_TIME = (9, 10)
"""What OpenSSL says of a certificate that is not yet valid, or no longer."""
_ASKS_WHO = mark("it asks for a name and password")
_NO_ADDRESS = mark("an address that is none")


@dataclass(frozen=True, slots=True)
class Token:
    """`secret` belongs to `origin`, such as `https://huggingface.co`."""

    origin: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """The last answer of a walk along redirects; `hops` are the headers of those that led to it."""

    response: httpx2.Response
    hops: tuple[Headers, ...]

    @property
    def url(self) -> str:
        return str(self.response.request.url)

    @property
    def host(self) -> str:
        return self.response.request.url.host

    @property
    def origin(self) -> str:
        return origin(self.response.request.url)


class Web:
    """A client with connections of its own; may be used from any thread until it is closed."""

    def __init__(self, proxy: str = "", stop: Stop | None = None, stall_s: float = 20.0) -> None:
        """`stop` cuts every connection when it is set; `stall_s` is how long a host may be silent."""
        self._proxy = proxy
        self._stop = stop or Stop()
        self._stall_s = stall_s
        self._lock = threading.Lock()
        self._client: httpx2.Client | None = None

    def close(self) -> None:
        with self._lock:
            if self._client is not None:
                self._client.close()

    def __enter__(self) -> Web:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextlib.contextmanager
    def get(
        self, url: str, asked: Asked, headers: Mapping[str, str] | None = None, token: Token | None = None
    ) -> Iterator[Answer]:
        """Ask for `url` and follow where it leads; the body is read by the caller, within the `with`.

        Raises:
            AlcoveError: what the network, the proxy or the host did; also from reading the body.
            StopRequested: `stop` was set.
        """
        import httpx2
        from socksio import SOCKSError

        trail = _Trail(self._stop)
        try:
            with contextlib.closing(self._walk(url, dict(headers or {}), token, trail)) as walk:
                answer = next(walk)
                response = answer.response
                if response.status_code == 407:
                    raise ProxyFailed(proxy=trail.proxy or trail.host, reason=_ASKS_WHO)
                if response.status_code >= 400:
                    raise refusal(response.status_code, response.headers, asked, answer.origin)
                yield answer
        except httpx2.InvalidURL:
            raise AnswerRefused(host=trail.host, reason=_NO_ADDRESS) from None
        except httpx2.TransportError as error:
            self._stop.check()
            trail.drop()
            raise cause(error, trail) from error
        except (SOCKSError, AssertionError) as error:  # what answers in the proxy's place speaks no SOCKS
            if not trail.is_at_proxy:
                raise
            trail.drop()
            raise ProxyFailed(proxy=trail.proxy, reason=mark("it does not answer as one")) from error

    def _walk(
        self, url: str, headers: dict[str, str], token: Token | None, trail: _Trail
    ) -> Generator[Answer, None, None]:
        """Gives the one answer at the end of the redirects, and closes it afterwards."""
        import httpx2

        place, hops = httpx2.URL(url), list[Headers]()
        while len(hops) <= MOST_REDIRECTS:
            self._stop.check()
            trail.follow(place)
            response = self._send(place, headers, token, trail)
            try:
                if response.status_code not in REDIRECTS or "location" not in response.headers:
                    yield Answer(response, tuple(hops))
                    return
            finally:
                response.close()
            hops.append(response.headers)
            place = next_place(place, response.headers["location"])
        raise AnswerRefused(host=place.host, reason=mark("redirects without an end"))

    def _send(
        self, place: httpx2.URL, headers: dict[str, str], token: Token | None, trail: _Trail
    ) -> httpx2.Response:
        if token is not None and may_have_token(place, token):
            headers = {**headers, "authorization": f"Bearer {token.secret}"}
        client = self._open_client()
        request = client.build_request("GET", place, headers=headers, extensions={"trace": trail.note})
        return client.send(request, stream=True)

    def _open_client(self) -> httpx2.Client:
        import httpx2

        with self._lock:
            if self._client is None:
                try:
                    self._client = httpx2.Client(
                        proxy=self._proxy or None,
                        headers={"user-agent": "Alcove", "accept-encoding": "identity"},
                        timeout=httpx2.Timeout(self._stall_s, connect=CONNECT_S, pool=None),
                        limits=httpx2.Limits(max_connections=None, max_keepalive_connections=8),
                    )
                except (ValueError, httpx2.InvalidURL):  # what they say may repeat a password
                    proxy = without_password(self._proxy) or "?"
                    raise ProxyFailed(proxy=proxy, reason=_NO_ADDRESS) from None
            return self._client


class _Trail:
    """Where a request went, as it is told while it is under way; its connections are cut by `stop`."""

    def __init__(self, stop: Stop) -> None:
        self._stop = stop
        self.host = ""
        self._port = 0
        self.connected_to: tuple[str, int] | None = None
        self._connection: socket.socket | None = None
        self.is_at_proxy = False
        """Whether a proxy is being asked to let the request through."""

    def follow(self, place: httpx2.URL) -> None:
        self.host, self._port = place.host, place.port or _PORTS.get(place.scheme, 0)
        self.connected_to = None

    @property
    def proxy(self) -> str:
        """The proxy that was connected to, "" where it was the host itself."""
        if self.connected_to is None or self.connected_to == (self.host, self._port):
            return ""
        return "{}:{}".format(*self.connected_to)

    def note(self, event: str, info: Mapping[str, Any]) -> None:
        """Called by the HTTP library with each step it takes."""
        if event.endswith("connect_tcp.started"):
            self.connected_to = (str(info["host"]).strip("[]"), int(info["port"]))
        elif event.endswith("setup_socks5_connection.started"):
            self.is_at_proxy = True
        elif event.endswith("send_request_headers.started"):
            self.is_at_proxy = info["request"].method == b"CONNECT"
        elif event.endswith(("connect_tcp.complete", "start_tls.complete")):
            connection = info["return_value"].get_extra_info("socket")
            if isinstance(connection, socket.socket):
                self._connection = connection
                self._stop.watch(connection)

    def drop(self) -> None:
        """Close what the library leaves open when a SOCKS proxy fails."""
        if self.is_at_proxy and self._connection is not None:
            self._connection.close()


def cause(error: httpx2.TransportError, trail: _Trail) -> AlcoveError:
    """The error of ours that says what went wrong below HTTP."""
    import httpx2

    inner = list(_chain(error))
    reason = next((text for found in inner if (text := _reason(found))), mark("the connection was lost"))
    if isinstance(error, httpx2.ProxyError):
        return ProxyFailed(proxy=trail.proxy, reason=_proxy_reason(str(error)))
    is_tls = isinstance(error, httpx2.ConnectError)  # where a proxy has let the request through already
    if trail.is_at_proxy and not is_tls:
        return ProxyFailed(proxy=trail.proxy, reason=reason)
    if isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout):
        tls = next((found for found in inner if isinstance(found, ssl.SSLError)), None)
        if tls is not None:
            return TlsFailed(host=trail.host, reason=_tls_reason(tls))
        if trail.proxy:
            return ProxyFailed(proxy=trail.proxy, reason=reason)
        return HostUnreachable(host=trail.host, reason=reason)
    if isinstance(error, httpx2.TimeoutException):
        return HostStalled(host=trail.host)
    return HostUnreachable(host=trail.host, reason=reason)


def _tls_reason(error: ssl.SSLError) -> str:
    if getattr(error, "verify_code", 0) in _OF_ANOTHER_TIME:
        return mark("its certificate is for another time, or the clock of this computer is wrong")
    return getattr(error, "verify_message", "") or error.reason


def _proxy_reason(said: str) -> str:
    return _ASKS_WHO if said.startswith("407") else said


def _reason(error: BaseException) -> str:
    if isinstance(error, socket.gaierror):
        return mark("its name is not known here")
    if isinstance(error, ConnectionRefusedError):
        return mark("nothing answers there")
    if isinstance(error, TimeoutError):
        return mark("it does not answer")
    return ""


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def origin(place: httpx2.URL) -> str:
    """Scheme, host and port, such as `https://huggingface.co`; the usual port is left out."""
    port = "" if place.port in (None, _PORTS.get(place.scheme)) else f":{place.port}"
    host = f"[{place.host}]" if ":" in place.host else place.host
    return f"{place.scheme}://{host}{port}"


def may_have_token(place: httpx2.URL, token: Token) -> bool:
    """To its own origin only, and in the open within this computer only."""
    return origin(place) == token.origin and (place.scheme == "https" or _is_inside(place.host, "loopback"))


def next_place(place: httpx2.URL, location: str) -> httpx2.URL:
    """Where a redirect leads.

    Raises:
        RedirectRefused: to plain HTTP from a secure address, to another scheme, with a name in it, or
            into a network that the address before was not in.
    """
    target = place.join(location)
    is_safe = (
        target.scheme in ("https", place.scheme)
        and target.scheme in _PORTS
        and target.host != ""
        and not target.userinfo
        and not _is_inside(target.host, "link_local")
        and (not _is_inside(target.host, "private") or _is_inside(place.host, "private"))
    )
    if not is_safe:
        raise RedirectRefused(host=place.host, target=origin(target))
    return target


def _is_inside(host: str, kind: str) -> bool:
    """Whether the host is an address of this kind: loopback, private (which includes it) or link_local."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" and kind in ("loopback", "private")
    mapped = getattr(address, "ipv4_mapped", None) or address
    return bool(getattr(mapped, f"is_{kind}"))
