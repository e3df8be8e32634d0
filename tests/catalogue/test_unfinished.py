"""Downloads that were broken off are found again, and can be gone on with or thrown away."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.catalogue.check import Check
from app.catalogue.download import Download
from app.catalogue.hub import Hub
from app.catalogue.unfinished import Unfinished, came_from, discard, unfinished
from app.core.download import Fetched, Stopped
from app.core.errors import DownloadBusy
from tests.helpers.downloading import HASTY, content, end_of, fetch, only_file, start, wait_until
from tests.helpers.hub_server import Act, Fault, HubServer

DATA = content(1_000_000)


@pytest.fixture
def server():
    with HubServer({"weights.gguf": DATA}) as made:
        yield made


def break_off(server: HubServer, target: Path) -> None:
    server.go_wrong(Fault(Act.STALL, 400_000))
    job = start(server, target)
    wait_until(job, lambda progress: progress.done_bytes >= 400_000)
    with pytest.raises(DownloadBusy):
        discard(target)
    job.cancel()
    assert isinstance(end_of(job), Stopped)


def test_what_was_broken_off_goes_on_without_asking_the_hub_for_a_list(
    server: HubServer, tmp_path: Path
) -> None:
    target = tmp_path / "own name.gguf"
    break_off(server, target)
    (found,) = unfinished(tmp_path)
    assert found == Unfinished(target, only_file(server), 400_000)
    assert isinstance(end_of(Download(Hub(server.endpoint), found.file, found.target, HASTY)), Fetched)
    assert target.read_bytes() == DATA
    assert unfinished(tmp_path) == ()
    assert came_from(target) == found.file


def test_what_was_broken_off_can_be_thrown_away(server: HubServer, tmp_path: Path) -> None:
    target = tmp_path / "weights.gguf"
    break_off(server, target)
    discard(target)
    assert unfinished(tmp_path) == ()
    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} == {"weights.gguf.lock"}
    fetch(server, target)
    discard(target)
    assert target.read_bytes() == DATA
    assert came_from(target) is not None


def test_a_file_from_elsewhere_came_from_no_hub(server: HubServer, tmp_path: Path) -> None:
    own = tmp_path / "own.gguf"
    own.write_bytes(DATA)
    assert came_from(own) is None
    end_of(Check(own, server.sha256["weights.gguf"], HASTY))
    assert came_from(own) is None
    assert unfinished(tmp_path / "nowhere") == ()
