"""How a model is to be loaded on a computer: where its parts go, what that takes, and how fast it will be."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.model import KvType, LoadOptions

MAIN_MEMORY = ""
"""The name of the share that lies in main memory."""


@dataclass(frozen=True, slots=True)
class Overrides:
    """What a person decided instead of the fit; None leaves it to the fit."""

    context_tokens: int | None = None
    gpu_layers: int | None = None
    cpu_experts: int | None = None
    kv_type: KvType | None = None
    threads: int | None = None
    micro_batch: int | None = None
    repack: bool | None = None
    mapped: bool | None = None


AUTOMATIC = Overrides()


@dataclass(frozen=True, slots=True)
class Share:
    """What one memory holds: a GPU's by the engine's name for it, or main memory.

    `repack_bytes` is the faster, second copy of the experts; `engine_bytes` the engine's own programs and
    tables. `free_bytes` is what was free before the load. Where `is_shared` the GPU has no memory of its
    own: what it holds comes out of main memory as well.
    """

    device: str
    free_bytes: int
    total_bytes: int
    weights_bytes: int = 0
    experts_bytes: int = 0
    repack_bytes: int = 0
    kv_bytes: int = 0
    compute_bytes: int = 0
    engine_bytes: int = 0
    is_shared: bool = False

    @property
    def used_bytes(self) -> int:
        return (
            self.weights_bytes
            + self.experts_bytes
            + self.repack_bytes
            + self.kv_bytes
            + self.compute_bytes
            + self.engine_bytes
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """What the engine is told, and what is expected of it; the share in main memory comes first.

    `is_tight`: it fits only without the usual reserve. 0 tokens a second: not known.
    """

    options: LoadOptions
    shares: tuple[Share, ...]
    prefill_tokens_per_s: float
    decode_tokens_per_s: float
    is_tight: bool = False

    @property
    def main_bytes(self) -> int:
        """What is taken of main memory, by GPUs without their own as well."""
        return sum(share.used_bytes for share in self.shares if share.is_shared or not share.device)

    @property
    def free_bytes(self) -> int:
        """What was free of main memory."""
        return self.shares[0].free_bytes


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why no plan fits, and what would.

    `device` is the memory that is too small, `missing_bytes` how much it lacks in `closest`, the plan that
    lacks least. `nearest` is a plan that fits with fewer wishes granted: a smaller context, or without what
    was overridden. `largest_file_bytes` is about the largest file of this architecture that would fit, and
    `most_experts` how many experts of each layer would (0: not even one more than is used).
    """

    device: str
    missing_bytes: int
    closest: Plan
    nearest: Plan | None
    largest_file_bytes: int
    most_experts: int
