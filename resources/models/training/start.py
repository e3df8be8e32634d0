"""Go on from what an earlier run left, also where questions, and with them tokens, came since."""

from __future__ import annotations

from pathlib import Path

import torch
from network import Network
from tables import Table


def keep(network: Network, table: Table, path: Path) -> None:
    """All weights, and the tokens that have rows."""
    torch.save((network.state_dict(), table.learnt), path)


@torch.no_grad()
def take_up(network: Network, table: Table, path: Path) -> None:
    """The weights as they were left; a token that had no row begins with the one that the others share."""
    state, learnt = torch.load(path)
    at = {token: row for row, token in enumerate(learnt)}
    rows = torch.tensor([*(at.get(token, len(learnt)) for token in table.learnt), len(learnt)])
    for name in ("token_rows", "output_rows"):
        state[name] = state[name][rows]
    network.load_state_dict(state)
