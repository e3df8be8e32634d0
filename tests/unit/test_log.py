"""The log file: written, rotated aside, closed, refused in words."""

from pathlib import Path

import pytest

from app.core.errors import ProfileNotWritable
from app.log import LogFile, logger


def test_rooms_write_to_the_file_until_it_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "alcove.log"
    log = LogFile(path)
    logger("engine").info("child %d started", 7)
    log.close()
    logger("engine").info("not written")
    assert path.read_text(encoding="utf-8").rstrip().endswith("INFO alcove.engine: child 7 started")


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ProfileNotWritable):
        LogFile(tmp_path / "file" / "alcove.log")
