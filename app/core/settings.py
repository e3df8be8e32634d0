"""The settings of the program, each declared once with its default and allowed values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from typing import Any

from app.core.model import KvType
from app.core.plan import Overrides


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


class Wish(StrEnum):
    """What a person decided, or left to the fit."""

    AUTOMATIC = "automatic"
    YES = "yes"
    NO = "no"

    @classmethod
    def of(cls, decided: bool | None) -> Wish:
        return cls.AUTOMATIC if decided is None else cls.YES if decided else cls.NO

    @property
    def decided(self) -> bool | None:
        return None if self is Wish.AUTOMATIC else self is Wish.YES


@dataclass(frozen=True, slots=True)
class Settings:
    """`model` is the path of the chosen GGUF, empty for the built-in demo; `recent_models` newest first.

    Of how a model is loaded, 0, "" and -1 (of layers) leave it to the fit. A model that nobody used for so
    many minutes is unloaded, never where they are 0. `welcomed`: a first choice was
    made. Of what downloads need, "" and 0 mean: models beside the conversations, the hub itself, no proxy but
    the environment's, no limit. `token_origins` are those a token is kept for in the system keyring.
    """

    language: Language = Language.SYSTEM
    theme: Theme = Theme.SYSTEM
    enter_sends: bool = True
    context_tokens: int = 0
    threads: int = 0
    gpu_layers: int = AUTO_LAYERS
    cpu_experts: int = AUTO_LAYERS
    kv_type: str = ""
    micro_batch: int = 0
    repack: Wish = Wish.AUTOMATIC
    mapped: Wish = Wish.AUTOMATIC
    unload_on_battery_min: int = 30
    unload_on_mains_min: int = 0
    welcomed: bool = False
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

    @property
    def overrides(self) -> Overrides:
        """What of a load was decided by hand."""
        return Overrides(
            context_tokens=self.context_tokens or None,
            gpu_layers=None if self.gpu_layers == AUTO_LAYERS else self.gpu_layers,
            cpu_experts=None if self.cpu_experts == AUTO_LAYERS else self.cpu_experts,
            kv_type=next((kind for kind in KvType if kind == self.kv_type), None),
            threads=self.threads or None,
            micro_batch=self.micro_batch or None,
            repack=self.repack.decided,
            mapped=self.mapped.decided,
        )

    def decided(self, overrides: Overrides) -> Settings:
        """The settings with this decided by hand, and nothing else."""
        return replace(
            self,
            context_tokens=overrides.context_tokens or 0,
            gpu_layers=AUTO_LAYERS if overrides.gpu_layers is None else overrides.gpu_layers,
            cpu_experts=AUTO_LAYERS if overrides.cpu_experts is None else overrides.cpu_experts,
            kv_type=overrides.kv_type.value if overrides.kv_type else "",
            threads=overrides.threads or 0,
            micro_batch=overrides.micro_batch or 0,
            repack=Wish.of(overrides.repack),
            mapped=Wish.of(overrides.mapped),
        )

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
