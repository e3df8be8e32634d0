"""`models` as processes: killed, stopped, lied to and refused, and the right file in the end."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from app.catalogue.names import FOLDER
from app.hardware.machine import Machine, Memory, Processor
from app.hardware.machine_file import machine_json
from app.userdata import places
from tests.helpers.downloading import content
from tests.helpers.hub_server import REPOSITORY, TOKEN, Act, Fault, HubServer
from tests.helpers.program import MAIN, PATIENCE_S, ROOT, Viewer, environment, run, start
from tests.helpers.tiny_model import write_tiny_model

DATA = content(6_000_000)
NAME = "model.gguf"


@pytest.fixture(autouse=True)
def _straight_to_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "HF_ENDPOINT", "HF_HUB_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def server() -> Iterator[HubServer]:
    with HubServer({NAME: DATA}) as made:
        yield made


@pytest.fixture
def slow_server() -> Iterator[HubServer]:
    with HubServer({NAME: DATA}, bytes_per_s=3_000_000) as made:
        yield made


def words(server: HubServer, *more: str) -> Sequence[str]:
    return ("models", "fetch", REPOSITORY, "--endpoint", server.endpoint, *more)


def target(profile: Path) -> Path:
    return places(profile).models / NAME


def part(profile: Path) -> Path:
    return places(profile).models / FOLDER / f"{NAME}.part"


def wait_for_bytes(server: HubServer, least: int) -> None:
    """Until the server has sent so much."""
    until = time.monotonic() + PATIENCE_S
    while server.handed_out_bytes < least:
        assert time.monotonic() < until, "nothing comes"
        time.sleep(0.01)


def is_right(profile: Path) -> bool:
    return target(profile).read_bytes() == DATA and not part(profile).exists()


def test_fetch_gives_the_path_alone_on_stdout_and_plain_lines_beside(
    server: HubServer, profile: Path
) -> None:
    done = run(*words(server), profile=profile)
    assert (done.returncode, done.stdout) == (0, f"{target(profile)}\n")
    assert is_right(profile)
    told = done.stderr.splitlines()
    assert told[0].startswith(f"Fetching {NAME} (6.0 MB) to ")
    assert told[-1] == "Complete; its SHA-256 is right."
    assert "100 %  6.0 MB of 6.0 MB" in done.stderr
    assert "\r" not in done.stderr and "\x1b" not in done.stderr
    again = run(*words(server, "--json"), profile=profile)
    assert again.returncode == 0
    assert json.loads(again.stdout)["fetched_bytes"] == 0


def test_the_environment_names_the_mirror_too(server: HubServer, profile: Path) -> None:
    surroundings = environment(HF_ENDPOINT=server.endpoint)
    done = run("models", "fetch", f"{REPOSITORY}/{NAME}", profile=profile, env=surroundings)
    assert (done.returncode, is_right(profile)) == (0, True)


def test_a_clock_in_1970_does_no_harm(server: HubServer, profile: Path, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import sys, time\n"
        "now, begun = time.time, time.time()\n"
        "time.time = lambda: now() - begun\n"
        "print('clock', int(time.time()), file=sys.stderr)\n"
    )
    surroundings = environment(PYTHONPATH=str(tmp_path))
    server.go_wrong(Fault(Act.STATUS, status=429, headers={"Retry-After": "1"}), Fault(Act.DROP, 1_000_000))
    done = run(*words(server), profile=profile, env=surroundings)
    assert done.stderr.startswith("clock 0\n")
    assert (done.returncode, is_right(profile)) == (0, True)
    os.utime(target(profile), (0, 0))
    listed = json.loads(run("models", "list", "--json", profile=profile, env=surroundings).stdout)
    assert [each["problem"] for each in listed["models"]] == ["NotGguf"], "what the test serves is no model"
    checked = run("models", "verify", NAME, profile=profile, env=surroundings)
    assert (checked.returncode, checked.stdout.split()[-1]) == (0, "verified")


def test_killed_again_and_again_the_file_is_right_in_the_end(slow_server: HubServer, profile: Path) -> None:
    for number in range(1, 5):
        process = start(*words(slow_server), profile=profile)
        wait_for_bytes(slow_server, number * 1_000_000)
        process.kill()
        process.communicate()
        assert not target(profile).exists()
    done = run(*words(slow_server), profile=profile)
    assert (done.returncode, is_right(profile)) == (0, True)
    assert slow_server.handed_out_bytes <= len(DATA) + 4 * (2 << 20)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_fetch_keeps_its_part_and_says_how_to_go_on(
    slow_server: HubServer, profile: Path, number: signal.Signals
) -> None:
    process = start(*words(slow_server), profile=profile)
    wait_for_bytes(slow_server, 2_000_000)
    process.send_signal(number)
    out, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, out) == (130, b"")
    assert b"are kept; the same command goes on from there." in err
    assert b"Traceback" not in err
    assert part(profile).exists() and not target(profile).exists()
    listed = json.loads(run("models", "list", "--json", profile=profile).stdout)
    (waiting,) = listed["unfinished"]
    assert waiting["done_bytes"] > 1_000_000
    assert "fetched, “models fetch” goes on" in run("models", "list", profile=profile).stdout
    before = slow_server.handed_out_bytes
    assert run(*words(slow_server), profile=profile).returncode == 0
    assert is_right(profile)
    assert slow_server.handed_out_bytes - before <= len(DATA) - waiting["done_bytes"] + 65536


@pytest.mark.parametrize(
    "faults",
    [
        (Fault(Act.DROP, 1_000_000), Fault(Act.RESET, 500_000)),
        (Fault(Act.OTHER_RANGE), Fault(Act.NO_RANGES)),
        (Fault(Act.STATUS, status=503),),
        (Fault(Act.STATUS, status=429, headers={"Retry-After": "1"}),),
        (Fault(Act.CORRUPT, 3_000_000),),
    ],
    ids=lambda faults: "-".join(fault.act.name for fault in faults),
)
def test_what_may_pass_is_tried_again_and_told(
    server: HubServer, profile: Path, faults: tuple[Fault, ...]
) -> None:
    server.go_wrong(*faults)
    done = run(*words(server), profile=profile)
    assert (done.returncode, is_right(profile)) == (0, True)
    assert "Trying again in" in done.stderr or "fetched again" in done.stderr


def test_bytes_that_are_wrong_twice_never_get_the_name(server: HubServer, profile: Path) -> None:
    server.go_wrong(*[Fault(Act.CORRUPT, 5)] * 2)
    done = run(*words(server), profile=profile)
    assert (done.returncode, done.stdout) == (4, "")
    assert "arrived damaged twice" in done.stderr
    assert not target(profile).exists() and not part(profile).exists()


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault(Act.STATUS, status=404, headers={"X-Error-Code": "RepoNotFound"}), "There is no repository"),
        (Fault(Act.STATUS, status=401, headers={"X-Error-Code": "GatedRepo"}), "is not open to everyone"),
        (Fault(Act.STATUS, status=403), "is not open to everyone"),
        (Fault(Act.PAGE), "sign in to this network"),
        (Fault(Act.REDIRECT, location="file:///etc/passwd"), "which is not safe"),
    ],
)
def test_what_the_hub_refuses_is_said_in_a_sentence(
    server: HubServer, profile: Path, fault: Fault, said: str
) -> None:
    server.hub_goes_wrong(fault)
    done = run(*words(server), profile=profile)
    assert (done.returncode, done.stdout) == (4, "")
    assert said in done.stderr and "Traceback" not in done.stderr
    assert not places(profile).models.exists()


def test_a_hub_that_is_not_there_names_its_cause(profile: Path) -> None:
    done = run("models", "fetch", REPOSITORY, "--endpoint", "http://127.0.0.1:9", profile=profile)
    assert done.returncode == 4
    assert "127.0.0.1 cannot be reached: nothing answers there" in done.stderr
    nonsense = run("models", "fetch", REPOSITORY, "--endpoint", "nonsense", profile=profile)
    assert nonsense.returncode == 4


def test_of_two_that_fetch_the_same_file_one_reports(slow_server: HubServer, profile: Path) -> None:
    first = start(*words(slow_server), profile=profile)
    wait_for_bytes(slow_server, 100_000)
    second = run(*words(slow_server), profile=profile)
    assert (second.returncode, second.stdout) == (4, "")
    assert "Another Alcove is fetching" in second.stderr
    assert first.wait(PATIENCE_S) == 0
    first.communicate()
    assert is_right(profile)


def test_a_disk_that_is_full_keeps_what_came(server: HubServer, profile: Path) -> None:
    import resource

    limit = 2_500_000
    done = subprocess.run(
        [*MAIN, "--profile", str(profile), *words(server)],
        capture_output=True,
        env=environment(),
        cwd=ROOT,
        timeout=PATIENCE_S,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        check=False,
    )
    assert done.returncode in (4, 6) and b"Traceback" not in done.stderr
    assert part(profile).stat().st_size == limit
    before = server.handed_out_bytes
    assert run(*words(server), profile=profile).returncode == 0
    assert is_right(profile)
    assert server.handed_out_bytes - before <= len(DATA) - limit + 65536


def test_a_folder_that_is_a_file_is_the_profiles_fault(server: HubServer, profile: Path) -> None:
    profile.mkdir()
    places(profile).models.write_text("a file")
    done = run(*words(server), profile=profile)
    assert (done.returncode, done.stdout) == (6, "")
    assert "cannot write" in done.stderr


def test_a_bar_is_drawn_on_a_terminal(server: HubServer, profile: Path) -> None:
    near, far = pty.openpty()
    process = start(*words(server, "--limit", "4MB"), profile=profile, stderr=far)
    os.close(far)
    viewer = Viewer(near)
    viewer.read_until(" of 6.0 MB")
    viewer.read_until("Complete; its SHA-256 is right.")
    out, _ = process.communicate(timeout=PATIENCE_S)
    os.close(near)
    assert (process.returncode, out.decode()) == (0, f"{target(profile)}\n")


def test_verify_finds_rot_and_repair_mends_the_block(server: HubServer, profile: Path) -> None:
    run(*words(server), profile=profile)
    good = run("models", "verify", NAME, profile=profile)
    assert (good.returncode, good.stdout.split()[-1]) == (0, "verified")
    with target(profile).open("r+b") as file:
        file.seek(1000)
        file.write(b"rot")
    bad = run("models", "verify", NAME, profile=profile)
    assert bad.returncode == 4 and bad.stdout.rstrip().endswith("damaged")
    assert "1 block has changed" in bad.stderr
    values = json.loads(run("models", "verify", "--json", str(target(profile)), profile=profile).stdout)
    assert (values["verdict"], values["bad_blocks"]) == ("damaged", [0])
    several = run("models", "verify", NAME, "none.gguf", profile=profile)
    assert several.returncode == 4 and "There is no model file at" in several.stderr
    mended = run("models", "repair", NAME, "--endpoint", server.endpoint, profile=profile)
    assert (mended.returncode, is_right(profile)) == (0, True)


def test_a_name_that_fits_nothing_or_several_lists_what_there_is(profile: Path) -> None:
    unknown = run("models", "fetch", "gpt-5", profile=profile)
    assert unknown.returncode == 2 and "gpt-oss-20b-mxfp4" in unknown.stderr
    with HubServer({"a.gguf": b"a" * 10, "deep/b.gguf": b"b" * 10}) as server:
        several = run(*words(server), profile=profile)
        assert several.returncode == 2
        assert f"{REPOSITORY}/deep/b.gguf" in several.stderr
        search = run("models", "search", REPOSITORY, "--endpoint", server.endpoint, profile=profile)
        assert search.stdout.splitlines() == [
            f"     10 B  {server.sha256['a.gguf'][:12]}  {REPOSITORY}/a.gguf",
            f"     10 B  {server.sha256['deep/b.gguf'][:12]}  {REPOSITORY}/deep/b.gguf",
        ]
        one = run("models", "fetch", f"{REPOSITORY}/deep/b.gguf", "--endpoint", server.endpoint,
                  profile=profile)  # fmt: skip
        assert (one.returncode, (places(profile).models / "b.gguf").read_bytes()) == (0, b"b" * 10)
        gone = run("models", "fetch", f"{REPOSITORY}/c.gguf", "--endpoint", server.endpoint, profile=profile)
        assert gone.returncode == 4 and "no longer in the repository" in gone.stderr


def test_what_is_no_gpt_oss_is_not_fetched(server: HubServer, profile: Path) -> None:
    server.architecture = "llama"
    done = run(*words(server), profile=profile)
    assert (done.returncode, done.stdout) == (3, "")
    assert "another architecture, “llama”" in done.stderr and not server.store.requests


def test_a_search_of_the_catalogue_asks_nobody(server: HubServer, profile: Path) -> None:
    surroundings = environment(HF_ENDPOINT=server.endpoint)
    done = run("models", "search", "mxfp4", "--json", profile=profile, env=surroundings)
    assert json.loads(done.stdout)[0]["id"] == "gpt-oss-20b-mxfp4"
    pruned = run("models", "search", "28 of 32", profile=profile, env=surroundings)
    assert "    pruned, 10.4 GB, GOBA-AI-Labs" in pruned.stdout and "were taken out" in pruned.stdout
    nothing = run("models", "search", "no such words", profile=profile, env=surroundings)
    assert (nothing.returncode, nothing.stdout) == (4, "") and "Nothing in the catalogue" in nothing.stderr
    for words in (("list",), ("neighbours",), ("info", "demo")):
        assert run("models", *words, profile=profile, env=surroundings).returncode == 0
    assert server.hub.requests == []


@pytest.mark.parametrize("action", ["verify", "repair", "remove"])
def test_the_demo_needs_no_care(profile: Path, action: str) -> None:
    done = run("models", action, "demo", profile=profile)
    assert (done.returncode, done.stdout) == (2, "")
    assert "The demo is built into Alcove" in done.stderr
    several = run("models", action, "demo", "none.gguf", profile=profile)
    assert several.returncode == 4 and "The demo is built into Alcove" in several.stderr
    assert "none.gguf" in several.stderr


def test_remove_takes_from_the_shelf_only(profile: Path, tmp_path: Path) -> None:
    places(profile).models.mkdir(parents=True)
    inside = write_tiny_model(places(profile).models / "a.gguf")
    outside = write_tiny_model(tmp_path / "outside.gguf")
    surroundings = environment(HOME=str(tmp_path), XDG_DATA_HOME=str(tmp_path / "data"))
    refused = run("models", "remove", str(outside), profile=profile, env=surroundings)
    assert refused.returncode == 4 and outside.exists()
    done = run("models", "remove", "a.gguf", "--json", profile=profile, env=surroundings)
    assert (done.returncode, inside.exists()) == (0, False)
    assert json.loads(done.stdout) == {"path": str(inside), "for_good": False}
    trash = [path for path in tmp_path.rglob("a.gguf*") if "Trash" in str(path)]
    assert trash, "it lies in the trash"
    gone = run("models", "remove", "a.gguf", profile=profile)
    assert gone.returncode == 3


def test_a_neighbours_model_is_found_and_linked(profile: Path, tmp_path: Path) -> None:
    surroundings = environment(HOME=str(tmp_path), XDG_DATA_HOME=None, XDG_CACHE_HOME=None)
    path = tmp_path / ".lmstudio" / "models" / "owner" / "name" / "gpt-oss.gguf"
    path.parent.mkdir(parents=True)
    write_tiny_model(path)
    (tmp_path / "Downloads").mkdir()
    (tmp_path / "Downloads" / "broken.gguf").write_bytes(b"nothing")

    def neighbours(*words: str) -> subprocess.CompletedProcess[str]:
        return run("models", "neighbours", *words, profile=profile, env=surroundings)

    found = {each["program"]: each for each in json.loads(neighbours("--json").stdout)["neighbours"]}
    assert found["LM Studio"]["ways"] == ["in place", "link", "copy"]
    assert found["Downloads"]["problem"] == "NotGguf"
    assert "is not a GGUF file" in neighbours().stdout
    linked = neighbours("--link", str(path))
    on_shelf = places(profile).models / "gpt-oss.gguf"
    assert (linked.returncode, linked.stdout) == (0, f"{on_shelf}\n")
    assert on_shelf.stat().st_ino == path.stat().st_ino
    assert "already among the models" in neighbours().stdout
    taken = neighbours("--copy", str(path))
    assert (taken.returncode, on_shelf.stat().st_ino) == (0, path.stat().st_ino), "it is there already"
    assert neighbours("--link", str(tmp_path / "none.gguf")).returncode == 3


def test_info_tells_the_architecture_in_words_and_numbers(profile: Path, demo_model: Path) -> None:
    shown = run("models", "info", str(demo_model), profile=profile)
    assert shown.returncode == 0
    for said in ("8 in each layer, 2 chosen for each token", "every other one sees the last 128 tokens only"):
        assert said in shown.stdout
    values = json.loads(run("models", "info", "demo", "--json", profile=profile).stdout)
    assert values["experts"] == 8 and values["active_parameters"] < values["parameters"]
    assert sum(part["parameters"] for part in values["parts"]) == values["parameters"]
    assert run("models", "info", str(ROOT / "README.md"), profile=profile).returncode == 3


def machine(total_gb: int, free_gb: int) -> Machine:
    return Machine(Processor("a CPU", 8, 16, 8, ("AVX2",)), Memory(total_gb * 10**9, free_gb * 10**9))


def fit(profile: Path, folder: Path, described: Machine, *more: str) -> tuple[int, Any]:
    path = folder / "machine.json"
    path.write_text(machine_json(described))
    done = run("models", "fit", "--machine", str(path), "--json", *more, profile=profile)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_fit_plans_for_a_computer_that_is_not_this_one(profile: Path, tmp_path: Path) -> None:
    code, values = fit(profile, tmp_path, machine(32, 28))
    assert (code, values["fits"], values["plan"]["options"]["gpu_layers"]) == (0, True, 0)
    again = tmp_path / "again.json"
    again.write_text(json.dumps(values["machine"]))
    same = run("models", "fit", "--machine", str(again), "--json", profile=profile)
    assert json.loads(same.stdout)["plan"] == values["plan"]
    code, refused = fit(profile, tmp_path, machine(8, 6))
    assert (code, refused["fits"]) == (3, False)
    code, values = fit(profile, tmp_path, machine(32, 28), "--context", "4096")
    assert values["plan"]["options"]["context_tokens"] == 4096
    code, values = fit(profile, tmp_path, machine(8, 6), "demo")
    assert (code, values["model"]["experts"]) == (0, 8)
    described = json.loads(again.read_text())
    described["unused_gpus"] = [{"gpu": {"vendor": "NVIDIA", "name": "a card"}, "rebuild": "build it"}]
    again.write_text(json.dumps(described))
    words = run("models", "fit", "--machine", str(again), profile=profile)
    assert "fits." in words.stdout and "Main memory" in words.stdout
    assert words.stdout.endswith("The engine cannot use a card yet. To rebuild it:\nbuild it\n")


def test_fit_refuses_a_description_that_is_none(profile: Path, tmp_path: Path) -> None:
    nonsense = tmp_path / "machine.json"
    for text in ("", "[]", '{"memory": 3}'):
        nonsense.write_text(text)
        done = run("models", "fit", "--machine", str(nonsense), profile=profile)
        assert done.returncode == 2 and "cannot be read" in done.stderr
    assert run("models", "fit", "--machine", str(tmp_path / "none.json"), profile=profile).returncode == 2


def test_a_token_without_a_keyring_is_kept_nowhere(profile: Path, tmp_path: Path) -> None:
    surroundings = environment(
        HOME=str(tmp_path),
        XDG_RUNTIME_DIR=str(tmp_path),
        DBUS_SESSION_BUS_ADDRESS=f"unix:path={tmp_path}/no-bus",
        PYTHON_KEYRING_BACKEND=None,
    )
    done = run("models", "token", "keep", profile=profile, text=f"{TOKEN}\n", env=surroundings)
    assert done.returncode == 4 and TOKEN not in done.stderr
    assert not [
        path for path in tmp_path.rglob("*") if path.is_file() and TOKEN.encode() in path.read_bytes()
    ]
    refused = run("models", "token", "keep", profile=profile, text="two words\n")
    assert refused.returncode == 2 and "beginning with “hf_”" in refused.stderr


def test_beside_a_window_that_has_the_profile(server: HubServer, profile: Path) -> None:
    chat = start("chat", profile=profile, stdin=subprocess.PIPE)
    assert chat.stdin is not None
    until = time.monotonic() + PATIENCE_S
    while not places(profile).database.exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert run(*words(server), profile=profile).returncode == 0
    assert is_right(profile)
    chat.communicate(b"/quit\n", timeout=PATIENCE_S)
