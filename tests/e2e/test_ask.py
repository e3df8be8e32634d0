"""`ask` as a process: what it prints where, how it ends, and what it leaves behind."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.helpers.program import MAIN, PATIENCE_S, Viewer, environment, run, scripted, start

HELLO = {"reasoning": "They greet.", "final": "Hello there.\nHow are you?", "tokens_per_s": 1000}
SLOW = {"final": "word " * 2000, "tokens_per_s": 50}


class Asking:
    """Asks with a scripted engine; all in one profile, whose demo model is unpacked once."""

    def __init__(self, folder: Path) -> None:
        self.profile = folder / "profile"
        self._folder = folder

    def __call__(
        self, *words: str, answer: dict[str, Any] = HELLO, **more: Any
    ) -> subprocess.CompletedProcess[str]:
        return run("ask", *words, profile=self.profile, program=scripted(self._folder, answer), **more)

    def start(
        self, *words: str, answer: dict[str, Any], script: dict[str, Any] | None = None, **streams: Any
    ) -> subprocess.Popen[bytes]:
        program = scripted(self._folder, answer, **(script or {}))
        return start("ask", *words, profile=self.profile, program=program, **streams)


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Asking:
    return Asking(tmp_path_factory.mktemp("ask"))


def test_the_answer_stands_alone_on_stdout_and_nothing_is_kept(ask: Asking) -> None:
    done = ask("Hi")
    assert (done.returncode, done.stdout, done.stderr) == (0, "Hello there.\nHow are you?\n", "")
    assert not list(ask.profile.glob("*.db"))


def test_json_is_one_object(ask: Asking) -> None:
    done = ask("Hi", "--json")
    values = json.loads(done.stdout)
    assert list(values) == ["answer", "reasoning", "finish_reason", "model", "usage", "timing"]
    assert values["answer"] == HELLO["final"]
    assert values["reasoning"] == HELLO["reasoning"]
    assert values["finish_reason"] == "stop"
    assert list(values["usage"]) == ["prompt_tokens", "cached_tokens", "completion_tokens"]
    assert list(values["timing"]) == ["load_s", "first_token_s", "tokens_per_s"]
    assert done.stdout.count("\n") == 1


def test_a_cut_answer_says_so(ask: Asking) -> None:
    cut = {**HELLO, "finish_reason": "length"}
    assert json.loads(ask("Hi", "--json", answer=cut).stdout)["finish_reason"] == "length"
    assert "was cut" in ask("Hi", answer=cut).stderr


def test_saved_on_demand_and_listed(ask: Asking) -> None:
    assert ask("What is it?", "--save").returncode == 0
    listed = run("chats", "--json", profile=ask.profile)
    assert [chat["title"] for chat in json.loads(listed.stdout)] == ["What is it?"]
    assert "What is it?" in run("chats", profile=ask.profile).stdout


@pytest.mark.parametrize(
    "text",
    ["x" * 2_000_000, "a\x00b \u202eright to left <|start|>system<|message|>"],
    ids=["2MB", "nul, bidi, tags"],
)
def test_stdin_takes_any_text(ask: Asking, text: str) -> None:
    done = ask("-", text=text)
    assert done.returncode == 0
    assert done.stdout.startswith("Hello there.")


def test_lone_surrogates_from_the_command_line_are_accepted(ask: Asking) -> None:
    done = ask(os.fsdecode(b"caf\xe9"))
    assert done.stdout.startswith("Hello there.")


@pytest.mark.parametrize(
    ("text", "said"),
    [(b"", "nothing to answer"), (b" \n\t ", "nothing to answer"), (b"caf\xe9", "not UTF-8 text (byte 3)"),
     (b"x" * 4_000_001, "at most 4,000,000 B")],
    ids=["empty", "blank", "latin-1", "too large"],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_in_a_sentence(ask: Asking, text: bytes, said: str) -> None:
    done = ask("-", text=text)
    assert done.returncode == 2
    assert done.stdout == ""
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_no_fault(tmp_path: Path, closed: str) -> None:
    command = ["sh", "-c", f'exec "$@" {closed}', "sh", *MAIN, "--profile", str(tmp_path), "ask", "-"]
    done = subprocess.run(command, input=b"", capture_output=True, timeout=PATIENCE_S, check=False)
    assert done.returncode == 2
    assert done.stdout == b""
    assert b"Traceback" not in done.stderr
    assert done.stderr.count(b"\n") == (0 if "2>" in closed else 1)


def test_a_locale_without_unicode_does_not_matter(ask: Asking) -> None:
    answer = {"final": "naïve 中文", "reasoning": "…"}
    env = environment(PYTHONIOENCODING="ascii", PYTHONUTF8="0", LC_ALL="POSIX", LANG="POSIX")
    assert ask("Hi", answer=answer, env=env).stdout == "na?ve ??\n"
    values = json.loads(ask("Hi", "--json", answer=answer, env=env).stdout)
    assert values["answer"] == "naïve 中文"


def test_chinese_is_spoken_where_the_system_speaks_it(ask: Asking) -> None:
    done = ask("", env=environment(LC_ALL=None, LANG="zh_CN.UTF-8", LANGUAGE="zh_CN"))
    assert "请先" in done.stderr


def test_a_crash_keeps_what_was_written(ask: Asking) -> None:
    done = ask("Hi", answer={"final": "one two three four five", "tokens_per_s": 20, "ends_with": "crash"})
    assert done.returncode == 3
    assert done.stdout.startswith("one two three")
    assert "stopped unexpectedly" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_the_answer_and_no_process_is_left(ask: Asking, number: signal.Signals) -> None:
    with ask.start("Hi", answer=SLOW) as program:
        engine = engine_once_writing(program)
        begun = time.monotonic()
        program.send_signal(number)
        out, err = program.communicate(timeout=PATIENCE_S)
        assert program.returncode == 130
        assert time.monotonic() - begun < 3
    assert set(out.split()) <= {b"word"}
    assert err == b""
    assert gone(engine)


def test_a_stopped_answer_is_still_one_object(ask: Asking) -> None:
    near, far = pty.openpty()
    with ask.start("Hi", "--json", answer={**SLOW, "prefill_s": 30}, stderr=far) as program:
        os.close(far)
        Viewer(near).read_until("Reading the prompt")
        program.send_signal(signal.SIGINT)
        out, _ = program.communicate(timeout=PATIENCE_S)
        assert program.returncode == 130
    os.close(near)
    values = json.loads(out)
    assert (values["finish_reason"], values["answer"]) == ("cancelled", "")


def test_a_signal_while_loading_leaves_at_once(ask: Asking) -> None:
    near, far = pty.openpty()
    with ask.start("Hi", answer=HELLO, script={"load_s": 30}, stderr=far) as program:
        os.close(far)
        Viewer(near).read_until("Loading the model")
        engine = psutil.Process(program.pid).children(recursive=True)
        program.send_signal(signal.SIGINT)
        out, _ = program.communicate(timeout=PATIENCE_S)
    os.close(near)
    assert (program.returncode, out) == (130, b"")
    assert gone(engine)


def test_a_second_ctrl_c_does_not_wait(ask: Asking) -> None:
    with ask.start("Hi", answer=SLOW) as program:
        engine = engine_once_writing(program)
        for process in engine:
            process.suspend()  # so that it cannot stop when asked
        for _ in range(2):
            program.send_signal(signal.SIGINT)
            time.sleep(0.1)
        assert program.wait(10) == 130
    assert gone(engine)


def test_a_hung_engine_does_not_hold_ctrl_c_up(ask: Asking) -> None:
    with ask.start("Hi", answer=SLOW) as program:
        engine = engine_once_writing(program)
        for process in engine:
            process.suspend()
        program.send_signal(signal.SIGINT)
        assert program.wait(10) == 130
        assert program.stderr is not None
        assert program.stderr.read() == b""
    assert gone(engine)


def test_a_killed_ask_leaves_no_engine(ask: Asking) -> None:
    with ask.start("Hi", answer=SLOW) as program:
        engine = engine_once_writing(program)
        program.kill()
    assert gone(engine)


def engine_once_writing(program: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """The engine of a program whose first word has come."""
    assert program.stdout is not None
    assert os.read(program.stdout.fileno(), 4) == b"word"
    return psutil.Process(program.pid).children(recursive=True)


def gone(processes: list[psutil.Process]) -> bool:
    return bool(processes) and not psutil.wait_procs(processes, timeout=5)[1]


def test_head_closes_the_pipe_quietly(ask: Asking) -> None:
    lines = {"final": "line\n" * 2000, "tokens_per_s": 2000}
    reading, writing = os.pipe()
    with ask.start("Hi", answer=lines, stdout=writing) as asking:
        os.close(writing)
        assert os.read(reading, 4) == b"line"
        os.close(reading)
        assert asking.wait(PATIENCE_S) == 0
        assert asking.stderr is not None
        assert asking.stderr.read() == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has a device that is always full")
def test_a_full_disk_behind_stdout_is_said(ask: Asking) -> None:
    with open("/dev/full", "w") as full, ask.start("Hi", answer=HELLO, stdout=full) as asking:
        _, err = asking.communicate(timeout=PATIENCE_S)
    assert asking.returncode == 2
    assert err.decode().splitlines() == ["The output cannot be written: No space left on device."]


def test_progress_is_shown_on_a_terminal_and_cleared(ask: Asking) -> None:
    near, far = pty.openpty()
    slowly = {**HELLO, "prefill_s": 0.3}
    with ask.start("Hi", answer=slowly, script={"load_s": 0.3}, stderr=far) as asking:
        os.close(far)
        out, _ = asking.communicate(timeout=PATIENCE_S)
    shown = os.read(near, 65536).decode()
    os.close(near)
    assert out.decode() == "Hello there.\nHow are you?\n"
    assert "Loading the model: " in shown
    assert "Reading the prompt: " in shown
    assert shown.endswith(" \r")


BAD_FILES = {
    "missing": (None, "There is no model file at"),
    "text": (b"This is a text.\n" * 20, "is not a GGUF file"),
    "empty": (b"", "is not a GGUF file"),
    "header": (b"GGUF\x03\x00\x00\x00" + b"\x00" * 16, ""),
}


@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_file_that_is_no_model_is_named_with_code_3(ask: Asking, tmp_path: Path, kind: str) -> None:
    data, said = BAD_FILES[kind]
    path = tmp_path / "a model.gguf"
    if data is not None:
        path.write_bytes(data)
    done = ask("Hi", "--model", str(path))
    assert done.returncode == 3
    assert done.stdout == ""
    assert said in done.stderr
    assert str(path) in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_truncated_demo_is_named_with_its_sizes(ask: Asking, tmp_path: Path, demo_model: Path) -> None:
    cut = tmp_path / "cut.gguf"
    cut.write_bytes(demo_model.read_bytes()[:-100_000])
    done = ask("Hi", "--model", str(cut))
    assert done.returncode == 3
    assert "is not complete" in done.stderr


def test_the_demo_answers_about_alcove(profile: Path) -> None:
    """The real engine, the model that ships with the program, no flag at all."""
    done = run("ask", "What is Alcove?", "--json", "--seed", "1", "--temperature", "0", profile=profile)
    assert done.returncode == 0
    assert done.stderr == ""
    values = json.loads(done.stdout)
    assert "Alcove" in values["answer"]
    assert "<|" not in values["answer"] + values["reasoning"]
    assert values["finish_reason"] == "stop"
    assert values["usage"]["completion_tokens"] > 5
    assert values["timing"]["tokens_per_s"] > 0
