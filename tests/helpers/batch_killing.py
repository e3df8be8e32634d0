"""Kill a batch with SIGKILL again and again until it is done, and look at what it left."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from app.services.journal import ENDING
from tests.helpers.program import run, scripted, start

SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string"}},
    "required": ["name"],
    "additionalProperties": False,
}


@dataclass(slots=True)
class Damage:
    """What the kills cost; `kills` are those that found the batch at work."""

    kills: int = 0
    lost: int = 0
    twice: int = 0
    torn: int = 0


def prepare(folder: Path, documents: int, tokens_per_s: float) -> list[str]:
    """Documents, a schema, and the program with an engine that names each of them."""
    texts = folder / "texts"
    texts.mkdir()
    names = [f"doc-{number:03}" for number in range(documents)]
    for name in names:
        (texts / f"{name}.txt").write_text(f"This is {name}.")
    (folder / "schema.json").write_text(json.dumps(SCHEMA))
    answers = [
        {
            "question": name,
            "reasoning": "let me see",
            "final": json.dumps({"name": name}),
            "tokens_per_s": tokens_per_s,
        }
        for name in names
    ]
    return scripted(folder, *answers, context_tokens=100_000)


def words(folder: Path, *more: str) -> tuple[str, ...]:
    out = ("--out", str(folder / "out.jsonl"), "--jobs", "3")
    return ("extract", "--schema", str(folder / "schema.json"), *out, *more, str(folder / "texts"))


def kill_until_done(folder: Path, documents: int, kills: int, dice: random.Random) -> Damage:
    """One batch, killed up to so many times at random moments of its work, then run to its end."""
    program = prepare(folder, documents, tokens_per_s=200)
    damage, resume = Damage(), ()
    for _ in range(kills):
        before = _journal(folder)
        process = start(*words(folder, *resume), profile=folder / "profile", program=program)
        _wait_for_growth(folder, len(before), dice)
        process.kill()
        process.communicate()
        damage.kills += 1
        after = _journal(folder)
        damage.lost += len([line for line in before if line not in after])
        resume = ("--resume",)
    done = run(*words(folder, *resume), profile=folder / "profile", program=program)
    assert done.returncode == 0, done.stderr
    return _judge(folder, documents, damage)


def _wait_for_growth(folder: Path, lines: int, dice: random.Random) -> None:
    """Until the run has added something, and then a random while, so that kills fall between and within."""
    until = time.monotonic() + 20
    while len(_journal(folder)) <= lines and time.monotonic() < until:
        time.sleep(0.01)
    time.sleep(dice.uniform(0, 0.15))


def _journal(folder: Path) -> list[str]:
    """The whole lines; a torn last one never counted."""
    path = folder / f"out.jsonl{ENDING}"
    return path.read_text("utf-8").split("\n")[:-1] if path.exists() else []


def _judge(folder: Path, documents: int, damage: Damage) -> Damage:
    out = (folder / "out.jsonl").read_text("utf-8")
    found = Counter(json.loads(line)["name"] for line in out.splitlines())
    damage.lost += documents - len(found)
    damage.twice += sum(count - 1 for count in found.values())
    damage.torn += sum(1 for path in folder.iterdir() if path.name.endswith((".part", ENDING)))
    assert list(found) == sorted(found)
    return damage
