"""Where other programs keep their models, on each system: one table, and what a person set otherwise."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import msgspec

from app.core.shelf import Program

System = Literal["linux", "darwin", "win32"]

_TABLE: Final[Mapping[Program, Mapping[System, tuple[str, ...]]]] = {
    Program.LM_STUDIO: {
        "linux": ("~/.lmstudio/models", "~/.cache/lm-studio/models"),
        "darwin": ("~/.lmstudio/models", "~/.cache/lm-studio/models"),
        "win32": ("~/.lmstudio/models", "~/.cache/lm-studio/models"),
    },
    Program.JAN: {
        "linux": ("$XDG_DATA_HOME/Jan/data", "$XDG_CONFIG_HOME/Jan/data", "~/jan", "~/cortexcpp/models"),
        "darwin": ("~/Library/Application Support/Jan/data", "~/jan", "~/cortexcpp/models"),
        "win32": ("$APPDATA/Jan/data", "~/jan", "~/cortexcpp/models"),
    },
    Program.GPT4ALL: {
        "linux": ("$XDG_DATA_HOME/nomic.ai/GPT4All", "~/.cache/gpt4all"),
        "darwin": ("~/Library/Application Support/nomic.ai/GPT4All", "~/.cache/gpt4all"),
        "win32": ("$LOCALAPPDATA/nomic.ai/GPT4All", "~/.cache/gpt4all"),
    },
    Program.LLAMA_CPP: {
        "linux": ("$LLAMA_CACHE", "$XDG_CACHE_HOME/llama.cpp"),
        "darwin": ("$LLAMA_CACHE", "~/Library/Caches/llama.cpp"),
        "win32": ("$LLAMA_CACHE", "$LOCALAPPDATA/llama.cpp"),
    },
    Program.HUGGING_FACE: {
        "linux": ("$HF_HUB_CACHE", "$HF_HOME/hub", "$XDG_CACHE_HOME/huggingface/hub"),
        "darwin": ("$HF_HUB_CACHE", "$HF_HOME/hub", "~/.cache/huggingface/hub"),
        "win32": ("$HF_HUB_CACHE", "$HF_HOME/hub", "~/.cache/huggingface/hub"),
    },
    Program.OLLAMA: {
        "linux": ("$OLLAMA_MODELS", "~/.ollama/models", "/usr/share/ollama/.ollama/models",
                  "/var/lib/ollama/.ollama/models", "/var/lib/ollama"),
        "darwin": ("$OLLAMA_MODELS", "~/.ollama/models"),
        "win32": ("$OLLAMA_MODELS", "~/.ollama/models"),
    },
    Program.DOWNLOADS: {
        "linux": ("$XDG_DOWNLOAD_DIR",),
        "darwin": ("~/Downloads",),
        "win32": ("~/Downloads",),
    },
}  # fmt: skip

_USUAL: Final[Mapping[str, str]] = {
    "XDG_DATA_HOME": "~/.local/share",
    "XDG_CONFIG_HOME": "~/.config",
    "XDG_CACHE_HOME": "~/.cache",
    "XDG_DOWNLOAD_DIR": "~/Downloads",
    "APPDATA": "~/AppData/Roaming",
    "LOCALAPPDATA": "~/AppData/Local",
}
"""What these variables mean where they are not set; a place that needs another one is left out then."""

_LM_STUDIO_SETTINGS = ".lmstudio/settings.json"
_SETTINGS_LIMIT_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Root:
    """A folder in which a program keeps models."""

    program: Program
    folder: Path


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What tells where things lie: the person's folder, the environment's variables, the system."""

    home: Path
    variables: Mapping[str, str]
    system: System = "linux"

    @classmethod
    def here(cls) -> Surroundings:
        import os

        import platformdirs

        system: System = (
            "win32" if sys.platform == "win32" else "darwin" if sys.platform == "darwin" else "linux"
        )
        downloads = str(platformdirs.user_downloads_path())  # a desktop in Chinese has another name for it
        return cls(Path.home(), {"XDG_DOWNLOAD_DIR": downloads, **os.environ}, system)


def roots(here: Surroundings) -> tuple[Root, ...]:
    """The folders that are there, each once, in the order of the table."""
    found: dict[Path, Root] = {}
    for program, by_system in _TABLE.items():
        patterns = by_system[here.system]
        folders = [folder for pattern in patterns if (folder := _expand(pattern, here)) is not None]
        if program is Program.LM_STUDIO:
            folders += _chosen_in_lm_studio(here.home)
        for folder in folders:
            if folder.is_dir():
                found.setdefault(folder.resolve(), Root(program, folder))
    return tuple(found.values())


def _expand(pattern: str, here: Surroundings) -> Path | None:
    """A place of the table on this computer; None where it begins with a variable that is not set."""
    first, _, rest = pattern.partition("/")
    if first.startswith("$"):
        name = first.removeprefix("$")
        first = here.variables.get(name) or _USUAL.get(name, "")
        if not first:
            return None
    if first.startswith("~"):
        return here.home / first.removeprefix("~").lstrip("/\\") / rest
    return Path(first or "/") / rest


class _LmStudio(msgspec.Struct):
    """The one line that matters of its settings."""

    downloadsFolder: str = ""  # noqa: N815


def _chosen_in_lm_studio(home: Path) -> Iterator[Path]:
    """The folder a person chose there."""
    path = home / _LM_STUDIO_SETTINGS
    try:
        with path.open("rb") as file:
            chosen = msgspec.json.decode(file.read(_SETTINGS_LIMIT_BYTES), type=_LmStudio).downloadsFolder
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return  # not there, or written by a version that has it elsewhere
    if chosen and Path(chosen).is_absolute():
        yield Path(chosen)
