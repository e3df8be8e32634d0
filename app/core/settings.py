"""The settings of the program, each declared once with its default and allowed values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any


class Theme(StrEnum):
    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Language(StrEnum):
    SYSTEM = "system"
    ENGLISH = "en"
    CHINESE = "zh_CN"


CONTEXT_CHOICES = (4096, 8192, 16_384, 32_768, 65_536, 131_072)


AUTO_LAYERS = -1
"""As many layers on a GPU the engine was built for as fit its memory."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`model` is the path of the chosen GGUF, empty for the built-in demo; `recent_models` newest first.

    Of what downloads need, "" and 0 mean: models beside the conversations, the hub itself, no proxy but
    the environment's, no limit. `token_origins` are those a token is kept for in the system keyring.
    """

    language: Language = Language.SYSTEM
    theme: Theme = Theme.SYSTEM
    enter_sends: bool = True
    context_tokens: int = 8192
    threads: int = 0
    gpu_layers: int = AUTO_LAYERS
    model: str = ""
    recent_models: tuple[str, ...] = ()
    models_folder: str = ""
    hub_endpoint: str = ""
    proxy: str = ""
    download_bytes_per_s: int = 0
    token_origins: tuple[str, ...] = ()
    sidebar_open: bool = True
    inspector_open: bool = True
    window_width: int = 1280
    window_height: int = 800
    is_maximised: bool = False

    def to_values(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> Settings:
        """Read a settings file; what is unknown or of the wrong kind falls back to its default."""
        default = cls()
        chosen = {f.name: _fit(values.get(f.name), getattr(default, f.name)) for f in fields(cls)}
        return cls(**chosen)


def _fit(value: Any, default: Any) -> Any:
    if isinstance(default, StrEnum):
        return next((choice for choice in type(default) if choice == value), default)
    if isinstance(default, tuple):
        return tuple(v for v in value if isinstance(v, str)) if isinstance(value, list) else default
    return value if type(value) is type(default) else default
