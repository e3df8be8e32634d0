"""The library of formats: what ships with it, what a person keeps in it, and what the model drafts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.core.answer_format import AnswerFormat, Notation
from app.core.errors import DocumentEmpty, DocumentMissing, NotFound, SchemaRefused
from app.services.chat import Chat
from app.services.fitting import accept_format
from app.services.formats import BUILT_IN, Formats, drafted
from app.structured.grammar import grammar_of
from app.userdata import resource
from tests.helpers.fake_engine import FakeEngine, final, finished

OWN = AnswerFormat("My: format/1", '{"type": "object", "title": "T", "properties": {"b": {}, "a": {}}}')
ROWS = AnswerFormat(
    "Rows",
    '{"type":"array","items":{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],'
    '"additionalProperties":false}}',
    Notation.TABLE,
)


@pytest.fixture
def formats(tmp_path: Path, chat: Chat) -> Formats:
    return Formats(tmp_path / "schemas", chat.ask)


def test_every_file_that_ships_is_listed_and_every_one_is_wholly_enforced(formats: Formats) -> None:
    assert {path.stem for path in resource("schemas").glob("*.json")} == set(BUILT_IN)
    listed = formats.list()
    assert [known.format.name for known in listed] == list(BUILT_IN.values())
    for known in listed:
        assert known.description and not known.is_own
        assert grammar_of(known.format).coverage.is_full, known.format.name


def test_what_is_saved_comes_back_as_it_was_and_is_a_schema_for_anyone(
    formats: Formats, tmp_path: Path
) -> None:
    for one in (OWN, ROWS):
        formats.save(one)
    own = [known.format for known in formats.list() if known.is_own]
    assert [(f.name, f.notation) for f in own] == [(f.name, f.notation) for f in (OWN, ROWS)]
    assert [json.loads(f.schema) for f in own] == [json.loads(f.schema) for f in (OWN, ROWS)]
    assert list(json.loads(own[0].schema)["properties"]) == ["b", "a"]
    files = sorted((tmp_path / "schemas").iterdir())
    assert len(files) == 2
    accept_format(AnswerFormat("x", files[0].read_text()))
    assert formats.read(files[1]) == own[1]


def test_saving_under_the_same_name_replaces_and_deleting_removes(formats: Formats) -> None:
    formats.save(OWN)
    formats.save(AnswerFormat(OWN.name, '{"type": "array"}'))
    assert [json.loads(known.format.schema) for known in formats.list() if known.is_own] == [
        {"type": "array"}
    ]
    formats.delete(OWN.name)
    assert not any(known.is_own for known in formats.list())
    with pytest.raises(NotFound):
        formats.delete(OWN.name)


def test_names_that_no_file_can_tell_apart_are_two_formats(formats: Formats) -> None:
    for number, name in enumerate(("In/Out", "In Out", "In:Out")):
        formats.save(AnswerFormat(name, f'{{"const": {number}}}'))
    kept = {known.format.name: json.loads(known.format.schema) for known in formats.list() if known.is_own}
    assert kept == {"In/Out": {"const": 0}, "In Out": {"const": 1}, "In:Out": {"const": 2}}
    formats.delete("In Out")
    assert {known.format.name for known in formats.list() if known.is_own} == {"In/Out", "In:Out"}


def test_a_name_stays_within_the_folder(formats: Formats, tmp_path: Path) -> None:
    formats.save(AnswerFormat("../../evil", '{"type": "array"}'))
    assert [path.parent.name for path in tmp_path.rglob("*evil*")] == ["schemas"]


@pytest.mark.parametrize("schema", ["{", "[]", '{"type": 3}', "{}{}"])
def test_a_schema_that_is_none_is_not_kept(formats: Formats, tmp_path: Path, schema: str) -> None:
    with pytest.raises(SchemaRefused):
        formats.save(AnswerFormat("x", schema))
    assert not (tmp_path / "schemas").exists()


def test_files_that_cannot_be_used(formats: Formats, tmp_path: Path) -> None:
    empty, broken, plain = (tmp_path / name for name in ("empty.json", "broken.json", "plain.json"))
    empty.write_text("")
    broken.write_text("{")
    plain.write_text('{"type": "boolean"}')
    with pytest.raises(DocumentEmpty):
        formats.read(empty)
    with pytest.raises(DocumentMissing):
        formats.read(tmp_path / "none.json")
    with pytest.raises(SchemaRefused):
        formats.read(broken)
    assert formats.read(plain).name == "plain"


@pytest.mark.logs("a schema of the library cannot be used: SchemaRefused")
def test_a_broken_file_in_the_library_does_not_hide_the_others(formats: Formats, tmp_path: Path) -> None:
    formats.save(OWN)
    (tmp_path / "schemas" / "broken.json").write_text("{")
    assert [known.format.name for known in formats.list() if known.is_own] == [OWN.name]


def test_the_model_drafts_a_schema_that_is_one(loaded: Chat, engine: FakeEngine, tmp_path: Path) -> None:
    draft = {
        "title": "Trip",
        "type": "object",
        "properties": {"to": {"type": "string", "description": "Where to."}},
        "required": ["to", "to", "ghost"],
        "additionalProperties": False,
    }
    engine.answer = [final(json.dumps(draft)), finished()]
    engine.context_tokens = 10_000
    answer = Formats(tmp_path, loaded.ask).describe("where a trip goes")
    list(answer)
    assert answer.message.fits
    schema = drafted(answer.message.text)
    assert json.loads(schema)["required"] == ["to"]
    accept_format(AnswerFormat("Trip", schema))
    asked = engine.requests[-1]
    assert asked.format is not None and grammar_of(asked.format).coverage.is_full
    assert asked.turns[-1].text == "where a trip goes"


def test_half_a_draft_is_no_schema() -> None:
    with pytest.raises(SchemaRefused):
        drafted('{"title": "Tr')
