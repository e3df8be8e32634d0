"""Redirects, trust, tokens and proxies: where a request may go, and what is said when it may not."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.catalogue.download import Download
from app.catalogue.hub import Hub
from app.core.download import Fetched
from app.core.errors import (
    AlcoveError,
    AnswerRefused,
    HostUnreachable,
    ProxyFailed,
    RedirectRefused,
    TlsFailed,
)
from tests.helpers.certificates import Certificate, make_certificate
from tests.helpers.downloading import HASTY, content, end_of
from tests.helpers.hub_server import REPOSITORY, TOKEN, Act, Fault, HubServer
from tests.helpers.proxies import http_proxy, socks_proxy

DATA = content(600_000)
NAME = "weights.gguf"


@pytest.fixture
def server():
    with HubServer({NAME: DATA}) as made:
        yield made


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def secure(certificate: Certificate, monkeypatch: pytest.MonkeyPatch):
    """A hub over TLS that is trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.authority))
    with HubServer({NAME: DATA}, tls=certificate.context) as made:
        yield made


def nobody() -> int:
    """A port where nothing answers."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextlib.contextmanager
def odd_server(said: bytes) -> Iterator[str]:
    """Says this to the one who comes first, whatever is asked, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(said)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        thread.join()


def refusal(endpoint: str, proxy: str = "") -> AlcoveError:
    """What is raised in place of the list of files."""
    with pytest.raises(AlcoveError) as raised:
        Hub(endpoint, proxy).list(REPOSITORY)
    return raised.value


def ends(hub: Hub, target: Path) -> object:
    (file,) = hub.list(REPOSITORY).files
    return end_of(Download(hub, file, target, HASTY))


def test_a_download_over_tls_from_a_hub_that_is_trusted(secure: HubServer, tmp_path: Path) -> None:
    assert secure.endpoint.startswith("https://")
    assert isinstance(ends(Hub(secure.endpoint, token=TOKEN), tmp_path / NAME), Fetched)
    assert secure.hub.requests[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert not [seen for seen in secure.store.requests if "authorization" in seen.headers]


def test_d6_a_certificate_nobody_vouches_for_is_told_as_such(
    secure: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    error = refusal(secure.endpoint)
    assert isinstance(error, TlsFailed) and "certificate" in str(error.values["reason"])


@pytest.mark.parametrize("days", [-20_000, -2, 2])
def test_d6_a_clock_that_is_wrong_is_told_as_a_possible_cause(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    """What a computer whose clock stands in 1970 sees: certificates from far ahead."""
    other = make_certificate(tmp_path, -days)
    monkeypatch.setenv("SSL_CERT_FILE", str(other.authority))
    with HubServer({NAME: DATA}, tls=other.context) as server:
        error = refusal(server.endpoint)
    assert isinstance(error, TlsFailed) and "clock" in str(error.values["reason"])


def test_d5_a_secure_address_never_leads_to_an_insecure_one(
    secure: HubServer, server: HubServer, tmp_path: Path
) -> None:
    hub = Hub(secure.endpoint)
    (file,) = hub.list(REPOSITORY).files
    secure.hub_goes_wrong(Fault(Act.REDIRECT, location=f"{server.store.origin}/store/{NAME}"))
    assert isinstance(end_of(Download(hub, file, tmp_path / NAME, HASTY)), RedirectRefused)
    assert server.store.requests == []


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/x",
        "http://169.254.169.254/latest/meta-data",
        "http://[fe80::1]/x",
        "http://[::ffff:169.254.169.254]/x",
        "http://me:secret@127.0.0.1/x",
        "javascript:alert(1)",
    ],
)
def test_d5_a_redirect_to_where_no_file_can_be_is_refused(server: HubServer, location: str) -> None:
    server.hub_goes_wrong(Fault(Act.REDIRECT, location=location))
    error = refusal(server.endpoint)
    assert isinstance(error, RedirectRefused | AnswerRefused)


def test_d5_redirects_without_an_end_are_left(server: HubServer) -> None:
    server.hub_goes_wrong(*[Fault(Act.REDIRECT, location="/again")] * 50)
    assert isinstance(refusal(server.endpoint), AnswerRefused)
    assert len(server.hub.requests) < 20


def test_d5_a_token_stays_with_its_own_origin(server: HubServer) -> None:
    with HubServer({NAME: DATA}) as other:
        path = f"/api/models/{REPOSITORY}/revision/main?blobs=true"
        server.hub_goes_wrong(
            Fault(Act.REDIRECT, location=path), Fault(Act.REDIRECT, location=other.endpoint + path)
        )
        assert Hub(server.endpoint, token=TOKEN).list(REPOSITORY).files
        assert [("authorization" in seen.headers) for seen in server.hub.requests] == [True, True]
        assert ["authorization" in seen.headers for seen in other.hub.requests] == [False]


def test_d6_a_host_where_nothing_answers(tmp_path: Path) -> None:
    error = refusal(f"http://127.0.0.1:{nobody()}")
    assert isinstance(error, HostUnreachable) and error.values["reason"] == "nothing answers there"


def test_d6_a_name_that_is_not_known() -> None:
    error = refusal("http://127.nowhere.invalid")
    assert isinstance(error, HostUnreachable) and error.values["host"] == "127.nowhere.invalid"


def test_d7_a_proxy_of_the_environment_is_used(
    server: HubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with http_proxy() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        assert isinstance(ends(Hub(server.endpoint), tmp_path / NAME), Fetched)
        assert set(proxy.passed) == {
            origin.partition("//")[2] for origin in (server.endpoint, server.store.origin)
        }


def test_d7_no_proxy_goes_past_it(server: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with http_proxy() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", "example.com,127.0.0.1")
        assert Hub(server.endpoint).list(REPOSITORY).files
        assert proxy.passed == []


def test_d7_a_secure_hub_through_a_proxy(secure: HubServer, tmp_path: Path) -> None:
    with http_proxy() as proxy:
        assert isinstance(ends(Hub(secure.endpoint, proxy.url), tmp_path / NAME), Fetched)
        assert len(proxy.passed) >= 2


def test_d7_socks(
    secure: HubServer, server: HubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socks_proxy() as proxy:
        assert isinstance(ends(Hub(secure.endpoint, proxy.url), tmp_path / NAME), Fetched)
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        assert Hub(server.endpoint).list(REPOSITORY).files
        assert len(proxy.passed) >= 3


def test_d7_a_dead_proxy_is_told_as_such(server: HubServer, secure: HubServer) -> None:
    for scheme in ("http", "socks5"):
        address = f"127.0.0.1:{nobody()}"
        for hub in (server, secure):
            error = refusal(hub.endpoint, f"{scheme}://{address}")
            assert isinstance(error, ProxyFailed) and error.values["proxy"] == address


def test_d7_a_proxy_that_wants_a_password_is_told_as_such(server: HubServer, secure: HubServer) -> None:
    with http_proxy("Basic bWU6cHc=") as proxy:
        for hub in (server, secure):
            error = refusal(hub.endpoint, proxy.url)
            assert isinstance(error, ProxyFailed) and error.values["proxy"] == proxy.address
            assert "password" in str(error.values["reason"])
        assert Hub(secure.endpoint, f"http://me:pw@{proxy.address}").list(REPOSITORY).files
    with socks_proxy("secret") as proxy:
        assert isinstance(refusal(server.endpoint, proxy.url), ProxyFailed)


@pytest.mark.parametrize("scheme", ["socks5", "http"])
@pytest.mark.parametrize("said", [b"HTTP/1.0 400 What?\r\n\r\n", b"\x05", b"", b"\x05\x00\x00"])
def test_d7_what_is_no_proxy_is_told_as_a_proxy_that_fails(
    secure: HubServer, scheme: str, said: bytes
) -> None:
    with odd_server(said) as address:
        assert isinstance(refusal(secure.endpoint, f"{scheme}://{address}"), ProxyFailed)


def test_d7_a_proxy_that_falls_silent_is_told_as_a_proxy_that_fails(
    server: HubServer, tmp_path: Path
) -> None:
    (file,) = Hub(server.endpoint).list(REPOSITORY).files
    with HubServer({}) as silent:  # waits for the rest of what to it is a strange request
        hub = Hub(server.endpoint, silent.endpoint.replace("http:", "socks5:"))
        hasty = replace(HASTY, stall_s=0.1, blind_attempts=1)
        assert isinstance(end_of(Download(hub, file, tmp_path / NAME, hasty)), ProxyFailed)


@pytest.mark.parametrize("url", ["socks4://127.0.0.1:1", "nonsense", "http://[::1", "ftp://127.0.0.1"])
def test_d7_a_proxy_that_cannot_be_is_told(server: HubServer, url: str) -> None:
    assert isinstance(refusal(server.endpoint, url), ProxyFailed)


@pytest.mark.parametrize(
    "url", ["ftp://me:pass/word@127.0.0.1", "me:pass/word@127.0.0.1:1", "http://me:pass/word@[::1"]
)
@pytest.mark.parametrize("is_set_here", [True, False])
def test_d7_the_password_of_a_proxy_is_never_shown(
    server: HubServer, monkeypatch: pytest.MonkeyPatch, url: str, is_set_here: bool
) -> None:
    monkeypatch.setenv("HTTP_PROXY", url)
    error = refusal(server.endpoint, url if is_set_here else "")
    assert "pass" not in f"{error.values}{error!r}" and "word" not in str(error.values)


def test_the_password_of_a_mirror_is_never_shown() -> None:
    error = refusal("https://me:pass@mirror.example")
    assert error.values["host"] == "https://…@mirror.example"
