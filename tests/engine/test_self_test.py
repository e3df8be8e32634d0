"""The trial after a load: a sound model passes, a damaged copy does not, and neither is slow to tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.errors import EngineNotReady, GpuMiscalculates, ModelMiscalculates
from app.core.model import LoadOptions
from app.engine.backends.embedded.backend import EmbeddedBackend
from app.engine.backends.embedded.context import Context
from app.engine.backends.embedded.self_test import (
    NEW_TOKENS,
    TEXTS,
    Tokens,
    identity,
    judge,
    known_tokens,
    try_out,
)
from app.gguf.reader import read
from app.userdata import resource
from tests.benchmarks.synthetic_model import SMALL, write_model
from tests.helpers.embedded import load, open_model, request, write
from tests.helpers.record_first_tokens import record

TABLE = resource("first_tokens.json")
PROMPTS = [[976, 9029, 328, 10128, 382], [16, 11, 220, 17, 11]]
NAN_SCALE = b"\x00\x7e"

Damage = Callable[[NDArray[np.uint8]], None]


def damaged(model: Path, path: Path, names: str, damage: Damage) -> Path:
    """A copy in which the bytes of every tensor whose name ends with `names` were damaged."""
    content = np.frombuffer(model.read_bytes(), np.uint8).copy()
    hit = [tensor for tensor in read(model).tensors if tensor.name.endswith(names)]
    assert hit
    for tensor in hit:
        damage(content[tensor.offset_bytes : tensor.offset_bytes + tensor.size_bytes])
    path.write_bytes(content.tobytes())
    return path


def zeroed(data: NDArray[np.uint8]) -> None:
    data[:] = 0


def scales_lost(data: NDArray[np.uint8]) -> None:
    """Every block's scale becomes no number."""
    blocks = data.reshape(-1, 34)
    blocks[:, :2] = np.frombuffer(NAN_SCALE, np.uint8)


def scrambled(data: NDArray[np.uint8]) -> None:
    """The blocks lie in another order: all values sensible, and all in the wrong place."""
    blocks = data.reshape(-1, 34)
    blocks[:] = np.random.default_rng(0).permutation(blocks)


@contextmanager
def opened(path: Path) -> Iterator[Context]:
    with open_model(path, LoadOptions(512, repack=False)) as model:
        context = model.open()
        yield context
        context.close()


@pytest.fixture(scope="module")
def unknown(demo_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sound model of which nothing was recorded."""
    path = tmp_path_factory.mktemp("unknown") / "unknown.gguf"
    write_model(path, SMALL, vocabulary=demo_model)
    return path


def test_the_table_knows_the_demo_that_ships(demo_model: Path, tmp_path: Path) -> None:
    """Trained anew? Then: python -m tests.helpers.record_first_tokens."""
    known = known_tokens(TABLE, read(demo_model))
    assert known is not None
    assert [len(tokens) for tokens in known] == [NEW_TOKENS] * len(TEXTS)
    assert record(demo_model, tmp_path) == known


def test_a_sound_model_is_loaded_and_its_cache_is_empty(demo_model: Path, tmp_path: Path) -> None:
    backend = EmbeddedBackend(tmp_path)
    load(backend, demo_model)
    assert backend._loaded is not None
    assert backend._loaded.context.span() == (-1, -1)
    assert write(backend, request("What is Alcove?", temperature=0.0)).final
    backend.close()


@pytest.mark.parametrize(
    ("names", "damage"),
    [
        ("attn_q.weight", scales_lost),
        ("ffn_down_exps.weight", scales_lost),
        ("output.weight", zeroed),
        ("token_embd.weight", zeroed),
        ("ffn_down_exps.weight", zeroed),
        ("attn_v.weight", zeroed),
        ("ffn_up_exps.weight", scrambled),
        ("attn_output.weight", scrambled),
        ("output.weight", scrambled),
    ],
)
def test_a_damaged_copy_of_the_demo_is_refused(
    demo_model: Path, tmp_path: Path, names: str, damage: Damage
) -> None:
    bad = damaged(demo_model, tmp_path / "bad.gguf", names, damage)
    assert identity(read(bad)) == identity(read(demo_model))
    backend = EmbeddedBackend(tmp_path)
    with pytest.raises(ModelMiscalculates) as error:
        load(backend, bad)
    assert error.value.values["path"] == str(bad) and error.value.values["reason"]
    with pytest.raises(EngineNotReady):
        backend.count(request("Hello"))
    load(backend, demo_model)
    load(backend, bad, LoadOptions(self_test=False))
    backend.close()


@pytest.mark.parametrize(("names", "damage"), [("attn_q.weight", scales_lost), ("output.weight", zeroed)])
def test_gross_damage_is_found_in_a_model_nothing_is_known_of(
    unknown: Path, tmp_path: Path, names: str, damage: Damage
) -> None:
    backend = EmbeddedBackend(tmp_path)
    load(backend, unknown)
    bad = damaged(unknown, tmp_path / "bad.gguf", names, damage)
    with pytest.raises(ModelMiscalculates):
        load(backend, bad)


def test_layers_on_a_gpu_are_compared_with_the_cpu_and_blamed_on_the_gpu(
    unknown: Path, demo_model: Path, tmp_path: Path
) -> None:
    on_gpu = LoadOptions(512, gpu_layers=5)
    backend = EmbeddedBackend(tmp_path)
    assert load(backend, unknown, on_gpu).options == on_gpu
    bad = damaged(demo_model, tmp_path / "bad.gguf", "attn_v.weight", zeroed)
    with pytest.raises(GpuMiscalculates):
        load(backend, bad, on_gpu)


def test_words_of_another_model_are_not_as_expected(demo_model: Path, unknown: Path) -> None:
    with opened(demo_model) as one, opened(unknown) as other:
        expected = try_out(one, PROMPTS).tokens
        assert try_out(one, PROMPTS, expected).finding == ""
        assert "as expected" in try_out(other, PROMPTS, expected).finding
        (first, *rest), *others = expected
        close_call = ((first + 1, *rest), *others)
        assert try_out(one, PROMPTS, close_call).finding == "", "one word may differ"


@pytest.mark.parametrize(
    ("tokens", "expected", "is_sound"),
    [
        (((5, 5, 5, 5), (5, 5, 5, 5)), None, False),
        (((5, 5, 5, 5), (5, 5, 5, 6)), None, True),
        (((5, 5, 5, 5), (5, 5, 5, 5)), ((5, 5, 5, 5), (5, 5, 5, 5)), True),
        (((1, 2, 3, 4),), ((1, 2, 3, 9), (5, 6, 7, 8)), True),
        (((1, 2, 3, 4),), ((1, 2, 9, 9), (5, 6, 7, 8)), False),
    ],
)
def test_what_is_made_of_the_words(tokens: Tokens, expected: Tokens | None, is_sound: bool) -> None:
    assert (judge(tokens, expected) == "") is is_sound
