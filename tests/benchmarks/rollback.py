"""Going back in the cache at full width: equal to a fresh context to the bit, but only by checkpoints."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.benchmarks.report import row
from tests.benchmarks.synthetic_model import CUT, cached
from tests.helpers.embedded import open_model
from tests.helpers.rollback import DEPTHS, by_checkpoint, differs, plainly

LONGEST_PROMPT = 300
PLAIN_DEPTHS = (200, 2000)


def main() -> None:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else cached(CUT)
    with open_model(path) as model:
        wrong = [depth for depth in DEPTHS if differs(model, depth, by_checkpoint, LONGEST_PROMPT)]
        unnoticed = [depth for depth in PLAIN_DEPTHS if not differs(model, depth, plainly, LONGEST_PROMPT)]
    told = f"{len(DEPTHS) - len(wrong)} of {len(DEPTHS)}; a plain rollback fails at "
    told += f"{len(PLAIN_DEPTHS) - len(unnoticed)} of {len(PLAIN_DEPTHS)} depths"
    row(
        "logits after a rollback equal a fresh context's to the bit",
        "20 of 20",
        told,
        not wrong and not unnoticed,
    )


if __name__ == "__main__":
    main()
