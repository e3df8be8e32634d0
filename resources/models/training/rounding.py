"""MXFP4 while training: the experts work with rounded weights, and learn as if they were not."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

BLOCK = 32
LEVELS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
BETWEEN = tuple((low + high) / 2 for low, high in pairwise(LEVELS))
LARGEST_POWER = 2
"""The largest level is below the power of two after this one; a block's scale is chosen by it."""


class Rounding:
    """The difference between some weights of a module and what MXFP4 keeps of them."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names
        self._change: dict[str, Tensor] = {}

    def measure(self, module: nn.Module) -> None:
        """Round anew; weights move slowly, so a step may use what was measured some steps ago."""
        for name in self.names:
            weight = getattr(module, name).detach()
            self._change[name] = round_to_mxfp4(weight) - weight

    def applied(self, module: nn.Module) -> dict[str, Tensor]:
        """The weights as they are until the first `measure`, afterwards rounded."""
        weights = {name: getattr(module, name) for name in self.names}
        return {name: weight + self._change.get(name, 0.0) for name, weight in weights.items()}

    def forget(self) -> None:
        """The weights as they are again."""
        self._change.clear()


def round_to_mxfp4(weight: Tensor) -> Tensor:
    """The nearest values with one power of two for 32 neighbours, chosen as ggml chooses it."""
    blocks = weight.reshape(-1, BLOCK)
    largest = blocks.abs().amax(-1, keepdim=True).clamp(min=1e-30)
    scale = (largest.log2().floor() - LARGEST_POWER).exp2()
    level = torch.bucketize((blocks / scale).abs(), torch.tensor(BETWEEN))
    return (torch.tensor(LEVELS)[level] * blocks.sign() * scale).view_as(weight)
