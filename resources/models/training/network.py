"""The network: gpt-oss in miniature, computing exactly what llama.cpp's gpt-oss graph computes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from rounding import Rounding
from torch import Tensor, nn
from torch.nn.functional import embedding, linear, pad

ROPE_BASE = 150_000.0
YARN_FACTOR = 32.0
ORIGINAL_CONTEXT = 4096
BETA_FAST, BETA_SLOW = 32.0, 1.0
SWIGLU_LIMIT, SWIGLU_ALPHA = 7.0, 1.702
NORM_EPSILON = 1e-5
PADDING = -1
TOKEN_CODE, OUTPUT_CODE = 1.0, 0.5
"""How strongly a token's code is written into its rows."""

EVEN = 0.1
"""Queries begin so small that attention is nearly even: a question is first the words in it."""

FAINT = 0.025
"""Rows begin so small that what a word means is learnt rather than what it happened to begin as."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """The shape; every width is a multiple of 32, the block of GGUF's quantised types."""

    layers: int = 4
    hidden: int = 128
    expert_hidden: int = 32
    experts: int = 32
    experts_used: int = 4
    heads: int = 4
    kv_heads: int = 2
    head: int = 32
    window: int = 128


Turn = tuple[Tensor, Tensor]
"""Cosine and sine of each token's angles, scaled: (batch, tokens, 1, head/2)."""


def turns(head: int) -> Tensor:
    """YaRN's angle per position for each half dimension, ramp ends rounded outwards as in ggml."""
    half = torch.arange(0, head, 2, dtype=torch.float64)
    plain = ROPE_BASE ** (-half / head)

    def dimension(rotations: float) -> float:
        return head * math.log(ORIGINAL_CONTEXT / (rotations * 2 * math.pi)) / (2 * math.log(ROPE_BASE))

    low, high = max(0, math.floor(dimension(BETA_FAST))), min(head - 1, math.ceil(dimension(BETA_SLOW)))
    keep = 1 - ((half / 2 - low) / max(0.001, high - low)).clamp(0, 1)
    return plain / YARN_FACTOR * (1 - keep) + plain * keep


def rotate(x: Tensor, turn: Turn) -> Tensor:
    """Turn the halves of each head of x: (batch, tokens, heads, head)."""
    cos, sin = turn
    a, b = x.chunk(2, dim=-1)
    return torch.cat((a * cos - b * sin, b * cos + a * sin), dim=-1)


class Norm(nn.Module):
    """RMS norm."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + NORM_EPSILON) * self.weight


class Past:
    """The keys and values one attention layer has seen, when writing token by token."""

    def __init__(self) -> None:
        self.seen: tuple[Tensor, ...] | None = None

    def extend(self, *new: Tensor) -> tuple[Tensor, ...]:
        """Keep `new` after what was seen and return all of it."""
        if self.seen is not None:
            new = tuple(torch.cat(pair, dim=1) for pair in zip(self.seen, new, strict=True))
        self.seen = new
        return new


class Attention(nn.Module):
    """Grouped-query attention with a learned sink per head."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.sizes = sizes
        self.q = nn.Linear(sizes.hidden, sizes.heads * sizes.head)
        self.k = nn.Linear(sizes.hidden, sizes.kv_heads * sizes.head)
        self.v = nn.Linear(sizes.hidden, sizes.kv_heads * sizes.head)
        self.o = nn.Linear(sizes.heads * sizes.head, sizes.hidden)
        self.sinks = nn.Parameter(torch.zeros(sizes.heads))
        with torch.no_grad():
            self.q.weight *= EVEN
            self.q.bias.zero_()

    def forward(self, x: Tensor, turn: Turn, mask: Tensor, past: Past | None) -> Tensor:
        """x: (batch, tokens, hidden); mask: (batch, 1, tokens, keys), added to the scores."""
        batch, tokens, _ = x.shape
        s = self.sizes
        q = rotate(self.q(x).view(batch, tokens, s.heads, s.head), turn) / math.sqrt(s.head)
        k = rotate(self.k(x).view(batch, tokens, s.kv_heads, s.head), turn)
        v = self.v(x).view(batch, tokens, s.kv_heads, s.head)
        k, v = past.extend(k, v) if past else (k, v)
        group = s.heads // s.kv_heads
        k, v = k.repeat_interleave(group, dim=2), v.repeat_interleave(group, dim=2)
        scores = torch.einsum("bqhd,bkhd->bhqk", q, k) + mask
        sinks = self.sinks.view(1, -1, 1, 1).expand(batch, -1, tokens, 1)
        weights = torch.cat((scores, sinks), dim=-1).softmax(-1)[..., :-1]
        return self.o(torch.einsum("bhqk,bkhd->bqhd", weights, v).reshape(batch, tokens, -1))


class Experts(nn.Module):
    """Mixture of experts: top-k of the router's logits, softmax over those k."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.used = sizes.experts_used
        n, wide, inner = sizes.experts, sizes.hidden, sizes.expert_hidden
        self.router = nn.Linear(wide, n)
        self.gate = nn.Parameter(torch.randn(n, inner, wide) / math.sqrt(wide))
        self.up = nn.Parameter(torch.randn(n, inner, wide) / math.sqrt(wide))
        self.down = nn.Parameter(torch.randn(n, wide, inner) / math.sqrt(inner) / 2)
        self.gate_bias = nn.Parameter(torch.zeros(n, inner))
        self.up_bias = nn.Parameter(torch.zeros(n, inner))
        self.down_bias = nn.Parameter(torch.zeros(n, wide))
        self.rounding = Rounding(("gate", "up", "down"))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """x: (tokens, hidden). Returns the output and the imbalance of the load (1 is even)."""
        logits = self.router(x)
        best, chosen = logits.topk(self.used, dim=-1)
        order = chosen.flatten().argsort(stable=True)
        expert, token = chosen.flatten()[order], order // self.used
        counts = expert.bincount(minlength=len(self.gate))
        place = torch.arange(len(order)) - (counts.cumsum(0) - counts)[expert]
        queues = x.new_zeros(len(counts), int(counts.max()), x.shape[1])
        queues = queues.index_put((expert, place), x[token])
        out = self._work(queues)[expert, place] * best.softmax(-1).flatten()[order, None]
        imbalance = (counts / counts.sum() * logits.softmax(-1).mean(0)).sum() * len(counts)
        return x.new_zeros(x.shape).index_add(0, token, out), imbalance

    def _work(self, queues: Tensor) -> Tensor:
        """Every expert on its queue of tokens at once; queues: (experts, longest queue, hidden)."""
        weights = self.rounding.applied(self)
        gate = torch.baddbmm(self.gate_bias[:, None], queues, weights["gate"].mT).clamp(max=SWIGLU_LIMIT)
        up = torch.baddbmm(self.up_bias[:, None], queues, weights["up"].mT).clamp(-SWIGLU_LIMIT, SWIGLU_LIMIT)
        inner = gate * (gate * SWIGLU_ALPHA).sigmoid() * (up + 1)
        return torch.baddbmm(self.down_bias[:, None], inner, weights["down"].mT)


class Layer(nn.Module):
    """Attention, then experts, each on a normed copy of the residual stream."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.attention_norm, self.experts_norm = Norm(sizes.hidden), Norm(sizes.hidden)
        self.attention, self.experts = Attention(sizes), Experts(sizes)

    def forward(
        self, x: Tensor, turn: Turn, mask: Tensor, real: Tensor, past: Past | None
    ) -> tuple[Tensor, Tensor]:
        """`real` (batch, tokens) tells tokens from padding, which no expert is troubled with."""
        x = x + self.attention(self.attention_norm(x), turn, mask, past)
        mixed, imbalance = self.experts(self.experts_norm(x)[real])
        return x.index_put((real,), x[real] + mixed), imbalance


class Network(nn.Module):
    """The whole model over a compact vocabulary: a row for each of `learnt` tokens, one for all others.

    `codes` (tokens, spelling.WIDTH) are fixed and tell all tokens apart, also those without a row of
    their own, so that a word never seen can be copied. Those share the last learnt row.
    """

    def __init__(self, sizes: Sizes, learnt: int, codes: Tensor) -> None:
        super().__init__()
        self.sizes = sizes
        self.learnt_rows = nn.Parameter(torch.randn(learnt, sizes.hidden) * FAINT)
        self.strange_row = nn.Parameter(torch.randn(1, sizes.hidden) * 0.5)
        self.output_rows = nn.Parameter(torch.randn(learnt + 1, sizes.hidden) / math.sqrt(sizes.hidden))
        self.layers = nn.ModuleList(Layer(sizes) for _ in range(sizes.layers))
        self.norm = Norm(sizes.hidden)
        self.register_buffer("codes", codes, persistent=False)
        self.register_buffer("turns", turns(sizes.head), persistent=False)
        self.sharpness = 1.0

    @property
    def token_rows(self) -> Tensor:
        return torch.cat((self.learnt_rows, self.strange_row))

    def forward(
        self, rows: Tensor, position: Tensor, pasts: list[Past] | None = None, depth: int | None = None
    ) -> tuple[list[Tensor], Tensor]:
        """rows, position: (batch, tokens). Returns the normed states after each layer and the mean imbalance.

        `pasts`, one for each layer, are what came before, and are extended. Rows below zero are padding.
        `depth` layers are gone through, all unless told.
        """
        real = rows >= 0
        x = embedding(rows.clamp(min=0), self._spread(self.token_rows, TOKEN_CODE))
        angle = (position[..., None, None].double() * self.turns).float()
        scale = 1 + 0.1 * math.log(YARN_FACTOR)
        turn = angle.cos() * scale, angle.sin() * scale
        keys = torch.arange(int(position.max()) + 1)[None] if pasts else position
        masks = self._masks(position, keys)
        states, imbalances = [], []
        for number, layer in enumerate(self.layers[:depth]):
            x, imbalance = layer(x, turn, masks[number % 2], real, pasts[number] if pasts else None)
            states.append(self.norm(x))
            imbalances.append(imbalance)
        return states, torch.stack(imbalances).mean()

    def _masks(self, position: Tensor, keys: Tensor) -> tuple[Tensor, Tensor]:
        """What even layers see, the last `window` tokens, and odd layers, all: 0, or minus infinity."""
        distance = position[:, None, :, None] - keys[:, None, None, :]
        near, far = (distance < self.sizes.window), distance >= 0
        nothing = torch.zeros(distance.shape)
        return tuple(nothing.masked_fill(~seen, -torch.inf) for seen in (near & far, far))

    def round_experts(self, rounded: bool = True) -> None:
        """From now on the experts work with what MXFP4 keeps of their weights, or with all of them."""
        for layer in self.layers:
            layer.experts.rounding.forget()
            if rounded:
                layer.experts.rounding.measure(layer.experts)

    def _spread(self, rows: Tensor, scale: float) -> Tensor:
        """A row for each token: its learnt one or the one that the others share, and its code."""
        strange = len(self.codes) - len(rows) + 1
        full = torch.cat((rows[:-1], rows[-1:].expand(strange, -1)))
        return full + pad(self.codes * scale, (0, rows.shape[1] - self.codes.shape[1]))

    def logits(self, states: Tensor) -> Tensor:
        return linear(states, self._spread(self.output_rows, OUTPUT_CODE)) * self.sharpness
