"""The Chinese catalogue is whole, up to date with the source, and compiled from what is committed."""

from string import Formatter

import pytest
from babel.messages.catalog import Message

from app.core.settings import Language
from app.i18n import load_texts
from app.userdata import resource
from tests.helpers import catalogue

MESSAGES = list(catalogue.messages(catalogue.update()))


def fields(text: str) -> set[tuple[str, str]]:
    return {(name, form or "") for _, name, form, _ in Formatter().parse(text) if name}


def forms(text: object) -> tuple[str, ...]:
    return tuple(text) if isinstance(text, tuple | list) else (str(text or ""),)


def test_there_are_messages() -> None:
    assert len(MESSAGES) > 150


def test_the_committed_files_are_what_the_source_gives() -> None:
    """Run `poe texts` after changing a text, and translate what it lists."""
    assert catalogue.po_bytes(catalogue.update()) == catalogue.PO.read_bytes()
    assert catalogue.mo_bytes(catalogue.update()) == catalogue.MO.read_bytes()


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: str(message.id)[:40])
def test_every_message_is_translated_with_the_same_fields(message: Message) -> None:
    assert all(forms(message.string))
    expected = fields(forms(message.id)[-1])
    assert all(fields(text) == expected for text in forms(message.string))


def test_chinese_texts_are_loaded_and_filled() -> None:
    tr = load_texts(Language.CHINESE, resource("i18n"))
    assert tr.language == "zh_CN"
    assert tr("Thinking…") == "正在思考…"
    assert tr("There is no command with this text") == "There is no command with this text"
