"""Events of a job: in order, progress thinned out, an end always."""

import threading
from pathlib import Path

import pytest

from app.catalogue.job import Job
from app.core.download import CheckProgress, Damaged, DownloadEvent, Fetched, Stopped
from app.core.errors import AlcoveError, DiskFull, HostStalled

DONE = Fetched(Path("a"), 1, "", 1)


class Scripted(Job):
    """Puts these events, waits until it may end, and raises what is left."""

    def __init__(self, events: list[DownloadEvent], end: BaseException | None = None) -> None:
        super().__init__(Path("a"))
        self._script, self._end = events, end
        self.may_end = threading.Event()
        self._thread.start()

    def _done_bytes(self) -> int:
        return 7

    def _work(self) -> None:
        for event in self._script:
            self._put(event)
        self.may_end.wait()
        self._stop.check()
        if self._end is not None:
            raise self._end


def progress(done: int) -> CheckProgress:
    return CheckProgress(done, 10, 0.0, None)


def finished(job: Scripted) -> list[DownloadEvent]:
    job.may_end.set()
    return list(job)


def test_events_come_in_order_and_the_last_ends_it() -> None:
    assert finished(Scripted([Damaged((1,)), Damaged((2,)), DONE, Damaged((3,))])) == [
        Damaged((1,)),
        Damaged((2,)),
        DONE,
    ]


def test_progress_nobody_took_gives_way_to_newer() -> None:
    job = Scripted([progress(1), progress(2), Damaged((1,)), progress(3), progress(4), DONE])
    assert finished(job)[-4:] == [progress(2), Damaged((1,)), progress(4), DONE]


def test_a_stop_is_its_end() -> None:
    job = Scripted([progress(1)])
    job.cancel()
    assert finished(job) == [progress(1), Stopped(7)]
    assert job.ended


@pytest.mark.parametrize(
    ("end", "kind"),
    [(HostStalled(host="h"), HostStalled), (OSError(28, "full"), DiskFull), (None, AlcoveError)],
)
def test_an_error_comes_after_the_events_before_it(
    end: BaseException | None, kind: type[AlcoveError]
) -> None:
    job = Scripted([Damaged((1,))], end)
    job.may_end.set()
    assert job.take() == [Damaged((1,))]
    with pytest.raises(kind):
        job.take()
    assert job.ended


def test_taking_gives_up_after_a_while() -> None:
    job = Scripted([])
    assert job.take(0.01) == []
    assert not job.ended
    job.cancel()
    finished(job)
