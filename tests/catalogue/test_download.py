"""A download through every fault of a real server: the right file, or an error that names the cause."""

from __future__ import annotations

import os
import subprocess
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from app.catalogue.download import Download
from app.catalogue.hub import Hub
from app.catalogue.job import Stop
from app.core.download import Damaged, DownloadProgress, Fetched, Retrying, Stopped
from app.core.errors import (
    AccessDenied,
    AnswerRefused,
    CaptivePortal,
    ContentWrong,
    DownloadBusy,
    FileChanged,
    FileMissing,
    HostFailed,
    HostStalled,
    NoRoom,
    ProfileNotWritable,
    TargetTaken,
    TokenRefused,
    TooManyRequests,
)
from tests.helpers import leaks
from tests.helpers.downloading import (
    HASTY,
    ROOT,
    content,
    end_of,
    fetch,
    kill_after,
    only_file,
    program,
    start,
    wait_until,
)
from tests.helpers.hub_server import TOKEN, Act, Fault, HubServer, full_server
from tests.helpers.superuser import bound_by_modes

DATA = content(3_000_000)
NAME = "weights-MXFP4.gguf"

DROP = Fault(Act.DROP, 700_000)
BUSY = {"Retry-After": "1"}
OURS = ("download", "connection", "checker")


@pytest.fixture
def server():
    with HubServer({NAME: DATA}) as made:
        yield made


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "models" / "weights.gguf"


def names_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_download_ends_with_the_whole_file_under_its_name(server: HubServer, target: Path) -> None:
    *before, last = fetch(server, target)
    assert last == Fetched(target, len(DATA), server.sha256[NAME], len(DATA))
    assert target.read_bytes() == DATA
    assert isinstance(before[-1], DownloadProgress)
    assert (before[-1].done_bytes, before[-1].checked_bytes) == (len(DATA), len(DATA))
    assert names_in(target.parent) == {
        "weights.gguf", ".alcove/weights.gguf.blocks", ".alcove/weights.gguf.lock"
    }  # fmt: skip


@pytest.mark.parametrize(
    "faults",
    [
        [DROP],
        [Fault(Act.RESET, 700_000)],
        [DROP, DROP, DROP],
        [Fault(Act.RESET, 100_000), DROP, Fault(Act.RESET, 1)],
        [Fault(Act.STATUS, status=503)],
        [DROP, Fault(Act.STATUS, status=503), Fault(Act.STATUS, status=500)],
        [DROP, Fault(Act.STATUS, status=429, headers=BUSY)],
        [DROP, *[Fault(Act.DROP, 0)] * 8],
        [DROP, Fault(Act.STATUS, status=403)],  # the store's address has expired
        [Fault(Act.DROP, 262_144), Fault(Act.DROP, 262_143), Fault(Act.DROP, 262_145)],
    ],
)
def test_d1_what_is_cut_off_goes_on_where_it_was(
    server: HubServer, target: Path, faults: list[Fault]
) -> None:
    server.go_wrong(*faults)
    last = fetch(server, target)[-1]
    assert target.read_bytes() == DATA
    assert isinstance(last, Fetched) and last.fetched_bytes == len(DATA)
    assert server.received_bytes == len(DATA)


def test_d1_a_new_try_is_told_with_its_reason_and_wait(server: HubServer, target: Path) -> None:
    server.go_wrong(Fault(Act.STATUS, status=429, headers={"Retry-After": "1"}))
    told = [event for event in fetch(server, target) if isinstance(event, Retrying)]
    assert [(event.error.kind, event.wait_s, event.attempt) for event in told] == [("TooManyRequests", 1, 1)]
    assert target.read_bytes() == DATA


def test_d2_killed_again_and_again_it_ends_right(target: Path) -> None:
    data, kills = content(12_000_000), 5
    with HubServer({NAME: data}, bytes_per_s=12_000_000) as server:
        command = program(server.endpoint, target)
        for number in range(kills):
            assert "Fetched" not in kill_after(command, 0.05 + 0.02 * number)
            assert not target.exists()
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
        assert target.read_bytes() == data
        assert names_in(target.parent) == {
            "weights.gguf", ".alcove/weights.gguf.blocks", ".alcove/weights.gguf.lock"
        }  # fmt: skip
        assert server.received_bytes <= len(data) + kills * (2 << 20)


@pytest.mark.parametrize(
    "act", [Act.OTHER_RANGE, Act.NO_CONTENT_RANGE, Act.OTHER_TOTAL, Act.TOO_LONG, Act.PACKED]
)
def test_d3_a_part_that_is_not_what_was_asked_for_is_refused(
    server: HubServer, target: Path, act: Act
) -> None:
    server.go_wrong(DROP, Fault(act))
    events = fetch(server, target)
    assert "AnswerRefused" in [event.error.kind for event in events if isinstance(event, Retrying)]
    assert target.read_bytes() == DATA


def test_d3_a_host_that_lies_on_and_on_is_given_up(server: HubServer, target: Path) -> None:
    server.go_wrong(*[Fault(Act.OTHER_RANGE)] * 5)
    assert isinstance(end_of(start(server, target, replace(HASTY, attempts=4))), AnswerRefused)
    assert not target.exists()


def test_d3_a_host_that_ignores_ranges_sends_all_again_and_only_what_is_missing_is_kept(
    server: HubServer, target: Path
) -> None:
    server.go_wrong(DROP, Fault(Act.NO_RANGES, 1_500_000), Fault(Act.NO_RANGES))
    assert isinstance(fetch(server, target)[-1], Fetched)
    assert target.read_bytes() == DATA


def test_d3_the_right_headers_with_other_bytes_are_noticed(server: HubServer, target: Path) -> None:
    server.go_wrong(DROP, Fault(Act.OTHER_BYTES))
    assert Damaged(None) in fetch(server, target)
    assert target.read_bytes() == DATA


def test_d3_a_status_that_makes_no_sense_ends_it(server: HubServer, target: Path) -> None:
    server.go_wrong(Fault(Act.STATUS, status=416))
    ended = end_of(start(server, target))
    assert isinstance(ended, HostFailed) and ended.values["status"] == 416


def test_d4_a_wrong_hash_once_is_fetched_anew(server: HubServer, target: Path) -> None:
    server.go_wrong(Fault(Act.CORRUPT, 1_234_567))
    assert Damaged(None) in fetch(server, target)
    assert target.read_bytes() == DATA


def test_d4_a_wrong_hash_twice_is_refused_and_leaves_nothing(server: HubServer, target: Path) -> None:
    server.go_wrong(Fault(Act.CORRUPT, 5), Fault(Act.CORRUPT, 5))
    assert isinstance(end_of(start(server, target)), ContentWrong)
    assert names_in(target.parent) == {".alcove/weights.gguf.lock"}


def test_d6_a_host_that_falls_silent_is_asked_again(server: HubServer, target: Path) -> None:
    server.go_wrong(Fault(Act.STALL, 100_000), Fault(Act.STALL, -1))
    events = fetch(server, target, replace(HASTY, stall_s=0.3))
    assert [e.error.kind for e in events if isinstance(e, Retrying)] == ["HostStalled", "HostStalled"]
    assert target.read_bytes() == DATA


def test_d6_a_host_that_trickles_is_cut_off(server: HubServer, target: Path) -> None:
    server.go_wrong(*[Fault(Act.TRICKLE, 10)] * 3)
    hasty = replace(HASTY, slow_s=0.3, attempts=4)
    assert [e.error.kind for e in fetch(server, target, hasty) if isinstance(e, Retrying)] == [
        "HostStalled"
    ] * 3
    assert target.read_bytes() == DATA


def test_d6_silence_without_an_end_names_its_cause(server: HubServer, target: Path) -> None:
    server.go_wrong(*[Fault(Act.STALL, 0)] * 3)
    ended = end_of(start(server, target, replace(HASTY, stall_s=0.1, attempts=3)))
    assert isinstance(ended, HostStalled) and ended.values["host"] == "127.0.0.1"


def test_d6_a_page_in_place_of_the_file_is_a_captive_portal(server: HubServer, target: Path) -> None:
    server.go_wrong(Fault(Act.PAGE))
    assert isinstance(end_of(start(server, target)), CaptivePortal)


@pytest.mark.parametrize(
    ("status", "headers", "kind"),
    [
        (401, {"X-Error-Code": "GatedRepo"}, AccessDenied),
        (403, {}, AccessDenied),
        (404, {"X-Error-Code": "EntryNotFound"}, FileMissing),
        (404, {}, FileMissing),
        (429, {"Retry-After": "4000"}, TooManyRequests),
    ],
)
def test_what_the_hub_refuses_is_told_apart(
    server: HubServer, target: Path, status: int, headers: dict[str, str], kind: type
) -> None:
    download_of = only_file(server)
    server.hub_goes_wrong(Fault(Act.STATUS, status=status, headers=headers))
    ended = end_of(Download(Hub(server.endpoint), download_of, target, HASTY))
    assert isinstance(ended, kind)
    if isinstance(ended, AccessDenied):
        assert ended.values["url"] == f"{server.endpoint}/owner/weights"
    if isinstance(ended, TooManyRequests):
        assert ended.values["wait_s"] == 4000


def test_a_gated_file_comes_with_the_right_token_only(target: Path) -> None:
    with HubServer({NAME: DATA}, is_gated=True) as server:
        (file,) = Hub(server.endpoint, token=TOKEN).list("owner/weights").files
        assert isinstance(end_of(Download(Hub(server.endpoint), file, target, HASTY)), AccessDenied)
        wrong = Hub(server.endpoint, token="hf_wrong")
        assert isinstance(end_of(Download(wrong, file, target, HASTY)), TokenRefused)
        right = Hub(server.endpoint, token=TOKEN)
        assert isinstance(end_of(Download(right, file, target, HASTY)), Fetched)
        assert not [seen for seen in server.store.requests if "authorization" in seen.headers]


def test_d8_no_room_is_told_before_a_byte_is_fetched(server: HubServer, target: Path) -> None:
    ended = end_of(start(server, target, replace(HASTY, reserve_bytes=1 << 60)))
    assert isinstance(ended, NoRoom)
    assert server.ranges == []


FILL_UP = """
mount -t tmpfs -o size=5m tmpfs "$DISK" && cd "$DISK" || exit 9
(cd "$ROOT" && exec "$@") > "$DISK/said" & download=$!
until [ "$(stat -c %s .alcove/weights.gguf.part 2>/dev/null || echo 0)" -gt 500000 ]; do sleep 0.02; done
cat /dev/zero > other 2>/dev/null
wait $download && exit 8
tail -n 1 said && rm other
(cd "$ROOT" && "$@") && sha256sum weights.gguf
"""


def test_d8_a_disk_that_fills_up_keeps_what_came_and_goes_on_later(server: HubServer, tmp_path: Path) -> None:
    server.bytes_per_s = 3_000_000
    surroundings = {**os.environ, "DISK": str(tmp_path), "ROOT": str(ROOT)}
    alone = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", FILL_UP, "sh"]
    words = [*alone, *program(server.endpoint, tmp_path / "weights.gguf")]
    done = subprocess.run(words, env=surroundings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("DiskFull")
    assert server.sha256[NAME] in done.stdout
    assert server.ranges[0] == 0 < server.ranges[-1]
    assert server.received_bytes <= len(DATA) + (2 << 20)


def test_d8_a_folder_that_is_a_file_is_told(server: HubServer, tmp_path: Path) -> None:
    (tmp_path / "models").write_text("no folder")
    assert isinstance(end_of(start(server, tmp_path / "models" / "weights.gguf")), ProfileNotWritable)


def test_d8_a_folder_that_is_read_only_is_told(server: HubServer, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with bound_by_modes():
        assert isinstance(end_of(start(server, tmp_path / "weights.gguf")), ProfileNotWritable)
    tmp_path.chmod(0o700)


def test_d8_a_disk_that_takes_no_file_so_large_is_told(server: HubServer, target: Path) -> None:
    words = ["sh", "-c", 'ulimit -f 2000 && exec "$@"', "sh", *program(server.endpoint, target)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1].startswith("TooLargeForDisk"), done.stdout + done.stderr
    assert isinstance(fetch(server, target)[-1], Fetched)
    assert target.read_bytes() == DATA


@pytest.mark.parametrize(
    "fault", [Fault(Act.STALL, 400_000), Fault(Act.STALL, -1), Fault(Act.TRICKLE, 400_000)]
)
def test_d9_a_stop_is_heard_also_in_silence_and_what_came_is_kept(
    server: HubServer, target: Path, fault: Fault
) -> None:
    server.go_wrong(Fault(Act.DROP, 500_000), fault)
    before = leaks.threads()
    stopped = start(server, target, replace(HASTY, stall_s=60.0))
    wait_until(stopped, lambda progress: progress.done_bytes >= 500_000 and len(server.ranges) == 2)
    stopped.cancel()
    ended = end_of(stopped)
    assert isinstance(ended, Stopped) and ended.done_bytes >= 500_000
    assert not target.exists()
    # The server is silent still: what waited for it was cut off. Its own threads go on.
    left = leaks.remaining(lambda: {t for t in leaks.threads() if t.name in OURS}, before)
    assert not left
    last = fetch(server, target)[-1]
    assert isinstance(last, Fetched) and last.fetched_bytes <= len(DATA) - ended.done_bytes
    assert target.read_bytes() == DATA


def test_d9_a_stop_is_a_stop_also_where_the_checker_heard_it_first(
    server: HubServer, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sleep, part = Stop.sleep, target.parent / ".alcove" / "weights.gguf.part"

    def stopped_right_after(stop: Stop, seconds: float) -> None:
        sleep(stop, seconds)
        if part.exists() and part.stat().st_size >= 500_000:
            stop.set()
            for thread in threading.enumerate():
                if thread.name == "checker":
                    thread.join()

    server.go_wrong(Fault(Act.STALL, 700_000))
    with monkeypatch.context() as patch:
        patch.setattr(Stop, "sleep", stopped_right_after)
        ended = end_of(start(server, target))
    assert isinstance(ended, Stopped) and ended.done_bytes > 0


def test_d9_a_stop_before_anything_came(server: HubServer, target: Path) -> None:
    server.go_wrong(Fault(Act.STALL, -1))
    stopped = start(server, target)
    stopped.cancel()
    assert end_of(stopped) == Stopped(0)


def test_d9_a_stop_is_heard_also_while_a_connection_is_not_even_made(server: HubServer, target: Path) -> None:
    file = only_file(server)
    with full_server() as endpoint:
        stopped = Download(Hub(endpoint), file, target, HASTY)
        assert [type(event) for event in stopped.take()] == [DownloadProgress]
        stopped.cancel()
        assert end_of(stopped) == Stopped(0)
    assert isinstance(fetch(server, target)[-1], Fetched)


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Linked-Etag": f'"{"0" * 64}"'},
        {"X-Linked-Size": "3000001"},
        {"X-Repo-Commit": "f" * 40},
    ],
)
def test_d10_a_file_that_has_changed_on_the_hub_is_refused(
    server: HubServer, target: Path, headers: dict[str, str]
) -> None:
    file = only_file(server)
    server.hub_goes_wrong(Fault(Act.HEADERS, headers=headers))
    assert isinstance(end_of(Download(Hub(server.endpoint), file, target, HASTY)), FileChanged)
    assert not target.exists()


def test_d10_a_file_that_changes_between_two_parts_is_refused(server: HubServer, target: Path) -> None:
    server.go_wrong(DROP, Fault(Act.OTHER_ETAG))
    assert isinstance(end_of(start(server, target)), FileChanged)


def test_d11_no_name_comes_from_a_header(server: HubServer, target: Path, tmp_path: Path) -> None:
    evil = {"Content-Disposition": 'attachment; filename="../../evil.gguf"', "ETag": '"../../evil"'}
    server.go_wrong(Fault(Act.HEADERS, headers=evil))
    fetch(server, target)
    assert {name.rpartition("/")[2].partition(".gguf")[0] for name in names_in(tmp_path)} == {"weights"}


def test_d12_of_two_downloads_of_one_file_one_waits_for_its_turn(server: HubServer, target: Path) -> None:
    server.go_wrong(Fault(Act.STALL, 400_000))
    first = start(server, target)
    wait_until(first, lambda progress: progress.done_bytes >= 400_000)
    assert isinstance(end_of(start(server, target)), DownloadBusy)
    other = subprocess.run(
        program(server.endpoint, target), cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "DownloadBusy" in other.stdout
    first.cancel()
    assert isinstance(end_of(first), Stopped)
    assert isinstance(fetch(server, target)[-1], Fetched)
    assert target.read_bytes() == DATA


def test_a_file_that_is_there_already_is_not_fetched_again(server: HubServer, target: Path) -> None:
    fetch(server, target)
    before = len(server.ranges)
    last = fetch(server, target)[-1]
    assert isinstance(last, Fetched) and last.fetched_bytes == 0
    assert len(server.ranges) == before


@pytest.mark.parametrize("other", [b"another model", bytes(len(DATA))])
def test_another_file_under_the_name_stays(server: HubServer, target: Path, other: bytes) -> None:
    target.parent.mkdir()
    target.write_bytes(other)
    assert isinstance(end_of(start(server, target)), TargetTaken)
    assert target.read_bytes() == other


def test_a_part_file_that_lost_its_end_or_its_record_does_no_harm(server: HubServer, target: Path) -> None:
    part = target.parent / ".alcove" / "weights.gguf.part"
    for harm in (lambda: part.write_bytes(part.read_bytes()[:100_000]),
                 lambda: part.with_suffix(".blocks").write_bytes(b"{}"),
                 part.unlink):  # fmt: skip
        server.go_wrong(
            Fault(Act.DROP, 800_000), Fault(Act.STATUS, status=404), Fault(Act.STATUS, status=404)
        )
        assert isinstance(end_of(start(server, target)), HostFailed)
        assert part.stat().st_size >= 100_000
        harm()
    assert isinstance(fetch(server, target)[-1], Fetched)
    assert target.read_bytes() == DATA


def test_several_connections_share_the_work(target: Path) -> None:
    data = content(8_000_000)
    with HubServer({NAME: data}, bytes_per_s=6_000_000) as server:
        eager = replace(HASTY, widen_s=0.1)
        events = fetch(server, target, eager)
        assert target.read_bytes() == data
        assert max(event.connections for event in events if isinstance(event, DownloadProgress)) > 1
        assert server.received_bytes < len(data) * 1.5


def test_a_limit_holds_a_download_back(server: HubServer, target: Path) -> None:
    events = fetch(server, target, replace(HASTY, bytes_per_s=6_000_000))
    assert max(event.bytes_per_s for event in events if isinstance(event, DownloadProgress)) < 12_000_000
    assert target.read_bytes() == DATA
