"""The o200k_harmony vocabulary: read from a rank file or a GGUF, checked, and laid out for a GGUF."""

from __future__ import annotations

import base64
import hashlib
import lzma
import tempfile
from pathlib import Path

from gguf import GGUFReader, TokenType

SIZE = 201_088
RANKS = 199_998
RANKS_SHA256 = "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"
MERGES = 446_189
START_OF_TEXT, END_OF_TEXT = 199_998, 199_999
RETURN, CONSTRAIN, CHANNEL, START = 200_002, 200_003, 200_005, 200_006
END, MESSAGE, CALL = 200_007, 200_008, 200_012
LAST_SPECIAL = 200_018

_NAMES = {
    START_OF_TEXT: "<|startoftext|>",
    END_OF_TEXT: "<|endoftext|>",
    RETURN: "<|return|>",
    START: "<|start|>",
    CONSTRAIN: "<|constrain|>",
    CHANNEL: "<|channel|>",
    END: "<|end|>",
    MESSAGE: "<|message|>",
    CALL: "<|call|>",
    LAST_SPECIAL: "<|endofprompt|>",
}


def _letters() -> dict[int, str]:
    """GPT-2's letter for each byte: printable bytes stand for themselves, the others follow from U+0100."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return {byte: chr(byte) for byte in printable} | {byte: chr(256 + i) for i, byte in enumerate(others)}


_LETTERS = _letters()


def spell(token: bytes) -> str:
    """A token's bytes in GPT-2's letters, as GGUF keeps them."""
    return "".join(_LETTERS[byte] for byte in token)


def read(path: Path) -> bytes:
    """The rank file's bytes (base64, space, rank per line) from a `.tiktoken`, a `.gguf` or a `.gguf.xz`.

    Raises:
        ValueError: the ranks are not those of o200k.
    """
    if path.suffix == ".xz":
        with tempfile.TemporaryDirectory() as folder:
            plain = Path(folder) / "model.gguf"
            plain.write_bytes(lzma.decompress(path.read_bytes()))
            return read(plain)
    ranks = _from_gguf(path) if path.suffix == ".gguf" else path.read_bytes()
    if hashlib.sha256(ranks).hexdigest() != RANKS_SHA256:
        raise ValueError(f"{path} does not hold the o200k vocabulary")
    return ranks


def _from_gguf(path: Path) -> bytes:
    bytes_of = {letter: byte for byte, letter in _LETTERS.items()}
    field = GGUFReader(path).fields["tokenizer.ggml.tokens"]
    spelled = (bytes(field.parts[part]).decode() for part in field.data[:RANKS])
    words = (bytes(bytes_of[letter] for letter in word) for word in spelled)
    return b"".join(b"%s %d\n" % (base64.b64encode(word), rank) for rank, word in enumerate(words))


def tokens(ranks: bytes) -> list[bytes]:
    """The byte string of each rank, in order."""
    return [base64.b64decode(line.split()[0]) for line in ranks.splitlines()]


def names(words: list[bytes]) -> list[str]:
    """What stands in a GGUF for each of the 201,088 ids, as in OpenAI's own."""
    special = [_NAMES.get(i, f"<|reserved_{i}|>") for i in range(RANKS, LAST_SPECIAL + 1)]
    padding = [f"[PAD{i}]" for i in range(LAST_SPECIAL + 1, SIZE)]
    return [spell(word) for word in words] + special + padding


def types() -> list[TokenType]:
    """The kind of each id: a word, a control token, or padding."""
    control = LAST_SPECIAL + 1 - RANKS
    padding = SIZE - LAST_SPECIAL - 1
    return [TokenType.NORMAL] * RANKS + [TokenType.CONTROL] * control + [TokenType.UNUSED] * padding


def merges(words: list[bytes]) -> list[str]:
    """Every split of a token into two tokens, by the rank of the whole, then of its parts."""
    rank_of = {word: rank for rank, word in enumerate(words)}
    found = []
    for word in words:
        splits = ((rank_of.get(word[:cut]), rank_of.get(word[cut:])) for cut in range(1, len(word)))
        found += sorted((left, right) for left, right in splits if left is not None and right is not None)
    if len(found) != MERGES:
        raise ValueError(f"{len(found)} merges instead of {MERGES}")
    spelled = [spell(word) for word in words]
    return [f"{spelled[left]} {spelled[right]}" for left, right in found]
