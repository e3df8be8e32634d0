"""Every load option reaches llama.cpp and changes no answer; want of memory is met by taking less."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from app.core.errors import ModelLoadFailed
from app.core.events import Loaded, LoadProgress, SteppedDown
from app.core.model import KvType, LoadOptions
from app.engine.backends.embedded.backend import EmbeddedBackend
from app.engine.backends.embedded.library import Library
from app.engine.backends.embedded.model import Loading
from app.engine.backends.embedded.parameters import ModelParameters, context_parameters
from app.gguf.facts import read_facts
from tests.benchmarks.synthetic_model import SMALL, write_model
from tests.helpers.embedded import load, never, request, write

ASKED = request("What is Alcove?", temperature=0.0, max_tokens=40)


@pytest.fixture(scope="module")
def four_bits(demo_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small model with experts in the real file's quantisation, for which there is a repacked form."""
    path = tmp_path_factory.mktemp("small") / "small.gguf"
    write_model(path, SMALL, vocabulary=demo_model)
    return path


def answer(folder: Path, model: Path, options: LoadOptions) -> str:
    backend = EmbeddedBackend(folder)
    loaded = load(backend, model, options)
    assert loaded.options == options
    text = write(backend, ASKED).final
    backend.close()
    return text


@pytest.mark.parametrize(
    "options",
    [
        LoadOptions(2048, gpu_layers=5),
        LoadOptions(2048, gpu_layers=5, cpu_experts=2, split=(5,), mapped=False),
        LoadOptions(2048, cpu_experts=4, repack=True),
        LoadOptions(2048, threads=2, micro_batch=32, mapped=False, repack=False),
        LoadOptions(2048, kv_type=KvType.Q8_0),
    ],
)
def test_however_it_is_loaded_the_demo_answers_the_same(
    demo_model: Path, tmp_path: Path, options: LoadOptions
) -> None:
    assert answer(tmp_path, demo_model, options) == answer(tmp_path, demo_model, LoadOptions(2048))


class Listening(Library):
    """Keeps what llama.cpp says of the buffers it makes."""

    def _log(self, level: int, text: bytes, user_data: int | None) -> None:
        self.told = getattr(self, "told", "") + text.decode("utf-8", "replace")


def repacked_mib(path: Path, options: LoadOptions) -> float:
    """How much of the model has the faster form."""
    library = Listening()
    loading = Loading(library, read_facts(path), options, never)
    list(loading)
    model = loading.model()
    assert model is not None
    model.close()
    return sum(map(float, re.findall(r"CPU_REPACK model buffer size = +([0-9.]+)", library.told)))


def test_experts_that_are_kept_in_plain_memory_are_not_repacked(four_bits: Path) -> None:
    def repacked(experts: int) -> float:
        return repacked_mib(four_bits, LoadOptions(repack=True, cpu_experts=experts))

    assert repacked(0) > repacked(1) > repacked(3) > 0
    assert repacked(4) == repacked_mib(four_bits, LoadOptions(repack=False)) == 0


def test_each_option_has_its_place(demo_model: Path) -> None:
    library, facts = Library(), read_facts(demo_model)
    options = LoadOptions(
        1 << 20, threads=3, gpu_layers=4, cpu_experts=3, split=(1, 3), kv_type=KvType.Q8_0, micro_batch=96
    )
    model = ModelParameters(library, facts, options)
    assert model.values.n_gpu_layers == 4
    assert list(model._split)[:2] == [1.0, 3.0]
    assert model._overrides[0].pattern == rb"blk\.(0|1|2)\.ffn_(gate|up|down|gate_up)_exps"
    assert model._overrides[0].buffer_type
    assert model._overrides[1].pattern is None, "the end"
    context = context_parameters(library.api, facts, options)
    assert (context.n_ctx, context.n_ubatch, context.n_threads) == (facts.context_tokens, 96, 3)
    assert context.type_k == context.type_v == library.api.GGML_TYPE_Q8_0
    assert context.op_offload
    alone = LoadOptions()
    assert not context_parameters(library.api, facts, alone).op_offload
    assert ModelParameters(library, facts, alone).values.devices, "no device at all"


STARVED = """
import resource, sys
from pathlib import Path
from app.core.model import LoadOptions
from app.engine.backends.embedded.backend import EmbeddedBackend
from tests.helpers.embedded import never

backend = EmbeddedBackend(Path(sys.argv[2]))
list(backend.load(Path(sys.argv[1]), LoadOptions(512), never))
used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + int(sys.argv[3]), resource.RLIM_INFINITY))
for event in backend.load(Path(sys.argv[1]), LoadOptions(131072, self_test=False), never):
    print(repr(event))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="needs a limit on a process's memory")
def test_where_memory_is_short_less_is_taken_and_told(demo_model: Path, tmp_path: Path) -> None:
    path = tmp_path / "wide.gguf"
    write_model(path, replace(SMALL, heads=8, kv_heads=8, head_size=64), vocabulary=demo_model)
    room = 230 << 20  # 131,072 tokens take 512 MiB of keys and values, 65,536 half of that
    done = subprocess.run(
        [sys.executable, "-c", STARVED, str(path), str(tmp_path), str(room)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    told = [line for line in done.stdout.splitlines() if not line.startswith(LoadProgress.__name__)]
    assert done.returncode == 0, done.stderr[-2000:]
    *stepped, last = told
    assert all(line.startswith(SteppedDown.__name__) and "alloc" in line for line in stepped)
    assert "context_tokens=131072" in stepped[0] and "repack=False" in stepped[0]
    assert last.startswith(Loaded.__name__)
    assert "context_tokens=32768" in last.split("options=")[0]


def test_a_file_that_is_no_matter_of_memory_is_not_tried_again(demo_model: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.gguf"
    bad.write_bytes(demo_model.read_bytes().replace(b"blk.1.attn_q.weight", b"blk.1.attn_z.weight", 1))
    events = EmbeddedBackend(tmp_path).load(bad, LoadOptions(), never)
    seen = []
    with pytest.raises(ModelLoadFailed):
        seen.extend(events)
    assert not any(isinstance(event, SteppedDown) for event in seen)
