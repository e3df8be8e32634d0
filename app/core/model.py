"""What is known of a model: from its file, and once it is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

DEMO_NAME = "Alcove demo"
"""What the model that ships with the program is called."""


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """Read from a GGUF header without loading the weights."""

    path: Path
    name: str
    architecture: str
    size_bytes: int
    layers: int
    experts: int
    experts_used: int
    embedding: int
    kv_heads: int
    head_size: int
    sliding_window: int
    context_tokens: int
    vocabulary: int


class KvType(StrEnum):
    """How keys and values are kept: in half precision, or in eight bits with a scale for every 32."""

    F16 = "f16"
    Q8_0 = "q8_0"


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """How to load. 0 threads means one per fast core, or one in all for a very small model.

    `gpu_layers` counts from the last layer back, the output as one more; 0 means the CPU alone. The experts
    of the first `cpu_experts` layers stay on the CPU even so. `split` tells how many of the GPU layers each
    GPU takes, empty that the engine decides. `micro_batch` is how many tokens are evaluated in one go, 0
    means by where the layers are. `mapped` weights stay in the file's pages and are not copied.
    """

    context_tokens: int = 8192
    threads: int = 0
    gpu_layers: int = 0
    cpu_experts: int = 0
    split: tuple[int, ...] = ()
    kv_type: KvType = KvType.F16
    micro_batch: int = 0
    repack: bool = True
    mapped: bool = True
    self_test: bool = True


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """The model as the engine holds it, loaded by `options`; the rate is in tokens per second."""

    path: Path
    name: str
    size_bytes: int
    context_tokens: int
    load_s: float
    prefill_tokens_per_s: float = 0.0
    options: LoadOptions = LoadOptions()


@dataclass(frozen=True, slots=True)
class PromptCount:
    """What a request would cost before it is sent: of `prompt_tokens`, `cached_tokens` need no prefill.

    `prefill_s` is the likely time to the first token, None until a prefill was measured.
    """

    prompt_tokens: int
    cached_tokens: int
    context_tokens: int
    prefill_s: float | None = None


@dataclass(frozen=True, slots=True)
class Device:
    """A processor the engine can use, as it names it; memory in bytes, 0 where it is not told.

    `is_shared`: a GPU that has no memory of its own and takes from the main memory.
    """

    name: str
    description: str
    is_gpu: bool
    total_bytes: int = 0
    free_bytes: int = 0
    is_shared: bool = False


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """The engine's build: its version, the CPU features it was compiled with, the devices it sees."""

    version: str
    features: tuple[str, ...]
    devices: tuple[Device, ...]
