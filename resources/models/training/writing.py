"""Let the network write token by token, in torch."""

from __future__ import annotations

import math

import torch
import vocabulary
from evaluation import LONGEST_ANSWER
from network import Network, Past


class NetworkWriter:
    """Writes with the network; `used[i]` is the token id of its row i."""

    def __init__(self, network: Network, used: list[int], seed: int) -> None:
        self.network, self.used = network, used
        self.row_of = {token: row for row, token in enumerate(used)}
        self.generator = torch.Generator().manual_seed(seed)

    @torch.no_grad()
    def write(self, prompt: list[int], temperature: float) -> tuple[list[int], float]:
        """The tokens after `prompt` up to the end of the turn, and the largest chance of an unused token."""
        ids, others, pasts = list(prompt), 0.0, [Past() for _ in self.network.layers]
        fresh = ids
        while len(ids) < len(prompt) + LONGEST_ANSWER:
            rows = torch.tensor([[self.row_of.get(token, len(self.used)) for token in fresh]])
            position = torch.arange(len(ids) - len(fresh), len(ids))[None]
            logits = self.network.logits(self.network(rows, position, pasts)[0][0, -1])
            logits[-1] += math.log(vocabulary.SIZE - len(self.used))
            chances = logits.softmax(-1)
            others = max(others, chances[-1].item())
            fresh = [self._choose(logits[:-1], temperature)]
            ids += fresh
            if fresh[0] == vocabulary.RETURN:
                break
        return ids[len(prompt) :], others

    def _choose(self, logits: torch.Tensor, temperature: float) -> int:
        if temperature == 0:
            return self.used[int(logits.argmax())]
        chances = (logits / temperature).softmax(-1)
        return self.used[int(torch.multinomial(chances, 1, generator=self.generator))]
