"""The o200k vocabulary, rebuilt from a model file and checked against the one Harmony was made for.

The library that encodes text reads `o200k_base.tiktoken` and would fetch it from the network; we write
the very same file from the model's own token table instead. Both ends are pinned by SHA-256: the raw
token table in the model (so each load is checked in full, in 10 ms) and the file that is written.
"""

from __future__ import annotations

import codecs
import hashlib
import os
from binascii import b2a_base64
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.errors import WrongVocabulary
from app.gguf.facts import TOKENS
from app.gguf.reader import GgufFile
from app.harmony.tokens import CONTROL_NAMES, TEXT_TOKENS, VOCABULARY_SIZE
from app.userdata import make_folder, profile_error, whole_file

if TYPE_CHECKING:
    from openai_harmony import HarmonyEncoding

TABLE_SHA256 = "6bba98859f84dadb76c684fe1c24d218b52dc14f41f292e16f35f29abd44eb58"
"""Of the text tokens as every GGUF stores them: length (8 bytes, little-endian) and text, in order."""

RANKS_SHA256 = "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"
RANKS_FILE = "o200k_base.tiktoken"

SPLIT_PATTERN = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n/]*"
    r"|\s*[\r\n]+"
    r"|\s+(?!\S)"
    r"|\s+"
)
"""How o200k splits text before it merges bytes."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`tokens` holds the bytes of each id, empty for special ones; `encoding` turns text into ids."""

    tokens: Sequence[bytes] = field(repr=False)
    encoding: HarmonyEncoding

    def ranks(self) -> dict[bytes, int]:
        """The id of each byte string, special tokens left out."""
        return {text: rank for rank, text in enumerate(self.tokens[:TEXT_TOKENS])}


def load(file: GgufFile, cache: Path) -> Vocabulary:
    """Check a model's token table and load the encoding; `cache` is a folder to keep the ranks in.

    Raises:
        WrongVocabulary: the model's tokens are not those of Harmony.
        ProfileNotWritable, DiskFull: the cache folder cannot be written.
    """
    table = list(file.strings(TOKENS))
    _check(file, table)
    tokens = _bytes_of(table[:TEXT_TOKENS])
    _keep_ranks(tokens, cache)
    return Vocabulary([*tokens, *[b""] * (VOCABULARY_SIZE - TEXT_TOKENS)], _load_encoding(cache))


def check(file: GgufFile) -> None:
    """Check a model's token table alone, where the encoding is loaded already: it is the same for all.

    Raises:
        WrongVocabulary: the model's tokens are not those of Harmony.
    """
    _check(file, list(file.strings(TOKENS)))


def _check(file: GgufFile, table: Sequence[bytes]) -> None:
    specials_fit = len(table) == VOCABULARY_SIZE and all(
        table[id_] == name.encode() for id_, name in CONTROL_NAMES.items()
    )
    if not specials_fit or _table_hash(file, table) != TABLE_SHA256:
        raise WrongVocabulary(path=str(file.path))


def _table_hash(file: GgufFile, table: Sequence[bytes]) -> str:
    start = file.fields[TOKENS].start
    size = sum(map(len, table[:TEXT_TOKENS])) + 8 * TEXT_TOKENS
    return hashlib.sha256(memoryview(file.header)[start : start + size]).hexdigest()


def _bytes_of(table: Sequence[bytes]) -> list[bytes]:
    """Undo GPT-2's way of writing bytes as printable characters, each one character per byte."""
    encode, mapping = codecs.charmap_encode, codecs.charmap_build(_printable_alphabet())
    return [text if text.isascii() else encode(text.decode(), "strict", mapping)[0] for text in table]


def _printable_alphabet() -> str:
    """The character GPT-2 writes for each byte: itself if printable, else the next from U+0100 on."""
    printable = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    others = (byte for byte in range(256) if byte not in printable)
    substitutes = {byte: chr(0x100 + index) for index, byte in enumerate(others)}
    return "".join(substitutes.get(byte, chr(byte)) for byte in range(256))


def _keep_ranks(tokens: Sequence[bytes], cache: Path) -> None:
    """Make sure that the ranks file lies whole in the cache folder."""
    path = cache / RANKS_FILE
    make_folder(cache)
    try:
        if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == RANKS_SHA256:
            return
        with whole_file(path) as file:
            file.writelines(
                b"%b %d\n" % (b2a_base64(text, newline=False), rank) for rank, text in enumerate(tokens)
            )
    except OSError as error:
        raise profile_error(error, path) from error


def _load_encoding(cache: Path) -> HarmonyEncoding:
    from openai_harmony import load_harmony_encoding  # expensive: pydantic and a 10 MB extension

    with _environment("TIKTOKEN_ENCODINGS_BASE", str(cache)):
        return load_harmony_encoding("HarmonyGptOss")


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    """Set an environment variable for a moment: the library has no other way to be told."""
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before
