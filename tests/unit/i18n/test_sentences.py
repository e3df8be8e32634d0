"""Every error kind has a sentence, and the sentence uses only values that kind carries."""

import re
from collections.abc import Iterator
from string import Formatter

import pytest

from app.core import errors
from app.core.errors import AlcoveError
from app.core.settings import Language
from app.i18n import load_texts
from app.i18n.sentences import SENTENCES, explain

EXAMPLES = {
    "path": "/models/a.gguf", "reason": "no reason", "architecture": "llama", "program": "Ollama",
    "what": "chat",
    "name": "top_p", "value": 1.5, "minimum": 0.0, "maximum": 1.0, "exit_code": -9, "restarts": 3,
    "rule": "type", "detail": "of no type known", "position": 12, "completion_tokens": 5, "column": "price",
    "host": "hub.example", "proxy": "http://proxy:8080", "repository": "a/b", "file": "b.gguf",
    "url": "https://hub.example/a/b", "target": "http://cdn.example", "wait_s": 30, "status": 503,
    "backend": "keyring.backends.null.Keyring", "limit_s": 10,
    "prompt_tokens": 9000, "context_tokens": 8192, "found": 9, "known": 1,
    "size_bytes": 5_000_000, "limit_bytes": 4_000_000, "needed_bytes": 12_100_000_000, "free_bytes": 8_000,
}  # fmt: skip


def kinds(root: type[AlcoveError] = AlcoveError) -> Iterator[type[AlcoveError]]:
    yield root
    for branch in root.__subclasses__():
        yield from kinds(branch)


def declared_values(kind: type[AlcoveError]) -> set[str]:
    """The values the tree at the top of core/errors.py lists for a kind and its parents."""
    names: set[str] = set()
    for ancestor in kind.__mro__:
        line = re.search(rf"[─ ]{ancestor.__name__}\b(.*)$", errors.__doc__ or "", re.MULTILINE)
        words = re.split(r"[;,]", line.group(1)) if line else []
        names |= {word.strip() for word in words if word.strip() in EXAMPLES}
    return names


@pytest.mark.parametrize("kind", list(kinds()), ids=lambda kind: kind.__name__)
def test_each_kind_has_a_sentence_with_fields_it_carries(kind: type[AlcoveError]) -> None:
    message = SENTENCES[kind.__name__]
    fields = {name for _, name, _, _ in Formatter().parse(message) if name}
    assert fields <= declared_values(kind)
    sentence = explain(kind(**{name: EXAMPLES[name] for name in fields}), load_texts(Language.ENGLISH))
    assert "{" not in sentence and "?" not in sentence
    assert sentence[-1] == "." and "\n" not in sentence


def test_no_sentence_is_left_over() -> None:
    assert set(SENTENCES) == {kind.__name__ for kind in kinds()}


def test_a_kind_without_its_values_is_still_explained() -> None:
    sentence = explain(errors.EngineCrashed(exit_code=None), load_texts(Language.ENGLISH))
    assert sentence.startswith("The engine")


def test_parameters_are_named_by_their_label_and_sizes_by_unit() -> None:
    tr = load_texts(Language.ENGLISH)
    refused = errors.OutOfRange(name="top_p", value=1.5, minimum=0.0, maximum=1.0)
    assert explain(refused, tr) == "Top-p must lie between 0 and 1, not 1.5."
    cut = errors.ModelTruncated(path="m.gguf", size_bytes=5_000_000, needed_bytes=12_100_000_000)
    assert "5.0 MB of 12.1 GB" in explain(cut, tr)


def test_sizes_that_would_read_the_same_are_told_to_the_byte() -> None:
    cut = errors.ModelTruncated(path="m.gguf", size_bytes=12_100_000_000, needed_bytes=12_100_000_001)
    assert "12,100,000,000 B of 12,100,000,001 B" in explain(cut, load_texts(Language.ENGLISH))


def test_a_name_from_outside_neither_breaks_nor_turns_the_sentence() -> None:
    missing = errors.ModelMissing(path="a\nb\u202ec\x1b[31m\udcff  模型.gguf")
    sentence = explain(missing, load_texts(Language.ENGLISH))
    assert sentence == "There is no model file at “a\\nb\\u202ec\\x1b[31m\\udcff  模型.gguf”."
