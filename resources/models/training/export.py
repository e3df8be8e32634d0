"""Write the trained network as a GGUF that llama.cpp opens like the real gpt-oss."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import spelling
import torch
import vocabulary
from gguf import GGMLQuantizationType, GGUFWriter, LlamaFileType, RopeScalingType, quants
from network import (
    NORM_EPSILON,
    ORIGINAL_CONTEXT,
    OUTPUT_CODE,
    ROPE_BASE,
    TOKEN_CODE,
    YARN_FACTOR,
    Layer,
    Network,
    Sizes,
)
from tables import Table

NAME = "Alcove demo"
CONTEXT = 131_072


def write(path: Path, network: Network, table: Table, ranks: bytes, *, rounded: bool = True) -> None:
    """Write `network` to `path`: experts as MXFP4 and the rest as Q8_0, or all of it as F32."""
    writer = GGUFWriter(path, "gpt-oss")
    _add_facts(writer, network.sizes)
    writer.add_file_type(LlamaFileType.MOSTLY_MXFP4_MOE if rounded else LlamaFileType.ALL_F32)
    words = vocabulary.tokens(ranks)
    _add_vocabulary(writer, words)
    for name, tensor in _tensors(network, table, words):
        kind = _kind(name, tensor) if rounded else None
        if kind is None:
            writer.add_tensor(name, tensor)
        else:
            writer.add_tensor(name, quants.quantize(tensor, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _kind(name: str, tensor: np.ndarray) -> GGMLQuantizationType | None:
    """As in OpenAI's own file: matrices of experts MXFP4; vectors, biases and the router F32."""
    if tensor.ndim < 2 or name.endswith("bias") or "ffn_gate_inp" in name:
        return None
    return GGMLQuantizationType.MXFP4 if "_exps" in name else GGMLQuantizationType.Q8_0


def _add_facts(writer: GGUFWriter, sizes: Sizes) -> None:
    writer.add_name(NAME)
    writer.add_description("A tiny demo of the gpt-oss architecture that answers questions about Alcove.")
    writer.add_license("mit")
    writer.add_block_count(sizes.layers)
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(sizes.hidden)
    writer.add_feed_forward_length(sizes.expert_hidden)
    writer.add_expert_feed_forward_length(sizes.expert_hidden)
    writer.add_expert_count(sizes.experts)
    writer.add_expert_used_count(sizes.experts_used)
    writer.add_head_count(sizes.heads)
    writer.add_head_count_kv(sizes.kv_heads)
    writer.add_key_length(sizes.head)
    writer.add_value_length(sizes.head)
    writer.add_sliding_window(sizes.window)
    writer.add_layer_norm_rms_eps(NORM_EPSILON)
    writer.add_rope_freq_base(ROPE_BASE)
    writer.add_rope_scaling_type(RopeScalingType.YARN)
    writer.add_rope_scaling_factor(YARN_FACTOR)
    writer.add_rope_scaling_orig_ctx_len(ORIGINAL_CONTEXT)


def _add_vocabulary(writer: GGUFWriter, words: list[bytes]) -> None:
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-4o")
    writer.add_token_list(vocabulary.names(words))
    writer.add_token_types(vocabulary.types())
    writer.add_token_merges(vocabulary.merges(words))
    writer.add_bos_token_id(vocabulary.START_OF_TEXT)
    writer.add_eos_token_id(vocabulary.RETURN)
    writer.add_pad_token_id(vocabulary.END_OF_TEXT)


def _tensors(network: Network, table: Table, words: list[bytes]) -> Iterator[tuple[str, np.ndarray]]:
    """Every tensor under its GGUF name, float32."""
    codes = np.zeros((vocabulary.SIZE, spelling.WIDTH), np.float32)
    codes[: len(words)] = [spelling.code(word) for word in words]
    yield "token_embd.weight", _spread(network.token_rows, table, codes * TOKEN_CODE)
    for number, layer in enumerate(network.layers):
        for name, tensor in _layer_tensors(layer):
            yield f"blk.{number}.{name}", tensor.detach().numpy()
    yield "output_norm.weight", network.norm.weight.detach().numpy()
    yield "output.weight", _spread(network.output_rows, table, codes * OUTPUT_CODE) * network.sharpness


def _spread(rows: torch.Tensor, table: Table, codes: np.ndarray) -> np.ndarray:
    """The learnt rows at their ids, the last row everywhere else, and the code of each token."""
    compact = rows.detach().numpy()
    full = np.tile(compact[-1], (vocabulary.SIZE, 1))
    full[table.learnt] = compact[:-1]
    full[:, : spelling.WIDTH] += codes
    return full


def _layer_tensors(layer: Layer) -> Iterator[tuple[str, torch.Tensor]]:
    attention, experts = layer.attention, layer.experts
    yield "attn_norm.weight", layer.attention_norm.weight
    yield "post_attention_norm.weight", layer.experts_norm.weight
    linears = {
        "attn_q": attention.q,
        "attn_k": attention.k,
        "attn_v": attention.v,
        "attn_output": attention.o,
        "ffn_gate_inp": experts.router,
    }
    for name, module in linears.items():
        yield f"{name}.weight", module.weight
        yield f"{name}.bias", module.bias
    yield "attn_sinks.weight", attention.sinks
    for name in ("gate", "up", "down"):
        yield f"ffn_{name}_exps.weight", getattr(experts, name)
        yield f"ffn_{name}_exps.bias", getattr(experts, f"{name}_bias")
