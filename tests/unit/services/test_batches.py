"""From documents and rows to one file."""

from __future__ import annotations

import json
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pytest

from app.core.answer_format import AnswerFormat, FileKind
from app.core.errors import (
    BatchUnfinished,
    ColumnMissing,
    DocumentEmpty,
    DocumentExists,
    DocumentMissing,
    DocumentNotText,
    DocumentNotWritable,
    DocumentTooLarge,
    SchemaRefused,
)
from app.core.sampling import Sampling
from app.documents.reading import LARGEST
from app.services.batches import DEFAULT_PROMPT, Batch, Batches
from app.services.journal import ENDING
from app.services.models import Models
from tests.helpers.fake_engine import FakeEngine, final, finished

NUMBER = AnswerFormat("Number", '{"type": "object", "properties": {"n": {"type": "integer"}}}')


@pytest.fixture
def batches(engine: FakeEngine, models: Models) -> Batches:
    engine.answer = [final('{"n":1}'), finished()]
    list(models.load(None))
    return Batches(engine, models)  # type: ignore[arg-type]


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    folder = tmp_path / "texts"
    folder.mkdir()
    for name in ("b10.txt", "b9.txt", "A.md"):
        (folder / name).write_text(f"text of {name}", encoding="utf-8")
    (folder / "c.bin").write_bytes(b"\0")
    return folder


def begin(
    batches: Batches, paths: list[Path], result: Path | None = None, prompt: str = "", **how: bool
) -> Batch:
    inputs = batches.inputs(paths, prompt)
    plan = batches.plan(prompt, inputs, NUMBER, Sampling())
    return batches.open(plan, inputs, result, **how)


def test_folders_and_files_once_each_in_order(batches: Batches, texts: Path) -> None:
    inputs = batches.inputs([texts / "b9.txt", texts], "")
    assert [Path(item.key).name for item in inputs.items] == ["b9.txt", "A.md", "b10.txt"]
    assert [path.name for path in inputs.left_out] == ["c.bin"]
    assert inputs.items[0].text == "text of b9.txt"


def test_a_prompt_is_told_to_all_and_a_template_is_filled_for_each(
    batches: Batches, texts: Path, tmp_path: Path
) -> None:
    inputs = batches.inputs([texts], "Find n.")
    assert batches.plan("Find n.", inputs, NUMBER, Sampling()).instructions == "Find n."
    assert batches.plan("", inputs, NUMBER, Sampling()).instructions == DEFAULT_PROMPT
    table = tmp_path / "rows.jsonl"
    table.write_text('{"a": "x"}\n{"a": "y"}\n')
    rows = batches.inputs([table], "Find n in {{ a }}.")
    assert [item.text for item in rows.items] == ["Find n in x.", "Find n in y."]
    assert batches.plan("Find n in {{ a }}.", rows, NUMBER, Sampling()).instructions == ""
    with pytest.raises(ColumnMissing):
        batches.inputs([table], "{{b}}")


def test_documents_that_cannot_be_read_fail_by_themselves(
    batches: Batches, texts: Path, tmp_path: Path
) -> None:
    (texts / "latin.txt").write_bytes(b"caf\xe9")
    batch = begin(batches, [texts, tmp_path / "none.txt"], tmp_path / "out.jsonl")
    list(batch.run())
    batch.write(FileKind.JSONL)
    assert [(Path(o.key).name, o.error) for o in batch.failures] == [
        ("latin.txt", "DocumentNotText"),
        ("none.txt", "DocumentMissing"),
    ]
    assert (tmp_path / "out.jsonl").read_text() == '{"n":1}\n' * 3
    assert (tmp_path / f"out.jsonl{ENDING}").exists(), "what failed can be tried again"
    with pytest.raises(DocumentMissing):
        batches.inputs([tmp_path / "rows.csv"], "{{a}}")


def test_the_first_few_come_before_the_rest(batches: Batches, texts: Path, engine: FakeEngine) -> None:
    batch = begin(batches, [texts])
    list(batch.run(first=2))
    assert (len(batch.outcomes), batch.is_complete) == (2, False)
    list(batch.run())
    assert (len(batch.outcomes), batch.is_complete, len(engine.requests)) == (3, True, 3)


def test_one_input_gives_a_bare_value_and_many_a_list(batches: Batches, texts: Path) -> None:
    one, many = begin(batches, [texts / "A.md"]), begin(batches, [texts])
    for batch in (one, many):
        list(batch.run())
    assert json.loads(one.file(FileKind.JSON).content) == {"n": 1}
    assert json.loads(many.file(FileKind.JSON).content) == [{"n": 1}] * 3
    sourced = json.loads(one.file(FileKind.JSON, with_source=True).content)
    assert list(sourced) == ["source", "n"] and sourced["source"].endswith("A.md")


def test_a_list_stays_one_where_all_but_one_failed(batches: Batches, texts: Path, engine: FakeEngine) -> None:
    batch = begin(batches, [texts])
    list(batch.run(first=1))
    engine.answer = [final("no"), finished()]
    list(batch.run())
    assert json.loads(batch.file(FileKind.JSON).content) == [{"n": 1}]


def test_a_list_stays_one_where_all_but_one_cannot_be_read(
    batches: Batches, texts: Path, tmp_path: Path
) -> None:
    batch = begin(batches, [texts / "A.md", tmp_path / "none.txt"])
    list(batch.run())
    assert json.loads(batch.file(FileKind.JSON).content) == [{"n": 1}]


@pytest.mark.parametrize("kind", FileKind)
def test_where_the_only_one_failed_there_is_an_empty_list(
    batches: Batches, tmp_path: Path, kind: FileKind
) -> None:
    batch = begin(batches, [tmp_path / "none.txt"], tmp_path / "out")
    list(batch.run())
    batch.write(kind)
    assert (tmp_path / "out").exists()


def test_going_on_is_no_leave_to_replace_what_no_batch_wrote(
    batches: Batches, texts: Path, tmp_path: Path
) -> None:
    (tmp_path / "out.json").write_text("precious")
    with pytest.raises(DocumentExists):
        begin(batches, [texts], tmp_path / "out.json", resume=True)


def test_a_table_named_twice_is_one(batches: Batches, tmp_path: Path) -> None:
    table = tmp_path / "rows.csv"
    table.write_text("a,b\n1,2\n")
    assert len(batches.inputs([table, table], "{{a}}").items) == 1


def test_nothing_is_replaced_or_mixed_up_unasked(batches: Batches, texts: Path, tmp_path: Path) -> None:
    result = tmp_path / "out.json"
    result.write_text("precious")
    with pytest.raises(DocumentExists):
        begin(batches, [texts], result)
    first = begin(batches, [texts], result, replace=True)
    list(first.run(first=1))
    result.unlink()
    with pytest.raises(DocumentNotWritable):  # it is under way
        begin(batches, [texts], result, resume=True)
    first.close()
    with pytest.raises(BatchUnfinished):
        begin(batches, [texts], result)
    resumed = begin(batches, [texts], result, resume=True)
    assert len(resumed.outcomes) == 1
    list(resumed.run())
    resumed.write(FileKind.JSON)
    assert json.loads(result.read_text()) == [{"n": 1}] * 3
    assert [path.name for path in tmp_path.glob("out*")] == ["out.json"]


def test_how_the_file_is_written_may_change_as_a_run_goes_on(
    batches: Batches, texts: Path, tmp_path: Path
) -> None:
    result = tmp_path / "out.jsonl"
    with closing(begin(batches, [texts], result)) as batch:
        list(batch.run(first=1))
    resumed = begin(batches, [texts], result, resume=True)
    list(resumed.run())
    resumed.write(FileKind.JSONL, with_source=True)
    assert [list(json.loads(line)) for line in result.read_text().splitlines()] == [["source", "n"]] * 3


def test_what_a_kind_of_file_cannot_hold_is_told_by_item(
    batches: Batches, texts: Path, tmp_path: Path, engine: FakeEngine
) -> None:
    engine.answer = [final('{"n":1,"s":"a\\u0000b\\u0001\\ufffd"}'), finished()]
    with closing(begin(batches, [texts / "A.md", tmp_path / "none.txt"])) as batch:
        list(batch.run())
        told = {
            kind: [(Path(one.key).name, one.characters) for one in batch.file(kind).losses]
            for kind in FileKind
        }
    assert told[FileKind.XML] == [("A.md", 2)] and told[FileKind.CSV] == [("A.md", 1)]
    assert told[FileKind.JSON] == told[FileKind.JSONL] == []


def test_where_there_is_no_folder_for_the_result_it_is_named(
    batches: Batches, texts: Path, tmp_path: Path
) -> None:
    with pytest.raises(DocumentMissing) as caught:
        begin(batches, [texts], tmp_path / "no" / "out.json")
    assert caught.value.values["path"] == str(tmp_path / "no")


def test_a_text_through_a_pipe_is_held_to_what_a_document_is(batches: Batches) -> None:
    inputs = batches.piped_input(BytesIO("\ufeffa\r\nb".encode("utf-16-le")), "standard input", "")
    assert [(item.key, item.text) for item in inputs.items] == [("-", "a\nb")]
    for data, error in (
        (b"a\0", DocumentNotText),
        (b" ", DocumentEmpty),
        (b"a" * LARGEST + b"b", DocumentTooLarge),
    ):
        with pytest.raises(error) as caught:
            batches.piped_input(BytesIO(data), "standard input", "")
        assert caught.value.values["path"] == "standard input"
    with pytest.raises(ColumnMissing):
        batches.piped_input(BytesIO(b"a"), "standard input", "Of {{who}}")


def test_a_schema_that_is_refused_begins_nothing(batches: Batches, texts: Path) -> None:
    inputs = batches.inputs([texts], "")
    with pytest.raises(SchemaRefused):
        batches.plan("", inputs, AnswerFormat("x", "{"), Sampling())
