"""Texts, the language they come in, and quantities as text."""

import pytest

from app.core.settings import Language
from app.i18n import load_texts
from app.i18n.locale import from_environment, language_of
from app.i18n.quantities import duration_text, size_text


def test_english_gives_the_message_and_fills_its_fields() -> None:
    tr = load_texts(Language.ENGLISH)
    assert tr("Delete {title}?", title="{x}") == "Delete {x}?"
    assert tr("a {brace} without values") == "a {brace} without values"
    assert tr.plural("{n} token", "{n} tokens", 1) == "1 token"
    assert tr.plural("{n} token in {where}", "{n} tokens in {where}", 3, where="a") == "3 tokens in a"
    assert tr("") == ""


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, Language.CHINESE),
        ({"LANG": "en_GB.UTF-8"}, Language.ENGLISH),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, Language.ENGLISH),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8", "LANGUAGE": "zh_CN"}, Language.ENGLISH),
        ({"LANG": "de_DE.UTF-8", "LANGUAGE": "zh_CN:en"}, Language.CHINESE),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, Language.ENGLISH),
        ({}, Language.ENGLISH),
    ],
)
def test_language_from_the_environment(environment: dict[str, str], language: Language) -> None:
    assert language_of(from_environment(environment)) is language


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1 kB"), (999_600, "1.0 MB"), (8_388_608, "8.4 MB"),
     (12_100_000_000, "12.1 GB"), (128e9, "128 GB")],
)  # fmt: skip
def test_sizes(size: float, text: str) -> None:
    assert size_text(size) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.56, "0.6 s"), (12.2, "12 s"), (59.9, "1 min 0 s"), (200, "3 min 20 s"), (3900, "1 h 5 min")],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration_text(seconds, load_texts(Language.ENGLISH)) == text
