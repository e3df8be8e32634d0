"""Ask a finished model file its held-out questions in llama.cpp, as the program runs it: `check.py MODEL`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import answers
import evaluation
import lessons
import llama_cpp
import numpy as np
import vocabulary
from evaluation import LONGEST_ANSWER

CONTEXT = 4096
SEED = 2


class Engine:
    """llama.cpp's plain C calls around one model; writes like `writing.NetworkWriter`."""

    def __init__(self, path: Path, seed: int) -> None:
        llama_cpp.llama_log_set(_silence, None)
        wanted = llama_cpp.llama_model_default_params()
        self.model = llama_cpp.llama_model_load_from_file(str(path).encode(), wanted)
        params = llama_cpp.llama_context_default_params()
        params.n_ctx, params.n_batch, params.n_ubatch = CONTEXT, CONTEXT, CONTEXT
        params.n_threads, params.n_threads_batch = 1, 1
        self.context = llama_cpp.llama_init_from_model(self.model, params)
        self.dice = np.random.default_rng(seed)

    def write_all(self, prompts: list[list[int]], temperature: float) -> list[list[int]]:
        """For each prompt the tokens after it, up to the end of the turn."""
        return [self.write(prompt, temperature) for prompt in prompts]

    def write(self, prompt: list[int], temperature: float) -> list[int]:
        llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(self.context), True)
        ids: list[int] = []
        fresh = prompt
        while len(ids) < LONGEST_ANSWER:
            fresh = [self._choose(self.logits(fresh), temperature)]
            ids += fresh
            if fresh[0] == vocabulary.RETURN:
                break
        return ids

    def logits(self, fresh: list[int]) -> np.ndarray:
        """Decode `fresh` after what came before; the logits of its last token."""
        tokens = (llama_cpp.llama_token * len(fresh))(*fresh)
        code = llama_cpp.llama_decode(self.context, llama_cpp.llama_batch_get_one(tokens, len(fresh)))
        if code:
            raise RuntimeError(f"llama_decode returned {code}")
        found = llama_cpp.llama_get_logits_ith(self.context, -1)
        return np.ctypeslib.as_array(found, (vocabulary.SIZE,))

    def best(self, text: list[int]) -> list[int]:
        """The likeliest next token at each place of a text."""
        llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(self.context), True)
        return [int(self.logits([token]).argmax()) for token in text]

    def _choose(self, logits: np.ndarray, temperature: float) -> int:
        if temperature == 0:
            return int(logits.argmax())
        chances = np.exp((logits.astype(np.float64) - logits.max()) / temperature)
        return int(self.dice.choice(len(chances), p=chances / chances.sum()))


@llama_cpp.llama_log_callback
def _silence(level: int, text: bytes, user_data: object) -> None:
    """llama.cpp's chatter while loading is not wanted here."""


def compare(engine: Engine, reference: Path) -> str:
    """At how many places the likeliest token is the one that the trained network found."""
    kept = np.load(reference)
    texts = np.split(kept["ids"], np.cumsum(kept["lengths"])[:-1])
    found = [token for text in texts for token in engine.best(text.tolist())]
    return evaluation.share("argmax as in the trainer", (np.array(found) == kept["best"]).tolist())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path, help="the unpacked .gguf")
    parser.add_argument("--reference", type=Path, help="the .npz that the training left beside the model")
    options = parser.parse_args()
    if faults := answers.faults():
        sys.exit("\n".join(faults))
    engine = Engine(options.model, SEED)
    if options.reference:
        print(compare(engine, options.reference))
        return
    teacher = lessons.teacher(vocabulary.read(options.model), SEED)
    print(evaluation.table(teacher, engine))
    for language in lessons.questions.LANGUAGES:
        sampled = evaluation.examine(teacher, engine, list(evaluation.learnt(teacher, language))[::3], 1.0)
        print(evaluation.share(f"learnt, temperature 1, {language}", [trial.is_right for trial in sampled]))


if __name__ == "__main__":
    main()
