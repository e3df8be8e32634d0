"""What a hub lists, and how it is told when it does not."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from app.catalogue.hub import ENDPOINT, Hub, endpoint_in_use
from app.core.catalogue import Entry, Listing, Origin, RemoteFile
from app.core.errors import (
    AccessDenied,
    AnswerRefused,
    CaptivePortal,
    DownloadError,
    FileChanged,
    FileMissing,
    HostFailed,
    HostUnreachable,
    RepositoryMissing,
    TokenRefused,
    TooManyRequests,
)
from tests.helpers.downloading import ROOT, program
from tests.helpers.hub_server import COMMIT, REPOSITORY, TOKEN, Act, Fault, HubServer

FILES = {"weights-MXFP4.gguf": b"GGUF one", "q/weights-Q6_K.GGUF": b"GGUF two", "config.json": b"{}"}
ENTRY = Entry("own", "Own", Origin.ORIGINAL, REPOSITORY, "*mxfp4.gguf", "Apache-2.0")


@pytest.fixture
def server():
    with HubServer(FILES) as made:
        yield made


def test_the_gguf_files_are_listed_with_size_hash_and_commit(server: HubServer) -> None:
    files = tuple(
        RemoteFile(REPOSITORY, COMMIT, path, 8, server.sha256[path])
        for path in ("q/weights-Q6_K.GGUF", "weights-MXFP4.gguf")
    )
    assert Hub(server.endpoint).list(REPOSITORY) == Listing(REPOSITORY, COMMIT, "gpt-oss", files)


def test_an_entry_finds_its_file_in_any_case(server: HubServer) -> None:
    hub, sha256 = Hub(server.endpoint), server.sha256["weights-MXFP4.gguf"]
    assert hub.find(ENTRY).path == "weights-MXFP4.gguf"
    assert hub.find(replace(ENTRY, sha256=sha256)).sha256 == sha256
    assert hub.find(replace(ENTRY, sha256=sha256, pattern="renamed.gguf")).sha256 == sha256
    with pytest.raises(FileChanged):
        hub.find(replace(ENTRY, sha256="0" * 64))
    with pytest.raises(FileMissing):
        hub.find(replace(ENTRY, pattern="*-q8_0.gguf"))
    with pytest.raises(RepositoryMissing):
        hub.find(replace(ENTRY, repository="owner/gone"))


def test_nothing_is_sent_but_the_question_and_nothing_is_kept_elsewhere(
    server: HubServer, tmp_path: Path
) -> None:
    """In a process of its own, as the hub's library reads the environment once."""
    del server.files["q/weights-Q6_K.GGUF"], server.files["config.json"]
    home = tmp_path / "home"
    home.mkdir()
    surroundings = {**os.environ, "HOME": str(home), "HF_HOME": str(home / "hf"), "HF_TOKEN": "hf_other"}
    words = program(server.endpoint, tmp_path / "models" / "w.gguf")
    subprocess.run(words, cwd=ROOT, env=surroundings, check=True, capture_output=True)
    assert list(home.iterdir()) == []
    plain = {"host", "user-agent", "accept", "accept-encoding", "connection"}
    for seen in server.hub.requests + server.store.requests:
        assert set(seen.headers) - {"range"} == plain
        assert seen.headers["user-agent"] == "Alcove"


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault(Act.STATUS, status=401, headers={"X-Error-Code": "GatedRepo"}), AccessDenied),
        (Fault(Act.STATUS, status=401, headers={"X-Error-Code": "RepoNotFound"}), RepositoryMissing),
        (Fault(Act.STATUS, status=401), AccessDenied),
        (Fault(Act.STATUS, status=404), RepositoryMissing),
        (Fault(Act.STATUS, status=404, headers={"X-Error-Code": "RevisionNotFound"}), RepositoryMissing),
        (Fault(Act.STATUS, status=511), CaptivePortal),
        (Fault(Act.STATUS, status=429, headers={"Retry-After": "77"}), TooManyRequests),
        (Fault(Act.STATUS, status=503), HostFailed),
        (Fault(Act.PAGE), CaptivePortal),
        (Fault(Act.STATUS, status=200), AnswerRefused),
        (Fault(Act.REDIRECT, location="/"), RepositoryMissing),
    ],
)
def test_what_a_hub_answers_instead_is_told_apart(
    server: HubServer, fault: Fault, kind: type[DownloadError]
) -> None:
    server.hub_goes_wrong(fault)
    with pytest.raises(kind) as raised:
        Hub(server.endpoint).list(REPOSITORY)
    if kind is TooManyRequests:
        assert raised.value.values["wait_s"] == 77


def test_a_token_opens_what_is_gated_and_a_wrong_one_is_told() -> None:
    with HubServer(FILES, is_gated=True) as server:
        assert len(Hub(server.endpoint, token=TOKEN).list(REPOSITORY).files) == 2
        with pytest.raises(AccessDenied) as raised:
            Hub(server.endpoint).list(REPOSITORY)
        assert raised.value.values["url"] == f"{server.endpoint}/{REPOSITORY}"
        with pytest.raises(TokenRefused):
            Hub(server.endpoint, token="hf_wrong").list(REPOSITORY)


@pytest.mark.parametrize("name", ["a b", "a/b/c", "../x", "owner/--", "", "a\nb", "http://x/y"])
def test_a_repository_that_cannot_be_is_asked_for_nowhere(server: HubServer, name: str) -> None:
    with pytest.raises(RepositoryMissing):
        Hub(server.endpoint).list(name)
    assert server.hub.requests == []


@pytest.mark.parametrize(
    "endpoint", ["ftp://hub.example", "hub.example", "http://", "http://[", "file:///etc", "http://me:pw@hub"]
)
def test_an_endpoint_that_is_no_address_is_told(endpoint: str) -> None:
    with pytest.raises(HostUnreachable):
        Hub(endpoint).list(REPOSITORY)


def test_a_mirror_is_the_setting_or_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert endpoint_in_use() == Hub().endpoint == ENDPOINT
    monkeypatch.setenv("HF_ENDPOINT", "https://mirror.example/hf/")
    assert endpoint_in_use() == Hub().endpoint == "https://mirror.example/hf"
    assert endpoint_in_use("http://127.0.0.1:1") == "http://127.0.0.1:1"
    assert Hub().origin == "https://mirror.example"


def test_names_that_would_lead_elsewhere_are_not_listed() -> None:
    bad = {"../../x.gguf": b"1", "a/../b.gguf": b"1", "a\\b.gguf": b"1", "a\nb.gguf": b"1", "good.gguf": b"1"}
    with HubServer(bad) as server:
        assert [file.path for file in Hub(server.endpoint).list(REPOSITORY).files] == ["good.gguf"]
