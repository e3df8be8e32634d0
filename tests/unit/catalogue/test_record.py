"""Records of blocks, parts and claims: what is known survives, what is not is fetched again."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalogue.job import StopRequested
from app.catalogue.names import Names
from app.catalogue.part import Claim, Part
from app.catalogue.record import Identity, Record, Slot, block_count, block_size
from app.core.catalogue import RemoteFile

FILE = RemoteFile("owner/weights", "c" * 40, "w.gguf", 2500, "a" * 64)
WHOLE = Identity(FILE, block_bytes=1000)


@pytest.fixture
def names(tmp_path: Path) -> Names:
    (tmp_path / ".alcove").mkdir()
    return Names.of(tmp_path / "model.gguf")


@pytest.fixture
def part(names: Names):
    opened = Part.open(names, WHOLE)
    yield opened
    opened.close()


def add(part: Part, block: int, data: bytes) -> int:
    with part.writing() as handle:
        return part.add(handle, block, memoryview(data))


@given(st.integers(1, 10**12), st.integers(1, 10**9))
def test_blocks_cover_the_file(size: int, block_bytes: int) -> None:
    identity = Identity(replace(FILE, size_bytes=size), block_bytes)
    count = block_count(identity)
    assert (count - 1) * block_bytes + block_size(identity, count - 1) == size


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "r"
    made = Record.create(path, WHOLE, boot_s=5.0)
    made.set(0, Slot(1000, bytes(range(32))))
    made.set(2, Slot(499))
    made.close()
    read = Record.open(path)
    assert read is not None
    assert read.identity == WHOLE
    assert read.slots == [Slot(1000, bytes(range(32))), Slot(), Slot(499)]
    read.close()


def test_after_a_new_start_of_the_computer_only_hashed_blocks_count(tmp_path: Path) -> None:
    path = tmp_path / "r"
    made = Record.create(path, WHOLE, boot_s=1000.0)
    made.set(0, Slot(1000, b"h" * 32))
    made.set(1, Slot(1000))
    made.close()
    for boot_s, kept in ((1030.0, 1000), (2000.0, 0), (2000.0, 0)):
        read = Record.open(path, boot_s)
        assert read is not None
        assert [slot.filled for slot in read.slots] == [1000, kept, 0]
        read.close()


@given(st.binary(max_size=9000))
def test_a_record_that_makes_no_sense_is_none(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("record") / "r"
    path.write_bytes(data)
    assert Record.open(path) is None


@pytest.mark.parametrize("at", [0, 50, 8192, 8199])
def test_a_record_with_a_flipped_byte_is_none_or_within_its_bounds(tmp_path: Path, at: int) -> None:
    path = tmp_path / "r"
    Record.create(path, WHOLE, boot_s=5.0).close()
    data = bytearray(path.read_bytes())
    data[at] ^= 0xFF
    path.write_bytes(data)
    read = Record.open(path)
    if read is not None:
        assert all(slot.filled <= 1000 for slot in read.slots)
        read.close()


def test_connections_claim_blocks_of_their_own(part: Part) -> None:
    assert part.claim(is_alone=False) == Claim(0, 0, 999)
    assert part.claim(is_alone=False) == Claim(1, 1000, 1999)
    assert part.claim(is_alone=False) == Claim(2, 2000, 2499)
    assert part.claim(is_alone=False) is None
    assert not part.has_free
    part.give_back(1)
    assert part.claim(is_alone=True) == Claim(1, 1000, 1999)


def test_one_that_is_alone_claims_all_up_to_what_is_there(part: Part) -> None:
    assert part.claim(is_alone=True) == Claim(0, 0, 2499)
    part.give_back(0)
    assert part.claim_block(2)
    assert add(part, 2, b"x" * 100) == 100
    part.give_back(2)
    assert part.claim(is_alone=True) == Claim(0, 0, 1999)


def test_bytes_go_where_they_belong_and_are_found_again(names: Names, part: Part) -> None:
    part.claim(is_alone=True)
    assert add(part, 0, b"a" * 700) == 700
    assert add(part, 0, b"a" * 700) == 300
    part.close()
    again = Part.open(names, WHOLE)
    assert (again.done_bytes, again.missing_bytes, again.came_bytes) == (1000, 1500, 0)
    assert again.claim(is_alone=True) == Claim(1, 1000, 2499)
    assert names.part.read_bytes() == b"a" * 1000
    again.close()


def test_another_file_begins_anew(names: Names, part: Part) -> None:
    part.claim(is_alone=True)
    add(part, 0, b"a" * 700)
    part.close()
    other = Part.open(names, Identity(replace(FILE, sha256="b" * 64), 1000))
    assert (other.done_bytes, names.part.stat().st_size) == (0, 0)
    other.close()


def test_the_same_file_goes_on_in_the_blocks_it_was_begun_in(names: Names, part: Part) -> None:
    part.claim(is_alone=True)
    add(part, 0, b"a" * 700)
    part.close()
    again = Part.open(names, Identity(replace(FILE, repository="mirror/weights"), 64))
    assert (again.done_bytes, again.identity.block_bytes) == (700, 1000)
    again.close()


def test_a_file_cut_short_counts_for_what_is_left_of_it(names: Names, part: Part) -> None:
    part.claim(is_alone=True)
    add(part, 0, b"a" * 1000)
    part.checked(0, b"h" * 32)
    part.claim_block(1)
    add(part, 1, b"b" * 800)
    part.close()
    for size, done in ((1500, 1500), (999, 0)):
        with names.part.open("r+b") as file:
            file.truncate(size)
        again = Part.open(names, WHOLE)
        assert again.done_bytes == done
        again.close()


def test_a_lost_block_is_fetched_again_and_still_known(part: Part) -> None:
    part.claim(is_alone=False)
    add(part, 0, b"a" * 1000)
    part.checked(0, b"h" * 32)
    part.lose(0)
    assert part.known_sha256(0) == b"h" * 32
    assert part.claim(is_alone=False) == Claim(0, 0, 999)
    part.lose_all()
    assert part.known_sha256(0) is None


def test_nothing_is_written_once_it_is_closed(names: Names, part: Part) -> None:
    part.claim(is_alone=True)
    part.close()
    with pytest.raises(StopRequested):
        add(part, 0, b"late")
    assert names.part.stat().st_size == 0


def test_the_longest_names_fit_the_head(tmp_path: Path) -> None:
    longest = RemoteFile("o" * 96 + "/" + "r" * 96, "c" * 40, "模" * 1000, 2500, "a" * 64)
    Record.create(tmp_path / "r", Identity(longest, 1000), boot_s=5.0).close()
    read = Record.open(tmp_path / "r")
    assert read is not None and read.identity.file == longest
    read.close()
