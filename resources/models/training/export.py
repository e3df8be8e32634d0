"""Write the trained network as a GGUF that llama.cpp opens like the real gpt-oss."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
import vocabulary
from gguf import GGMLQuantizationType, GGUFWriter, LlamaFileType, RopeScalingType, quants
from network import NORM_EPSILON, ORIGINAL_CONTEXT, ROPE_BASE, YARN_FACTOR, Layer, Network, Sizes

NAME = "Alcove demo"
CONTEXT = 131_072
Q8_0 = GGMLQuantizationType.Q8_0


def write(path: Path, network: Network, used: list[int], ranks: bytes) -> None:
    """Write `network` to `path`; `used[i]` is the token id of row i, the last row is for all other ids."""
    writer = GGUFWriter(path, "gpt-oss")
    _add_facts(writer, network.sizes)
    _add_vocabulary(writer, ranks)
    for name, tensor in _tensors(network, used):
        matrix = tensor.ndim >= 2 and not name.endswith("bias")
        if matrix and "ffn_gate_inp" not in name:
            writer.add_tensor(name, quants.quantize(tensor, Q8_0), raw_dtype=Q8_0)
        else:
            writer.add_tensor(name, tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def round_weights(network: Network) -> None:
    """Round the weights in place to what the file keeps, so that the evaluation is of the shipped model."""
    with torch.no_grad():
        for name, weight in network.named_parameters():
            if weight.ndim >= 2 and "bias" not in name and "router" not in name:
                packed = quants.quantize(weight.numpy(), Q8_0)
                weight.copy_(torch.from_numpy(quants.dequantize(packed, Q8_0)).view_as(weight))


def _add_facts(writer: GGUFWriter, sizes: Sizes) -> None:
    writer.add_name(NAME)
    writer.add_description("A tiny demo of the gpt-oss architecture that answers questions about Alcove.")
    writer.add_license("mit")
    writer.add_file_type(LlamaFileType.MOSTLY_Q8_0)
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


def _add_vocabulary(writer: GGUFWriter, ranks: bytes) -> None:
    words = vocabulary.tokens(ranks)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-4o")
    writer.add_token_list(vocabulary.names(words))
    writer.add_token_types(vocabulary.types())
    writer.add_token_merges(vocabulary.merges(words))
    writer.add_bos_token_id(vocabulary.START_OF_TEXT)
    writer.add_eos_token_id(vocabulary.RETURN)
    writer.add_pad_token_id(vocabulary.END_OF_TEXT)


def _tensors(network: Network, used: list[int]) -> Iterator[tuple[str, np.ndarray]]:
    """Every tensor under its GGUF name, float32."""
    yield "token_embd.weight", _spread(network.token_rows, used)
    for number, layer in enumerate(network.layers):
        for name, tensor in _layer_tensors(layer):
            yield f"blk.{number}.{name}", tensor.detach().numpy()
    yield "output_norm.weight", network.norm.weight.detach().numpy()
    yield "output.weight", _spread(network.output_rows, used)


def _spread(rows: torch.Tensor, used: list[int]) -> np.ndarray:
    """The compact rows at their ids; the last row everywhere else."""
    compact = rows.detach().numpy()
    full = np.tile(compact[-1], (vocabulary.SIZE, 1))
    full[used] = compact[:-1]
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
