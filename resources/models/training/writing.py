"""Let the network write token by token, in torch."""

from __future__ import annotations

from itertools import groupby

import torch
import vocabulary
from evaluation import LONGEST_ANSWER
from network import Network, Past
from tables import Table
from torch import Tensor

MOST_AT_ONCE = 48


class NetworkWriter:
    """Writes with the network, prompts of the same length together."""

    def __init__(self, network: Network, table: Table, seed: int) -> None:
        self.network, self.table = network, table
        self.ids = torch.tensor([*table.learnt, *table.strange, vocabulary.END_OF_TEXT])
        self.generator = torch.Generator().manual_seed(seed)

    def write_all(self, prompts: list[list[int]], temperature: float) -> list[list[int]]:
        """For each prompt the tokens after it, up to the end of the turn."""
        written: list[list[int]] = [[] for _ in prompts]
        order = sorted(range(len(prompts)), key=lambda at: len(prompts[at]))
        for _, alike in groupby(order, key=lambda at: len(prompts[at])):
            group = list(alike)
            for start in range(0, len(group), MOST_AT_ONCE):
                part = group[start : start + MOST_AT_ONCE]
                for at, ids in zip(part, self._write([prompts[at] for at in part], temperature), strict=True):
                    written[at] = ids
        return written

    @torch.no_grad()
    def _write(self, prompts: list[list[int]], temperature: float) -> list[list[int]]:
        pasts = [Past() for _ in self.network.layers]
        fresh = torch.tensor([[self.table.row(token) for token in prompt] for prompt in prompts])
        written: list[list[int]] = [[] for _ in prompts]
        length, done = 0, [False] * len(prompts)
        while not all(done) and len(written[0]) < LONGEST_ANSWER:
            position = torch.arange(length, length + fresh.shape[1])[None].expand(len(prompts), -1)
            length += fresh.shape[1]
            states, _ = self.network(fresh, position, pasts)
            fresh = self._choose(self.network.logits(states[-1][:, -1]), temperature)
            for number, token in enumerate(self.ids[fresh[:, 0]].tolist()):
                written[number].append(token)
                done[number] = done[number] or token == vocabulary.RETURN
        return [_until_end(ids) for ids in written]

    def _choose(self, logits: Tensor, temperature: float) -> Tensor:
        if temperature == 0:
            return logits.argmax(-1, keepdim=True)
        return torch.multinomial((logits / temperature).softmax(-1), 1, generator=self.generator)


def _until_end(ids: list[int]) -> list[int]:
    return ids[: ids.index(vocabulary.RETURN) + 1] if vocabulary.RETURN in ids else ids
