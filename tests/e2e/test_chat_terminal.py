"""`chat` as a process: in a pipe and on a terminal, kept like the window's conversations."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.cli.chat_commands import COMMANDS
from tests.helpers.program import PATIENCE_S, ROOT, Viewer, environment, run, scripted

ANSWER = {"reasoning": "They greet me.", "final": "Hello there.", "tokens_per_s": 1000}
SLOW = {"question": "slowly", "final": "word " * 5000, "tokens_per_s": 50}


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return scripted(tmp_path_factory.mktemp("script"), SLOW, ANSWER)


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all: what each test keeps is told apart by its titles."""
    return tmp_path_factory.mktemp("chat") / "profile"


def say(program: list[str], profile: Path, *lines: str) -> subprocess.CompletedProcess[str]:
    return run("chat", profile=profile, program=program, text="".join(f"{line}\n" for line in lines))


def titles(profile: Path) -> list[str]:
    return [chat["title"] for chat in json.loads(run("chats", "--json", profile=profile).stdout)]


def test_a_conversation_in_a_pipe_is_answered_and_kept(program: list[str], profile: Path) -> None:
    done = say(program, profile, "First question", "and a second\\", "line")
    assert done.returncode == 0
    assert done.stdout.count("Hello there.") == 2
    assert "They greet" not in done.stdout
    assert done.stderr == ""
    assert "First question" in titles(profile)


def test_a_chat_with_a_format(program: list[str], profile: Path, tmp_path: Path) -> None:
    schema = tmp_path / "greeting.json"
    schema.write_text('{"type": "integer"}')
    fits = scripted(tmp_path, {"question": "Count", "final": "7"}, ANSWER)
    lines = [
        f"/format {schema}",
        "Count",
        "/effort low",
        "Greet",
        "/format invoice",
        "/format",
        "/format nosuch",
        "/format ~nosuch/x.json",
        "/format -",
        "Hi",
    ]
    done = run("chat", profile=profile, program=fits, text="\n".join(lines))
    assert done.returncode == 0
    assert done.stdout.strip().endswith("Hello there.")
    assert done.stdout.count("greeting\n") == 1 and done.stdout.count("Invoice\n") == 2
    assert "There is no format or file called “nosuch”. The formats: Contact, Invoice, " in done.stderr
    assert "called “~nosuch/x.json”" in done.stderr
    assert done.stderr.count("written once more") == done.stderr.count("does not fit its format:") == 1


def test_commands_act_on_the_conversation(program: list[str], profile: Path) -> None:
    lines = ["/instructions Be brief.", "Original", "/regenerate", "/version", "/version 1", "/edit Edited",
             "/effort high", "/set top-p 0.5", "/set", "/stats", "/rename My name",
             "/instructions"]  # fmt: skip
    done = say(program, profile, *lines)
    assert done.returncode == 0
    assert done.stderr == ""
    assert done.stdout.count("Hello there.") == 4
    for part in ("version 2 of 2", "high", "tokens/s", "Be brief."):
        assert part in done.stdout
    listed = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("top_p")]
    assert listed == ["0.5", "0.5"]
    assert "My name" in titles(profile)


def test_a_deleted_chat_comes_back(program: list[str], profile: Path) -> None:
    done = say(program, profile, "Unwanted", "/delete", "/list Unwanted", "/undo", "/list unwanted")
    assert "Deleted “Unwanted”" in done.stdout
    assert "No chat was found." in done.stderr
    assert "Unwanted" in titles(profile)


def test_a_chat_of_the_list_goes_on(program: list[str], profile: Path) -> None:
    say(program, profile, "To be continued")
    listed = json.loads(run("chats", "--json", profile=profile).stdout)
    number = next(chat["id"] for chat in listed if chat["title"] == "To be continued")
    before = len(listed)
    done = say(program, profile, f"/open {number}", "More")
    assert "› To be continued" in done.stdout
    assert len(titles(profile)) == before


REFUSED = {
    "/nonsense": "There is no command /nonsense",
    "/set top-p 7": "Top-p must lie between 0 and 1",
    "/set colour red": "Use it so: /set [NAME VALUE]",
    "/effort huge": "Use it so: /effort",
    "/open 999999": "The chat no longer exists.",
    "/model ~nobody-here/x.gguf": "There is no model file at",
    "/open x": "Use it so: /open NUMBER",
    "/delete 99999999999999999999": "Use it so: /delete [NUMBER]",
    "/stats": "The chat no longer exists.",
    "/undo": "The chat no longer exists.",
    "/model /no/such.gguf": "There is no model file at",
}


def test_what_cannot_be_done_is_said_and_the_chat_goes_on(program: list[str], profile: Path) -> None:
    done = say(program, profile, *REFUSED, "/help")
    assert done.returncode == 0
    sentences = done.stderr.splitlines()
    assert len(sentences) == len(REFUSED)
    for sentence, said in zip(sentences, REFUSED.values(), strict=True):
        assert sentence.startswith(said)
    assert [name for name in COMMANDS if f"/{name}" not in done.stdout] == []


def test_a_second_writer_is_refused(program: list[str], profile: Path) -> None:
    with terminal(program, profile) as first:
        first.read_until("is ready")
        done = run("ask", "Hi", "--save", profile=profile, program=program)
        assert done.returncode == 6
        assert "Another Alcove is using the profile" in done.stderr
        assert run("chats", profile=profile).returncode == 0
        first.type("/quit\n")
        assert first.process.wait(PATIENCE_S) == 0


@dataclass
class Terminal:
    """A chat on a terminal, seen from the keyboard's side."""

    process: subprocess.Popen[bytes]
    near: int
    read_until: Callable[[str], str]

    def type(self, text: str) -> None:
        os.write(self.near, text.encode())


@contextmanager
def terminal(program: list[str], profile: Path) -> Iterator[Terminal]:
    near, far = pty.openpty()
    command = [*program, "--profile", str(profile), "chat"]
    env = environment(TERM="xterm", NO_COLOR=None)
    with subprocess.Popen(command, stdin=far, stdout=far, stderr=far, env=env, cwd=ROOT) as process:
        os.close(far)
        try:
            yield Terminal(process, near, Viewer(near).read_until)
        finally:
            process.kill()
    os.close(near)


def test_on_a_terminal_the_reasoning_is_dim_and_ctrl_d_leaves(program: list[str], profile: Path) -> None:
    with terminal(program, profile) as chat:
        chat.read_until("› ")
        chat.type("Hi\n")
        shown = chat.read_until("Hello there.")
        assert "\x1b[2m" in shown
        assert "greet" in shown
        chat.read_until("› ")
        chat.type("\x04")
        assert chat.process.wait(PATIENCE_S) == 0


def test_ctrl_c_stops_the_answer_not_the_chat(program: list[str], profile: Path) -> None:
    with terminal(program, profile) as chat:
        chat.read_until("› ")
        chat.type("Tell me slowly\n")
        chat.read_until("word word")
        chat.process.send_signal(signal.SIGINT)
        chat.read_until("(Stopped.)")
        chat.type("And now?\n")
        chat.read_until("Hello there.")
        chat.read_until("› ")
        chat.type("half a que")
        chat.read_until("que")
        time.sleep(0.2)  # readline looks at signals only while it waits for a key
        chat.process.send_signal(signal.SIGINT)
        chat.read_until("› ")
        chat.type("/quit\n")
        assert chat.process.wait(PATIENCE_S) == 0


def test_sigterm_stops_keeps_and_leaves(program: list[str], profile: Path) -> None:
    with terminal(program, profile) as chat:
        chat.read_until("› ")
        chat.type("Another slowly told tale\n")
        chat.read_until("word word")
        chat.process.send_signal(signal.SIGTERM)
        assert chat.process.wait(PATIENCE_S) == 130
    assert "Another slowly told tale" in titles(profile)


def test_a_model_that_cannot_be_used_ends_it_with_code_3(program: list[str], profile: Path) -> None:
    done = run("chat", "--model", "no.gguf", profile=profile, program=program)
    assert done.returncode == 3
    assert done.stderr.startswith("There is no model file at")
