"""What a gpt-oss model is, told from its GGUF header without loading the weights."""

from __future__ import annotations

from pathlib import Path

from app.core.errors import ModelUnreadable, OtherConversion, WrongArchitecture
from app.core.model import ModelFacts
from app.gguf.reader import GgufFile, read

ARCHITECTURE = "gpt-oss"
_OTHER_CONVERSIONS = {"gptoss": "Ollama"}
"""What other programs call the architecture in files that only they can load."""

LAYERS_LIMIT = 512
"""What llama.cpp has room for; it aborts beyond."""

TOKENS = "tokenizer.ggml.tokens"


def read_facts(path: Path) -> ModelFacts:
    """Read the header and tell what the model is.

    Raises:
        ModelMissing, ModelUnreadable, NotGguf, ModelTruncated, WrongArchitecture, OtherConversion: and
            nothing else.
    """
    return facts_of(read(path))


def facts_of(file: GgufFile) -> ModelFacts:
    """The facts in a header that was already read.

    Raises:
        WrongArchitecture, OtherConversion: not a gpt-oss, or one that only another program can load.
        ModelUnreadable: a value every gpt-oss has is missing.
    """
    if file.architecture in _OTHER_CONVERSIONS:
        raise OtherConversion(path=str(file.path), program=_OTHER_CONVERSIONS[file.architecture])
    if file.architecture != ARCHITECTURE:
        raise WrongArchitecture(path=str(file.path), architecture=file.architecture[:60])
    return ModelFacts(
        path=file.path,
        name=file.text("general.name") or file.path.stem,
        architecture=ARCHITECTURE,
        size_bytes=file.size_bytes,
        layers=number(file, "block_count", LAYERS_LIMIT),
        experts=number(file, "expert_count"),
        experts_used=number(file, "expert_used_count"),
        embedding=number(file, "embedding_length"),
        kv_heads=number(file, "attention.head_count_kv"),
        head_size=number(file, "attention.key_length"),
        sliding_window=number(file, "attention.sliding_window"),
        context_tokens=number(file, "context_length"),
        vocabulary=file.count(TOKENS),
    )


def number(file: GgufFile, name: str, limit: int = 1 << 31) -> int:
    """A positive number below `limit` that every gpt-oss header has.

    Raises:
        ModelUnreadable: it is missing, or no such number.
    """
    value = file.value(f"{ARCHITECTURE}.{name}")
    if not isinstance(value, int) or not 0 < value < limit:
        raise ModelUnreadable(path=str(file.path), reason=f"damaged header: no valid {name}")
    return value
