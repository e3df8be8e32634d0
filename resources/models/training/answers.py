"""Whether every command, flag, key and label that a stored answer names exists in the program."""

from __future__ import annotations

import contextlib
import gettext
import io
import re
import shlex
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path.append(str(ROOT))

from app.cli.chat_commands import COMMANDS as CHAT_COMMANDS  # noqa: E402
from app.cli.parser import parse  # noqa: E402
from app.ui.actions import COMMANDS as ACTIONS  # noqa: E402

LANGUAGES = ("en", "zh")
EDITING_KEYS = {"Enter", "Shift+Enter", "Ctrl+Enter", "Up", "Delete", "Ctrl+C", "Ctrl+D", "Ctrl+Z", "Cmd"}
PLAIN_LABELS = {"JSON", "bold", "粗体"}
"""Bold words that are no translated label: a name, and the example of Markdown."""

_KEY = re.compile(r"`((?:(?:Ctrl|Alt|Shift)\+|F\d)[^`]*|Esc|Enter)`")
_LABEL = re.compile(r"\*\*(.+?)\*\*")
_NAMED = re.compile(r"`([^`\n]+)`")
_BLOCK = re.compile(r"```\w*\n(.*?)```", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Stored:
    """One answer, and where it stands."""

    name: str
    language: str
    text: str


def stored(folder: Path = HERE / "next") -> Iterator[Stored]:
    for file in sorted(folder.glob("*.toml")):
        for entry in tomllib.loads(file.read_text(encoding="utf-8")).get("question", ()):
            answers = entry["answer"] if isinstance(entry["answer"], list) else [entry["answer"]]
            yield from (Stored(entry["id"], file.stem.split(".")[1], text) for text in answers)


def faults() -> list[str]:
    """What is named and does not exist, one line each."""
    return [f"{answer.language} {answer.name}: {word}" for answer in stored() for word in wrong(answer)]


def wrong(answer: Stored) -> Iterator[str]:
    """The names in one answer that the program does not know."""
    blocks = [line for block in _BLOCK.findall(answer.text) for line in block.splitlines()]
    yield from (line for line in blocks if "main.py" in line and not _is_understood(line))
    prose = _BLOCK.sub("", answer.text)
    keys = {declared.keys for declared in ACTIONS.values()} | EDITING_KEYS
    yield from (key for key in _KEY.findall(prose) if key not in keys)
    yield from (name for name in _NAMED.findall(prose) if not _exists(name))
    yield from (label for label in _LABEL.findall(prose) if label not in labels(answer.language))


def _exists(name: str) -> bool:
    """Whether the command, the flag or the chat command at the head of `name` exists; other words pass."""
    if name.startswith("main.py"):
        named = re.findall(r"(?<=\s)--[a-z-]+", name)
        words = [
            word for word in name.split()[1:] if word.islower() and not word.startswith(("-", '"', "<", ">"))
        ]
        return set(named) <= flags() and (not words or words[0] in commands() or words[0].endswith(".txt"))
    if name.startswith("--"):
        return name.split(maxsplit=1)[0] in flags()
    if re.match(r"/[a-z]+(\s|$)", name):
        return name[1:].split(maxsplit=1)[0] in CHAT_COMMANDS
    return True


def _is_understood(line: str) -> bool:
    words = shlex.split(line.partition("main.py")[2].partition(" > ")[0])
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            parse(words)
    except SystemExit as left:
        return left.code in (0, None)
    return True


@cache
def commands() -> frozenset[str]:
    return frozenset(re.findall(r"^    ([a-z]+)\s", _help([]), re.MULTILINE))


@cache
def flags() -> frozenset[str]:
    """Of the program and of each command, as their help tells them."""
    pages = [_help([]), *(_help([command]) for command in sorted(commands()))]
    return frozenset(flag for page in pages for flag in re.findall(r"--[a-z-]+", page))


def _help(words: list[str]) -> str:
    page = io.StringIO()
    with contextlib.redirect_stdout(page), contextlib.suppress(SystemExit):
        parse([*words, "--help"])
    return page.getvalue()


@cache
def labels(language: str) -> frozenset[str]:
    """Every text of the program in this language, also without the name in it and the dots after it."""
    side = LANGUAGES.index(language)
    catalogue = ROOT / "resources" / "i18n" / "zh_CN" / "LC_MESSAGES" / "alcove.mo"
    with catalogue.open("rb") as file:
        pairs = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    texts = {
        pair[side] for pair in pairs.items() if all(isinstance(word, str) for word in pair)
    } | PLAIN_LABELS
    return frozenset(texts | {re.sub(r"\s*“.*”", "", text).rstrip("…") for text in texts})
