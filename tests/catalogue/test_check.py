"""Files that lie there: checked with progress, and mended block by block."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.catalogue.check import Check
from app.catalogue.hub import Hub
from app.catalogue.repair import Repair
from app.core.download import Checked, CheckProgress, Damaged, Fetched, Stopped
from app.core.errors import AlcoveError, ModelMissing, NotRepairable
from tests.helpers.downloading import HASTY, content, end_of, fetch, only_file
from tests.helpers.hub_server import Act, Fault, HubServer

BLOCK = HASTY.block_bytes
DATA = content(8 * BLOCK + 1000)
NAME = "weights.gguf"


@pytest.fixture
def server():
    with HubServer({NAME: DATA}) as made:
        yield made


@pytest.fixture
def target(server: HubServer, tmp_path: Path) -> Path:
    """A file that was fetched and found good."""
    fetch(server, tmp_path / NAME)
    return tmp_path / NAME


def rot(path: Path, *places: int) -> None:
    """Flip one bit at each of these places."""
    with path.open("r+b") as file:
        for place in places:
            file.seek(place)
            byte = file.read(1)[0]
            file.seek(place)
            file.write(bytes([byte ^ 4]))


def repair(server: HubServer, target: Path) -> Repair:
    return Repair(Hub(server.endpoint), only_file(server), target, HASTY)


def test_a_good_file_is_found_good(server: HubServer, target: Path) -> None:
    *before, last = Check(target, server.sha256[NAME], HASTY)
    assert last == Checked(target, server.sha256[NAME], True, ())
    assert isinstance(before[-1], CheckProgress)
    assert before[-1].done_bytes == before[-1].total_bytes == len(DATA)


def test_what_its_record_says_is_enough(target: Path) -> None:
    ended = end_of(Check(target, tuning=HASTY))
    assert isinstance(ended, Checked) and ended.is_good


def test_d13_rotten_blocks_are_named_and_only_they_are_fetched_again(server: HubServer, target: Path) -> None:
    rot(target, 5, 3 * BLOCK, 3 * BLOCK + 7, len(DATA) - 1)
    ended = end_of(Check(target, server.sha256[NAME], HASTY))
    assert isinstance(ended, Checked) and not ended.is_good and ended.bad_blocks == (0, 3, 8)
    before = server.received_bytes
    events = list(repair(server, target))
    assert Damaged((0, 3, 8)) in events
    assert isinstance(events[-1], Fetched) and events[-1].fetched_bytes == 2 * BLOCK + 1000
    assert server.received_bytes - before == 2 * BLOCK + 1000 + 1, "one byte to see whether there is a source"
    assert target.read_bytes() == DATA


def test_d13_where_nobody_gives_the_blocks_the_file_stays_where_it_is(
    server: HubServer, target: Path
) -> None:
    rot(target, 5)
    damaged = target.read_bytes()
    server.go_wrong(Fault(Act.STATUS, status=404))
    assert isinstance(end_of(repair(server, target)), AlcoveError)
    assert target.read_bytes() == damaged
    assert isinstance(end_of(repair(server, target)), Fetched)
    assert target.read_bytes() == DATA


@pytest.mark.parametrize("size", [0, 3 * BLOCK, 3 * BLOCK + 5, len(DATA) + 4])
def test_d13_a_file_of_the_wrong_length_is_mended(server: HubServer, target: Path, size: int) -> None:
    with target.open("r+b") as file:
        file.truncate(size)
    assert isinstance(end_of(repair(server, target)), Fetched)
    assert target.read_bytes() == DATA


def test_d13_a_repair_that_is_stopped_goes_on_as_a_download(server: HubServer, target: Path) -> None:
    rot(target, 3 * BLOCK)
    server.go_wrong(Fault(Act.DROP, BLOCK), Fault(Act.DROP, 1000), Fault(Act.STALL, 1000))
    stopped = repair(server, target)
    for event in stopped:
        if not isinstance(event, CheckProgress) and len(server.ranges) == 4:
            stopped.cancel()
    assert not target.exists()
    before = server.received_bytes
    assert isinstance(fetch(server, target)[-1], Fetched)
    assert server.received_bytes - before <= BLOCK
    assert target.read_bytes() == DATA


def test_d13_rot_in_what_came_before_a_break_is_fetched_again(server: HubServer, tmp_path: Path) -> None:
    server.go_wrong(Fault(Act.DROP, 5 * BLOCK), *[Fault(Act.STATUS, status=404)] * 2)
    assert not isinstance(end_of(start_over(server, tmp_path)), Fetched)
    rot(tmp_path / ".alcove" / f"{NAME}.part", 2 * BLOCK + 9)
    events = fetch(server, tmp_path / NAME)
    assert Damaged((2,)) in events
    assert (tmp_path / NAME).read_bytes() == DATA


def start_over(server: HubServer, folder: Path):
    from tests.helpers.downloading import start

    return start(server, folder / NAME)


def test_a_good_file_needs_no_repair(server: HubServer, target: Path) -> None:
    before = server.received_bytes
    ended = end_of(repair(server, target))
    assert isinstance(ended, Fetched) and ended.fetched_bytes == 0
    assert server.received_bytes == before


def test_a_file_whose_blocks_were_never_known_cannot_be_repaired(server: HubServer, target: Path) -> None:
    (target.parent / ".alcove" / f"{NAME}.blocks").unlink()
    rot(target, 5)
    ended = end_of(repair(server, target))
    assert isinstance(ended, NotRepairable)
    assert target.exists()


def test_d14_a_file_from_elsewhere_is_known_by_its_hash_and_can_be_mended_from_then_on(
    server: HubServer, tmp_path: Path
) -> None:
    own = tmp_path / "from-a-stick.gguf"
    own.write_bytes(DATA)
    unknown = end_of(Check(own, tuning=HASTY))
    assert isinstance(unknown, Checked) and not unknown.is_good and unknown.sha256 == server.sha256[NAME]
    assert not (tmp_path / ".alcove").exists()
    known = end_of(Check(own, server.sha256[NAME], HASTY))
    assert isinstance(known, Checked) and known.is_good
    rot(own, BLOCK)
    assert isinstance(end_of(repair(server, own)), Fetched)
    assert own.read_bytes() == DATA


def test_a_check_can_be_stopped(tmp_path: Path) -> None:
    large = tmp_path / "large.gguf"
    with large.open("wb") as file:
        file.truncate(1 << 40)  # sparse: reading it all would take minutes
    check = Check(large, "0" * 64, HASTY)
    assert check.take()
    check.cancel()
    ended = end_of(check)
    assert isinstance(ended, Stopped) and 0 < ended.done_bytes < 1 << 40


def test_a_file_that_is_missing_is_told(server: HubServer, tmp_path: Path) -> None:
    assert isinstance(end_of(Check(tmp_path / "no.gguf")), ModelMissing)
    assert isinstance(end_of(repair(server, tmp_path / "no.gguf")), ModelMissing)
