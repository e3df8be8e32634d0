"""Kill the streaming writer with SIGKILL and look what is left of what it said was kept."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from app.assembly import assemble
from app.core.message import Message, Role, Status
from app.core.settings import Settings
from app.services.chat import Chat
from app.services.doctor import check_database
from app.userdata import SettingsFile, places
from tests.helpers.streaming_writer import written
from tests.helpers.tiny_model import write_tiny_model

ROOT = Path(__file__).parents[2]
TOKENS_PER_S = 100

ENDED = (Status.INTERRUPTED, Status.COMPLETE)
"""An answer may be whole although the kill came before the writer could say so."""


@dataclass(frozen=True, slots=True)
class Loss:
    """What one kill cost; `unmarked` are answers left unfinished that do not say so."""

    acknowledged: int
    messages: int
    unmarked: int
    text_s: float
    is_sound: bool


def prepare(profile: Path) -> Path:
    """Make a profile whose model is a stand-in; gives the script the engine is to play."""
    where = places(profile)
    where.make()
    model = write_tiny_model(profile / "tiny.gguf")
    SettingsFile(where.settings).save(Settings(model=str(model)))
    long = " ".join(f"word{number}" for number in range(3000))
    answers = [
        {"question": "short", "reasoning": "hm hm", "final": "One two three four."},
        {"question": "long", "reasoning": "let me think", "final": long},
    ]
    answers = [{**answer, "tokens_per_s": TOKENS_PER_S} for answer in answers]
    script = profile / "script.json"
    script.write_text(json.dumps({"answers": answers, "context_tokens": 100_000}))
    return script


def kill_once(profile: Path, script: Path, after_s: float) -> Loss:
    """Start the writer, kill it `after_s` seconds into its work, and compare."""
    command = [sys.executable, "-m", "tests.helpers.streaming_writer", str(profile), str(script)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"ready\n"
        time.sleep(after_s)
        killed_at = time.monotonic()
        writer.kill()
        said = writer.stdout.read().decode().splitlines()
    return _compare(profile, [line.split() for line in said], killed_at)


def _compare(profile: Path, said: list[list[str]], killed_at: float) -> Loss:
    kept = {int(word) for what, *words in said if what == "kept" for word in words}
    done = {int(words[0]): int(words[1]) for what, *words in said if what == "done"}
    texts = [(int(words[0]), int(words[1]), float(words[2])) for what, *words in said if what == "text"]
    with closing(assemble(profile, storage="write", engine_command=[])) as alcove:
        found = _messages(alcove.chat)
        is_sound = check_database(alcove.places).finding == "ok"
    whole = {key for key, size in done.items() if key in found and written(found[key]) == size}
    unfinished = [key for key in kept - set(done) if key in found]
    answers = [found[key] for key in unfinished if found[key].role is Role.ASSISTANT]
    return Loss(
        acknowledged=len(kept),
        messages=len(kept - set(found)) + len(set(done) - whole),
        unmarked=sum(answer.status not in ENDED for answer in answers),
        text_s=max((_lost_s(answer, texts, killed_at) for answer in answers), default=0.0),
        is_sound=is_sound,
    )


def _messages(chat: Chat) -> dict[int, Message]:
    everything = [chat.open(summary.id).messages for summary in chat.list()]
    return {key: message for messages in everything for key, message in messages.items()}


def _lost_s(answer: Message, texts: list[tuple[int, int, float]], killed_at: float) -> float:
    """How long before the kill the first text came that is not there."""
    lost = [at for key, size, at in texts if key == answer.id and size > written(answer)]
    return killed_at - min(lost) if lost else 0.0
