"""The catalogue that ships with the program."""

import re
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from app.catalogue.index import entry_with, read_index
from app.core.catalogue import Caveat, Origin
from app.core.errors import ModelUnreadable
from app.userdata import resource

ENTRIES = read_index(resource("catalogue.json"))


def test_the_original_comes_first_and_is_known_by_its_hash() -> None:
    first = ENTRIES[0]
    assert (first.origin, first.licence, first.experts) == (Origin.ORIGINAL, "Apache-2.0", 32)
    assert first.size_bytes == 12_110_000_000
    assert first.sha256 == "27cd6c432c7672cb812a92f611cf3ba7bbc35928262bb1e1253ff4ee6ae35901"
    assert entry_with(ENTRIES, first.sha256) is first
    for name in ("gpt-oss-20b-mxfp4.gguf", "gpt-oss-20b-MXFP4.gguf"):  # both spellings are linked to
        assert fnmatchcase(name.lower(), first.pattern.lower())


def test_a_file_nobody_has_looked_at_has_no_entry() -> None:
    assert entry_with(ENTRIES, "") is None
    assert entry_with(ENTRIES, "0" * 64) is None


def test_entries_are_told_apart_and_say_what_they_are() -> None:
    assert len({entry.id for entry in ENTRIES}) == len({entry.title for entry in ENTRIES}) == len(ENTRIES)
    for entry in ENTRIES:
        assert re.fullmatch(r"[\w.-]+/[\w.-]+", entry.repository)
        assert re.fullmatch(r"[0-9a-f]{64}|", entry.sha256)
        assert (entry.origin is Origin.ORIGINAL) == (entry.caveats == ())
        assert (entry.origin is Origin.PRUNED) == (entry.experts < 32)
        assert entry.pattern.endswith(".gguf")


def test_every_caveat_has_its_sentence() -> None:
    assert all(caveat.text.endswith(".") for caveat in Caveat)


@pytest.mark.parametrize("data", [b"", b"{}", b'{"version": 1, "entries": [{"id": 5}]}'])
def test_a_damaged_catalogue_is_told(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "catalogue.json").write_bytes(data)
    with pytest.raises(ModelUnreadable):
        read_index(tmp_path / "catalogue.json")
    with pytest.raises(ModelUnreadable):
        read_index(tmp_path / "missing.json")
