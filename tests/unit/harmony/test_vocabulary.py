"""The vocabulary: rebuilt exactly, checked in full, never fetched."""

from __future__ import annotations

import hashlib
import os
import random
from dataclasses import replace
from pathlib import Path

import pytest

from app.core.errors import ProfileNotWritable, WrongVocabulary
from app.gguf.facts import TOKENS
from app.gguf.reader import GgufFile
from app.harmony.tokens import CONTROL_NAMES, TEXT_TOKENS, VOCABULARY_SIZE, special_tokens
from app.harmony.vocabulary import RANKS_FILE, RANKS_SHA256, Vocabulary, load


def test_the_ranks_file_is_the_pinned_one(model_file: GgufFile, tmp_path: Path) -> None:
    load(model_file, tmp_path / "new" / "folder")
    kept = tmp_path / "new" / "folder" / RANKS_FILE
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == RANKS_SHA256
    assert list(kept.parent.iterdir()) == [kept]


@pytest.mark.parametrize("content", [b"", b"IQ== 0\r\n"])
def test_a_damaged_ranks_file_is_written_anew(model_file: GgufFile, tmp_path: Path, content: bytes) -> None:
    (tmp_path / RANKS_FILE).write_bytes(content)
    load(model_file, tmp_path)
    assert hashlib.sha256((tmp_path / RANKS_FILE).read_bytes()).hexdigest() == RANKS_SHA256


def test_the_environment_is_left_as_it_was(
    model_file: GgufFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TIKTOKEN_ENCODINGS_BASE", raising=False)
    load(model_file, tmp_path)
    assert "TIKTOKEN_ENCODINGS_BASE" not in os.environ
    monkeypatch.setenv("TIKTOKEN_ENCODINGS_BASE", "elsewhere")
    load(model_file, tmp_path)
    assert os.environ["TIKTOKEN_ENCODINGS_BASE"] == "elsewhere"


def test_tokens_are_the_bytes_the_encoding_means(vocabulary: Vocabulary) -> None:
    assert len(vocabulary.tokens) == VOCABULARY_SIZE
    assert set(vocabulary.tokens[TEXT_TOKENS:]) == {b""}
    text = "Grüße, 世界! 🦜\n\tdef f(x):  return x**2 \0"
    ids = vocabulary.encoding.encode(text)
    assert b"".join(vocabulary.tokens[id_] for id_ in ids) == text.encode()
    assert len(vocabulary.ranks()) == TEXT_TOKENS


def test_special_names_equal_the_library_where_they_matter(vocabulary: Vocabulary) -> None:
    ours = special_tokens()
    assert len(ours) == VOCABULARY_SIZE - TEXT_TOKENS
    for name in CONTROL_NAMES.values():
        assert vocabulary.encoding.encode(name, allowed_special={name}) == [ours[name]]


def _with_header(file: GgufFile, header: bytes) -> GgufFile:
    return replace(file, header=header)


def test_one_changed_byte_anywhere_is_another_vocabulary(model_file: GgufFile, tmp_path: Path) -> None:
    table = model_file.fields[TOKENS]
    chance, header = random.Random(1), model_file.header
    texts = [start for start in range(table.start, table.end) if header[start : start + 1].isalpha()]
    for start in chance.sample(texts, 4):
        changed = header[:start] + bytes([header[start] ^ 1]) + header[start + 1 :]
        with pytest.raises(WrongVocabulary):
            load(_with_header(model_file, changed), tmp_path)


def test_a_missing_control_token_is_another_vocabulary(model_file: GgufFile, tmp_path: Path) -> None:
    changed = model_file.header.replace(b"<|channel|>", b"<|chapter|>")
    with pytest.raises(WrongVocabulary):
        load(_with_header(model_file, changed), tmp_path)


def test_a_model_without_tokens_has_another_vocabulary(model_file: GgufFile, tmp_path: Path) -> None:
    fields = {key: value for key, value in model_file.fields.items() if key != TOKENS}
    with pytest.raises(WrongVocabulary):
        load(replace(model_file, fields=fields), tmp_path)


def test_a_cache_that_cannot_be_written(model_file: GgufFile, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ProfileNotWritable) as caught:
        load(model_file, tmp_path / "file")
    assert caught.value.values["path"] == str(tmp_path / "file")
