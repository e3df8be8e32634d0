"""What a gpt-oss is made of, summed up from the tensors that its header lists."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from app.core.architecture import About, Architecture, Part, Portion
from app.gguf.facts import facts_of, number
from app.gguf.reader import GgufFile, read
from app.gguf.tensors import TensorInfo


def read_architecture(path: Path) -> Architecture:
    """Read the header and tell what the model is made of.

    Raises:
        ModelMissing, ModelUnreadable, NotGguf, ModelTruncated, WrongArchitecture: and nothing else.
    """
    return architecture_of(read(path))


def architecture_of(file: GgufFile) -> Architecture:
    """The architecture in a header that was already read.

    Raises:
        WrongArchitecture: not a gpt-oss.
        ModelUnreadable: a value every gpt-oss has is missing.
    """
    return Architecture(
        facts=facts_of(file),
        about=_about(file),
        heads=number(file, "attention.head_count"),
        feed_forward=number(file, "expert_feed_forward_length"),
        portions=portions(file.tensors),
    )


def _about(file: GgufFile) -> About:
    def text(*keys: str) -> str:
        return next((found for key in keys if (found := file.text(f"general.{key}"))), "")

    return About(
        name=text("name"),
        author=text("author"),
        organization=text("organization"),
        licence=text("license", "license.name"),
        description=text("description"),
        url=text("url", "repo_url", "source.url", "source.repo_url"),
        quantized_by=text("quantized_by"),
        base_model=text("base_model.0.name", "base_model.0.repo_url"),
    )


def portions(tensors: Iterable[TensorInfo]) -> tuple[Portion, ...]:
    """In the order of the file; what lies outside of the layers keeps its place in it."""
    grouped: dict[tuple[Part, int | None, str], list[TensorInfo]] = {}
    for tensor in tensors:
        layer, part = tensor.place
        grouped.setdefault((part, layer, tensor.type), []).append(tensor)
    return tuple(
        Portion(*key, sum(each.size_bytes for each in found), sum(each.parameters for each in found))
        for key, found in grouped.items()
    )
