"""What a model is made of, from the headers of small files with every kind of tensor in them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import gguf
import numpy as np
import pytest

from app.core.architecture import About, Part
from app.core.errors import ModelUnreadable
from app.gguf.anatomy import read_architecture
from app.gguf.tensors import place_of
from tests.benchmarks.synthetic_model import FULL, SMALL, tensors
from tests.helpers.full_size import architecture
from tests.helpers.tiny_model import write_tiny_model


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("token_embd.weight", (None, Part.EMBEDDING)),
        ("output.weight", (None, Part.OUTPUT)),
        ("output_norm.weight", (None, Part.NORMS)),
        ("blk.0.attn_norm.weight", (0, Part.NORMS)),
        ("blk.17.post_attention_norm.weight", (17, Part.NORMS)),
        ("blk.3.attn_output.bias", (3, Part.ATTENTION)),
        ("blk.3.attn_sinks.weight", (3, Part.ATTENTION)),
        ("blk.23.ffn_down_exps.bias", (23, Part.EXPERTS)),
        ("blk.23.ffn_gate_up_exps.weight", (23, Part.EXPERTS)),
        ("blk.5.ffn_gate_inp.weight", (5, Part.ROUTER)),
        ("blk.5.ffn_gate.weight", (5, Part.OTHER)),
        ("rope_freqs.weight", (None, Part.OTHER)),
        ("blk.99999999.attn_q.weight", (None, Part.OTHER)),
    ],
)
def test_every_tensor_has_its_place(name: str, place: tuple[int | None, Part]) -> None:
    assert place_of(name) == place


def test_the_20b_counted_from_its_tensors() -> None:
    model = architecture(FULL)
    # facts/engine.md: 20.91 B parameters; 3.61 B active; 423 MB of experts in a layer; 12.10 GB in all.
    assert model.parameters == pytest.approx(20.91e9, rel=0.001)
    assert model.active_parameters == pytest.approx(3.61e9, rel=0.002)
    assert model.size_bytes(Part.EXPERTS, layer=0) == pytest.approx(423e6, rel=0.01)
    assert model.size_bytes(Part.OUTPUT) == pytest.approx(615e6, rel=0.01)
    assert sum(each.size_bytes for each in model.portions) == pytest.approx(12.10e9, rel=0.001)
    assert [each.type for each in model.by_type(Part.EXPERTS)] == ["MXFP4", "F32"]
    assert [model.is_sliding(layer) for layer in model.layers] == [True, False] * 12


def test_bytes_by_part_and_by_layer_add_up() -> None:
    model = architecture(FULL)
    by_layer = sum(model.size_bytes(*Part, layer=layer) for layer in (None, *model.layers))
    by_part = sum(each.size_bytes for part in Part for each in model.by_type(part))
    listed = sum(each.size_bytes for each in tensors(FULL, model.facts.vocabulary))
    assert by_layer == by_part == listed


def test_an_output_that_is_the_embedding_takes_part_in_every_token() -> None:
    model = architecture(SMALL)
    tied = replace(model, portions=tuple(p for p in model.portions if p.part is not Part.OUTPUT))
    assert model.has_output and not tied.has_output
    assert tied.active_parameters == model.active_parameters


def test_what_a_file_says_of_its_origin(tmp_path: Path) -> None:
    path = tmp_path / "told.gguf"
    writer = gguf.GGUFWriter(path, "gpt-oss")
    for key, value in {
        "name": "Pruned", "license": "apache-2.0", "author": "somebody", "quantized_by": "another",
        "base_model.0.name": "Gpt Oss 20b", "source.repo_url": "https://example.org/pruned",
    }.items():  # fmt: skip
        writer.add_string(f"general.{key}", value)
    for name, number in {
        "block_count": 2, "context_length": 4096, "embedding_length": 64, "attention.head_count": 4,
        "attention.head_count_kv": 2, "attention.key_length": 16, "attention.sliding_window": 128,
        "expert_count": 8, "expert_used_count": 2, "expert_feed_forward_length": 96,
    }.items():  # fmt: skip
        writer.add_uint32(f"gpt-oss.{name}", number)
    writer.add_tensor("blk.1.ffn_up_exps.weight", np.zeros((8, 96, 64), np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    model = read_architecture(path)
    assert model.about == About(
        name="Pruned",
        author="somebody",
        licence="apache-2.0",
        url="https://example.org/pruned",
        quantized_by="another",
        base_model="Gpt Oss 20b",
    )
    assert (model.heads, model.feed_forward) == (4, 96)
    assert [(p.layer, p.type, p.size_bytes) for p in model.portions] == [(1, "F16", 2 * 8 * 96 * 64)]
    assert model.active_parameters == model.parameters // 4


def test_a_header_without_heads_is_refused(tmp_path: Path) -> None:
    path = write_tiny_model(tmp_path / "tiny.gguf")
    content = path.read_bytes()
    path.write_bytes(content.replace(b"attention.head_count\x04", b"attention.head_tally\x04"))
    with pytest.raises(ModelUnreadable):
        read_architecture(path)
