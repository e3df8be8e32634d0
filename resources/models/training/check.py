"""Ask a finished model file its held-out questions in llama.cpp, as the program runs it: `check.py MODEL`."""

from __future__ import annotations

import argparse
from pathlib import Path

import evaluation
import lessons
import llama_cpp
import numpy as np
import vocabulary
from evaluation import LONGEST_ANSWER, report

CONTEXT = 4096
SEED = 2


class Engine:
    """llama.cpp's plain C calls around one model; writes like `writing.NetworkWriter`."""

    def __init__(self, path: Path, seed: int) -> None:
        llama_cpp.llama_log_set(_silence, None)
        wanted = llama_cpp.llama_model_default_params()
        self.model = llama_cpp.llama_model_load_from_file(str(path).encode(), wanted)
        params = llama_cpp.llama_context_default_params()
        params.n_ctx, params.n_threads, params.n_threads_batch = CONTEXT, 1, 1
        self.context = llama_cpp.llama_init_from_model(self.model, params)
        self.dice = np.random.default_rng(seed)

    def write(self, prompt: list[int], temperature: float) -> tuple[list[int], float]:
        """The tokens after `prompt` up to the end of the turn, and the largest chance of an unused token."""
        llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(self.context), True)
        ids, fresh, others = [], prompt, 0.0
        while len(ids) < LONGEST_ANSWER:
            logits = self.logits(fresh)
            others = max(others, _chance_of_unused(logits))
            fresh = [self._choose(logits, temperature)]
            ids += fresh
            if fresh[0] == vocabulary.RETURN:
                break
        return ids, others

    def logits(self, fresh: list[int]) -> np.ndarray:
        """Decode `fresh` after what came before; the logits of its last token."""
        tokens = (llama_cpp.llama_token * len(fresh))(*fresh)
        code = llama_cpp.llama_decode(self.context, llama_cpp.llama_batch_get_one(tokens, len(fresh)))
        if code:
            raise RuntimeError(f"llama_decode returned {code}")
        found = llama_cpp.llama_get_logits_ith(self.context, -1)
        return np.ctypeslib.as_array(found, (vocabulary.SIZE,)).astype(np.float64)

    def _choose(self, logits: np.ndarray, temperature: float) -> int:
        if temperature == 0:
            return int(logits.argmax())
        chances = np.exp((logits - logits.max()) / temperature)
        return int(self.dice.choice(len(chances), p=chances / chances.sum()))


def _chance_of_unused(logits: np.ndarray) -> float:
    """At temperature 1. Unused tokens share one row, so their logits are those of the last id, to the bit."""
    chances = np.exp(logits - logits.max())
    return float(chances[logits == logits[-1]].sum() / chances.sum())


@llama_cpp.llama_log_callback
def _silence(level: int, text: bytes, user_data: object) -> None:
    """llama.cpp's chatter while loading is not wanted here."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path, help="the unpacked .gguf")
    options = parser.parse_args()
    teacher = lessons.teacher(vocabulary.read(options.model), SEED)
    engine = Engine(options.model, SEED)
    for temperature in (0.0, 1.0):
        trials = evaluation.examine(teacher, engine, True, temperature)
        print(report(f"held-out, llama.cpp, temperature {temperature}", trials))


if __name__ == "__main__":
    main()
