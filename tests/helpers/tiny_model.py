"""A file that looks like a gpt-oss model and holds no weights: enough wherever the engine is scripted."""

from __future__ import annotations

from pathlib import Path

import gguf


def write_tiny_model(path: Path, context_tokens: int = 131_072, name: str = "Tiny") -> Path:
    """Write the header of a gpt-oss of 24 layers; gives `path`."""
    writer = gguf.GGUFWriter(path, "gpt-oss")
    writer.add_name(name)
    writer.add_block_count(24)
    writer.add_context_length(context_tokens)
    writer.add_embedding_length(2880)
    writer.add_head_count(64)
    writer.add_head_count_kv(8)
    writer.add_key_length(64)
    writer.add_sliding_window(128)
    writer.add_expert_count(32)
    writer.add_expert_feed_forward_length(2880)
    writer.add_expert_used_count(4)
    writer.add_token_list(["a", "b"])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
