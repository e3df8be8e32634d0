"""What the doctor finds."""

from __future__ import annotations

from app.core.errors import DatabaseCorrupt, EngineCrashed
from app.core.model import EngineInfo
from app.services.doctor import check_database, examine
from app.storage.opening import open_to_write


def test_a_report_of_everything(where):
    report = examine(where, lambda: EngineInfo("llama.cpp b1", ("AVX2",), ()))
    assert list(report.versions)[:3] == ["Alcove", "Python", "SQLite"]
    assert report.engine.features == ("AVX2",)
    assert report.machine.memory.total_bytes > 0
    assert (report.database.finding, report.database.is_sound) == ("missing", True)


def test_an_engine_that_does_not_start_is_part_of_the_report(where):
    def crash():
        raise EngineCrashed(exit_code=-4)

    report = examine(where, crash)
    assert report.engine is None
    assert report.engine_error.values == {"exit_code": -4}
    assert report.unused_gpus == ()


def test_the_database_is_looked_through(where):
    open_to_write(where.database, where.backups).close()
    assert check_database(where).finding == "ok"
    where.database.write_bytes(b"garbage" * 1000)
    check = check_database(where)
    assert not check.is_sound
    assert isinstance(check.error, DatabaseCorrupt)
