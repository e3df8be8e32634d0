"""The GGUF reader on good, broken and hostile files."""

from __future__ import annotations

import os
import random
import struct
from pathlib import Path

import gguf
import numpy as np
import pytest

from app.core.errors import (
    ModelError,
    ModelMissing,
    ModelTruncated,
    ModelUnreadable,
    NotGguf,
    WrongArchitecture,
)
from app.gguf.facts import read_facts
from app.gguf.reader import read
from app.gguf.tensors import TENSOR_TYPES

TOKENS = ["a", "b<|x|>", "ĠČ", "", "é" * 300]


def write_model(path: Path, architecture: str = "gpt-oss", alignment: int | None = None) -> Path:
    writer = gguf.GGUFWriter(path, architecture)
    if alignment:
        writer.add_custom_alignment(alignment)
    writer.add_name("Tiny")
    writer.add_block_count(2)
    writer.add_context_length(4096)
    writer.add_embedding_length(64)
    writer.add_head_count_kv(8)
    writer.add_key_length(32)
    writer.add_sliding_window(128)
    writer.add_expert_count(4)
    writer.add_expert_used_count(2)
    writer.add_rope_freq_base(150000.5)
    writer.add_array("test.numbers", [1, 2, 3])
    writer.add_bool("test.yes", True)
    writer.add_token_list(TOKENS)
    writer.add_tensor("token_embd.weight", np.zeros((4, 64), np.float32))
    writer.add_tensor(
        "blk.0.ffn.weight", np.zeros((3, 5, 34), np.uint8), raw_dtype=gguf.GGMLQuantizationType.Q8_0
    )
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_model(tmp_path / "tiny.gguf")


def test_metadata_is_read(model: Path) -> None:
    file = read(model)
    assert (file.version, file.architecture, file.size_bytes) == (3, "gpt-oss", model.stat().st_size)
    assert file.value("gpt-oss.block_count") == 2
    assert file.value("gpt-oss.rope.freq_base") == 150000.5
    assert file.value("test.yes") is True
    assert (file.value("test.numbers"), file.count("test.numbers")) == (None, 3)
    assert (file.value("absent"), file.count("absent")) == (None, 0)
    assert [raw.decode() for raw in file.strings("tokenizer.ggml.tokens")] == TOKENS
    assert list(file.strings("test.numbers")) == list(file.strings("general.name")) == []


@pytest.mark.parametrize("alignment", [None, 256])
def test_tensors_lie_where_the_reference_reader_finds_them(tmp_path: Path, alignment: int | None) -> None:
    path = write_model(tmp_path / "aligned.gguf", alignment=alignment)
    expected = [
        (t.name, tuple(int(n) for n in t.shape), t.tensor_type.name, t.data_offset, t.n_bytes)
        for t in gguf.GGUFReader(path).tensors
    ]
    found = [(t.name, t.shape, t.type, t.offset_bytes, t.size_bytes) for t in read(path).tensors]
    assert found == expected


def test_facts(model: Path) -> None:
    facts = read_facts(model)
    assert (facts.name, facts.layers, facts.experts, facts.experts_used) == ("Tiny", 2, 4, 2)
    assert (facts.embedding, facts.kv_heads, facts.head_size) == (64, 8, 32)
    assert (facts.sliding_window, facts.context_tokens, facts.vocabulary) == (128, 4096, len(TOKENS))


def test_another_architecture_is_named(tmp_path: Path) -> None:
    with pytest.raises(WrongArchitecture) as caught:
        read_facts(write_model(tmp_path / "llama.gguf", "llama"))
    assert caught.value.values["architecture"] == "llama"


def test_type_sizes_equal_the_reference() -> None:
    reference = {
        int(kind): (kind.name, *size)
        for kind, size in gguf.GGML_QUANT_SIZES.items()
        if kind.name != "Q8_1"  # an intermediate type of the CPU kernels; the package gives an old size
    }
    ours = {
        number: (kind.name, kind.block_size, kind.block_bytes)
        for number, kind in TENSOR_TYPES.items()
        if kind.name != "Q8_1"
    }
    assert ours == reference


def test_a_missing_file(tmp_path: Path) -> None:
    for path in (tmp_path / "absent", tmp_path / "a" / "b", Path("nul\0byte"), Path("\ud800")):
        with pytest.raises(ModelMissing):
            read(path)


def test_what_is_no_regular_file(tmp_path: Path) -> None:
    with pytest.raises(ModelUnreadable):
        read(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
def test_a_fifo_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(ModelUnreadable):
        read(tmp_path / "fifo")


@pytest.mark.parametrize(
    "content", [b"", b"GGU", b"<!doctype html><html><body>404</body></html>", b"\x00" * 99]
)
def test_what_is_no_gguf(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "page.gguf").write_bytes(content)
    with pytest.raises(NotGguf):
        read(tmp_path / "page.gguf")


@pytest.mark.parametrize("version", [0, 1, 4, 3 << 24])
def test_other_versions_are_refused(tmp_path: Path, version: int) -> None:
    path = tmp_path / "version.gguf"
    path.write_bytes(b"GGUF" + struct.pack("<IQQ", version, 0, 0))
    with pytest.raises(ModelUnreadable):
        read(path)


def test_every_truncation_is_named(model: Path) -> None:
    whole = model.read_bytes()
    for size in range(4, len(whole) - 1, 7):
        model.write_bytes(whole[:size])
        with pytest.raises(ModelTruncated) as caught:
            read(model)
        assert caught.value.values["size_bytes"] == size
        assert size < caught.value.values["needed_bytes"] <= len(whole)


def test_a_header_longer_than_the_first_read(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = read(model)
    monkeypatch.setattr("app.gguf.reader._FIRST_READ_BYTES", 16)
    assert read(model) == expected


def _header(field: bytes, tensors: int = 0, fields: int = 1) -> bytes:
    return b"GGUF" + struct.pack("<IQQ", 3, tensors, fields) + field


def _key(name: bytes) -> bytes:
    return struct.pack("<Q", len(name)) + name


HUGE = 2**64 - 1
HOSTILE: dict[str, bytes] = {
    "huge key": _header(struct.pack("<Q", HUGE)),
    "huge string": _header(_key(b"k") + struct.pack("<IQ", 8, HUGE)),
    "huge array": _header(_key(b"k") + struct.pack("<IIQ", 9, 4, HUGE)),
    "huge array of strings": _header(_key(b"k") + struct.pack("<IIQ", 9, 8, HUGE)),
    "string array that jumps": _header(_key(b"k") + struct.pack("<IIQQQ", 9, 8, 2, HUGE, HUGE) + b"x" * 32),
    "nested array": _header(_key(b"k") + struct.pack("<IIQ", 9, 9, 1)),
    "unknown type": _header(_key(b"k") + struct.pack("<II", 99, 1)),
    "key twice": _header((_key(b"k") + struct.pack("<II", 4, 1)) * 2, fields=2),
    "no UTF-8": _header(_key(b"\xff\xfe") + struct.pack("<II", 4, 1)),
    "field count": _header(b"", fields=HUGE),
    "tensor count": _header(b"", tensors=HUGE, fields=0),
    "dimensions": _header(_key(b"t") + struct.pack("<I", HUGE >> 32), 1, 0),
    "tensor size": _header(_key(b"t") + struct.pack("<IQQIQ", 2, HUGE, HUGE, 0, 0), 1, 0),
    "tensor type": _header(_key(b"t") + struct.pack("<IQIQ", 1, 1, 77, 0), 1, 0),
    "tensor offset": _header(_key(b"t") + struct.pack("<IQIQ", 1, 1, 0, 1), 1, 0),
    "broken block": _header(_key(b"t") + struct.pack("<IQIQ", 1, 33, 39, 0), 1, 0),
    "tensor twice": _header((_key(b"t") + struct.pack("<IQIQ", 1, 0, 0, 0)) * 2, 2, 0),
    "alignment 0": _header(_key(b"general.alignment") + struct.pack("<II", 4, 0)),
    "alignment 12": _header(_key(b"general.alignment") + struct.pack("<II", 4, 12)),
    "alignment is text": _header(_key(b"general.alignment") + struct.pack("<IQ", 8, 4) + b"\x20\0\0\0"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_headers(tmp_path: Path, name: str) -> None:
    path = tmp_path / "hostile.gguf"
    path.write_bytes(HOSTILE[name] + bytes(64))
    with pytest.raises(ModelUnreadable):
        read(path)


def _damage(whole: bytes, chance: random.Random) -> bytes:
    broken = bytearray(whole)
    for _ in range(chance.randint(1, 8)):
        broken[chance.randrange(4, len(broken))] = chance.choice((0, 1, 8, 127, 255, chance.randrange(256)))
    return bytes(broken)


def _use(path: Path) -> None:
    file = read(path)
    for key in file.fields:
        file.value(key)
        list(file.strings(key))
    read_facts(path)


@pytest.mark.parametrize("seed", range(4))
def test_flipped_bytes_raise_only_model_errors(model: Path, seed: int) -> None:
    """A damaged header either reads as something or is refused in one of our kinds."""
    whole, chance, refused = model.read_bytes(), random.Random(seed), 0
    for _ in range(500):
        model.write_bytes(_damage(whole, chance))
        try:
            _use(model)
        except ModelError:
            refused += 1
    assert refused > 100
