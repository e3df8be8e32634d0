"""Two circuits to begin with, built by hand, as training alone does not find them in the time it has.

The first layer writes each word's code beside that of the word after it. The second looks for the place that
comes after what stands here and copies the code found there: text that stood before can be repeated. What is
learnt bends both to its needs. They are the previous-token and induction heads of Elhage et al. (2021), "A
Mathematical Framework for Transformer Circuits".
"""

from __future__ import annotations

import torch
from network import Attention, Network, turns
from spelling import CODE, WIDTH
from torch import Tensor

QUICK, STRENGTH = 5, 8.0
"""How many of the quickest turning pairs of a head tell the place before, and how clearly."""

SLOW = 0.004
"""Pairs that turn by less than this, in radians a token, can tell words wherever they stand."""

LIKENESS, COPIED = 0.5, 3.0


@torch.no_grad()
def teach(network: Network) -> None:
    """Write both circuits over the first query head of each key head; the last layer can copy as well."""
    before, same, *_, last = (layer.attention for layer in network.layers)
    room = network.sizes.hidden - WIDTH
    _look_one_back(before)
    _carry(before, slice(WIDTH, None), torch.eye(room, CODE))
    _look_for_the_same(same, room)
    for attention in (same, last):
        _carry(attention, slice(CODE), COPIED * torch.eye(CODE))


def _first_heads(attention: Attention) -> Tensor:
    """The places of the first query head of each key head: (kv_heads, head)."""
    s = attention.sizes
    return torch.arange(s.heads * s.head).view(s.kv_heads, -1, s.head)[:, 0]


def _carry(attention: Attention, to: slice, how: Tensor) -> None:
    """What is found is a word's code; `how` it is added to the places `to`: (places, CODE)."""
    attention.v.weight.copy_(torch.eye(CODE, attention.sizes.hidden))
    attention.v.bias.zero_()
    heads = _first_heads(attention).flatten()
    attention.o.weight[:, heads] = 0
    attention.o.weight[to, heads] = how


def _look_one_back(attention: Attention) -> None:
    """The same key everywhere, and a query turned back by one place."""
    s = attention.sizes
    angle = turns(s.head)[:QUICK].float()
    heads = _first_heads(attention)
    attention.k.weight *= 0.1
    attention.k.bias.view(s.kv_heads, s.head)[:, :QUICK] = STRENGTH
    attention.k.bias.view(s.kv_heads, s.head)[:, s.head // 2 : s.head // 2 + QUICK] = 0
    attention.q.bias[heads[:, :QUICK]] = STRENGTH * angle.cos()
    attention.q.bias[heads[:, s.head // 2 : s.head // 2 + QUICK]] = -STRENGTH * angle.sin()


def _look_for_the_same(attention: Attention, room: int) -> None:
    """The query is what stands here, the key what stands before a place, both squeezed the same way."""
    s = attention.sizes
    slow = (turns(s.head) < SLOW).repeat(2).nonzero().flatten()
    squeeze = torch.linalg.qr(torch.randn(room, len(slow)))[0].T * (room / len(slow)) ** 0.5
    for head, query in enumerate(_first_heads(attention)):
        key = torch.arange(head * s.head, (head + 1) * s.head)
        for part, places in ((attention.q, query), (attention.k, key)):
            part.weight[places] = 0
            part.bias[places] = 0
        attention.q.weight[query[slow], :room] = LIKENESS * squeeze
        attention.k.weight[key[slow], WIDTH:] = squeeze
