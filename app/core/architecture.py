"""What a model is made of, told from its file: its parts, layer by layer, with their bytes and parameters."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.core.model import ModelFacts


class Part(StrEnum):
    """A kind of tensor, by what it does in the model."""

    EMBEDDING = "embedding"
    ATTENTION = "attention"
    EXPERTS = "experts"
    ROUTER = "router"
    NORMS = "norms"
    OUTPUT = "output"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Portion:
    """All tensors of one part and one quantisation, in one layer or, with no `layer`, outside of them."""

    part: Part
    layer: int | None
    type: str
    size_bytes: int
    parameters: int


@dataclass(frozen=True, slots=True)
class About:
    """What a file says of its own origin; "" where it says nothing."""

    name: str = ""
    author: str = ""
    organization: str = ""
    licence: str = ""
    description: str = ""
    url: str = ""
    quantized_by: str = ""
    base_model: str = ""


@dataclass(frozen=True, slots=True)
class Architecture:
    """A gpt-oss as its header describes it; `feed_forward` is the width inside an expert."""

    facts: ModelFacts
    about: About
    heads: int
    feed_forward: int
    portions: tuple[Portion, ...]

    @property
    def layers(self) -> range:
        return range(self.facts.layers)

    def is_sliding(self, layer: int) -> bool:
        """Whether a layer sees the last `sliding_window` positions only: every other one, from the first."""
        return layer % 2 == 0

    def size_bytes(self, *parts: Part, layer: int | None = None) -> int:
        """The bytes of these parts in one layer, or outside of the layers."""
        return sum(each.size_bytes for each in self.portions if each.layer == layer and each.part in parts)

    def by_type(self, part: Part) -> tuple[Portion, ...]:
        """One part of the whole model, quantisation by quantisation, the one with the most bytes first."""
        found = [each for each in self.portions if each.part is part]
        sums = (
            Portion(
                part,
                None,
                kind,
                sum(each.size_bytes for each in found if each.type == kind),
                sum(each.parameters for each in found if each.type == kind),
            )
            for kind in dict.fromkeys(each.type for each in found)
        )
        return tuple(sorted(sums, key=lambda each: -each.size_bytes))

    @property
    def parameters(self) -> int:
        return sum(each.parameters for each in self.portions)

    @property
    def active_parameters(self) -> int:
        """Those that take part in one token: the chosen experts only, and one row of the embedding.

        Where the output shares the embedding's matrix, all of it takes part.
        """
        experts = self._count(Part.EXPERTS)
        asleep = experts - experts * self.facts.experts_used // self.facts.experts
        return self.parameters - asleep - (self._count(Part.EMBEDDING) if self.has_output else 0)

    @property
    def has_output(self) -> bool:
        """Whether the output has a matrix of its own, and is not the embedding used once more."""
        return any(each.part is Part.OUTPUT for each in self.portions)

    def _count(self, part: Part) -> int:
        return sum(each.parameters for each in self.portions if each.part is part)
